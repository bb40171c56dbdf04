"""What replays of `more_wire_vectors.json` have in common."""

from contract_messages import Answer
from contract_server import ContractServer

from recorded import MORE_VECTORS, check_request

SCENARIOS = {scenario["name"]: scenario for scenario in MORE_VECTORS["scenarios"]}
ACCOUNT = Answer(200, {"data": {"slug": "acme", "id": "t1"}, "meta": {"request_id": "req_1"}})
LOGIN = Answer(
    200,
    {
        "access_token": "kc_live_login",
        "token_type": "Bearer",
        "expires_in": 3600,
        "scope": "routes:read routes:invoke",
        "tenant": "acme",
        "refresh_token": "rt_login",
    },
)


def check(server: ContractServer, name: str) -> None:
    """Every request of the scenario was sent, and nothing else."""
    recorded = SCENARIOS[name]["requests"]
    assert [(seen.method, seen.path, seen.query) for seen in server.seen] == [
        (request["method"], request["path"], request["query"]) for request in recorded
    ]
    for seen, request in zip(server.seen, recorded, strict=True):
        if "grant_type" in (request["body"] or {}):
            assert seen.form == request["body"]
        else:
            check_request(seen, request, server.url)
        assert seen.headers.get("authorization") == request["headers"].get("authorization")
