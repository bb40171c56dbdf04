"""Scenarios of management requests: retries, errors, envelopes, lists, signing up."""

import copy
import re
from typing import Any

from contract_messages import DROP, ULID, Answer, error

from knoxcall import claim_signup, claim_signup_sync, signup, signup_sync
from recorded import SCENARIOS, UNREACHABLE, Replay, check_outcome, data, replays

CREATE = {"name": "n", "target_base_url": "u"}
PENDING = SCENARIOS["signup.full"]["outcome"]


@replays(*(name for name in SCENARIOS if re.fullmatch(r"retry\.post_\d+_(not_retried|then_ok)", name)))
async def _create(replay: Replay, scenario: dict[str, Any]) -> Any:
    status = int(scenario["name"].split("_")[1])
    replay.server.script += [error(status), data()]
    outcome = await replay.outcome(lambda: replay.client("tk_x").routes.create(**CREATE))
    assert len({seen.headers["x-idempotency-key"] for seen in replay.server.seen}) == 1
    replay.server.script.clear()
    return outcome


@replays("retry.500_exhausted_3_attempts", "retry.max_attempts_5")
async def _exhausted(replay: Replay, scenario: dict[str, Any]) -> Any:
    attempts = len(scenario["requests"])
    replay.server.script += [error(500)] * attempts
    return await replay.outcome(replay.client("tk_x", retry_max_attempts=attempts).account.get)


@replays("retry.429_retry_after_7", "retry.429_retry_after_0_uses_backoff", "retry.503_retry_after_4_honoured")
async def _retry_after(replay: Replay, scenario: dict[str, Any]) -> Any:
    match = re.match(r"retry\.(\d+)_retry_after_(\d+)", scenario["name"])
    assert match
    replay.server.script += [error(int(match[1]), Retry_After=match[2]), data()]
    return await replay.outcome(replay.client("tk_x").account.get)


@replays("retry.mgmt_post_connection_dropped_replayed_with_same_key")
async def _dropped(replay: Replay) -> Any:
    replay.server.script += [DROP, data()]
    outcome = await replay.outcome(lambda: replay.client("tk_x").routes.create(**CREATE))
    assert len({seen.headers["x-idempotency-key"] for seen in replay.server.seen}) == 1
    return outcome


@replays("retry.user_idempotency_key")
async def _own_key(replay: Replay) -> Any:
    replay.server.script += [error(503), data()]
    return await replay.outcome(lambda: replay.client("tk_x").routes.create(**CREATE, idempotency_key="my-key"))


@replays("retry.ulid_stable_across_attempts")
async def _stable_key(replay: Replay) -> Any:
    replay.server.script += [error(500), error(500), data()]
    await replay.done(replay.client("tk_x").routes.create(**CREATE))
    keys = [seen.headers["x-idempotency-key"] for seen in replay.server.seen]
    assert ULID.fullmatch(keys[0])
    return {"same_on_every_attempt": len(set(keys)) == 1, "length": len(keys[0]), "attempts": len(keys)}


# --- errors and envelopes


@replays("errors.mapping_table", unlike="400 validation_error is a ValidationError; fields are read from the envelope")
async def _mapping(replay: Replay) -> Any:
    cases = copy.deepcopy(SCENARIOS["errors.mapping_table"]["outcome"])
    cases[0]["error"] |= {
        "class": "ValidationError",
        "mro": ["ValidationError", "KnoxCallError"],
        "fields": {"a": ["x"]},
    }
    cases[7]["error"]["fields"] = {"name": ["required"]}
    client = replay.client(retry_max_attempts=1)
    found = []
    for case in cases:
        replay.server.script.append(Answer(case["status"], case["body"]))
        found.append((await replay.outcome(client.account.get))["raised"])
        check_outcome(found[-1], case["error"])
    return found


@replays("errors.management_302_is_treated_as_success", unlike="a redirect is no success")
async def _redirect(replay: Replay) -> Any:
    replay.server.script.append(Answer(302, "", {"Location": "/elsewhere"}))
    outcome = await replay.outcome(replay.client().account.get)
    assert (outcome["raised"]["class"], outcome["raised"]["status"]) == ("KnoxCallError", 302)
    return outcome


@replays("envelope.204")
async def _no_content(replay: Replay) -> Any:
    replay.server.script += [Answer(204), Answer(204)]
    client = replay.client()
    return {
        "routes.delete on 204": await replay.done(client.routes.delete("x")),
        "vaults.delete on 204": await replay.done(client.vaults.delete("x")),
    }


@replays("envelope.unwrapping", unlike="text where an object was promised is an error, not a result")
async def _envelopes(replay: Replay) -> Any:
    client = replay.client()
    warned = Answer(200, {"data": {"id": 1}, "meta": {"request_id": "r"}, "warning": "save it"})
    replay.server.script += [warned] * 4
    replay.server.script += [
        Answer(200, {"data": [{"a": 1}], "meta": {}}),
        Answer(200, {"no_data": 1}),
        Answer(200, "PEM"),
        Answer(200, "PEM"),
    ]
    found = {
        "oauth_clients.create": await replay.done(client.oauth_clients.create(name="n")),
        "routes.get": await replay.done(client.routes.get("x")),
        "routes.list (page untouched)": await replay.done(client.routes.list()),
        "routes.delete": await replay.done(client.routes.delete("x")),
        "environments.list": await replay.done(client.environments.list()),
        "no data member": await replay.done(client.routes.get("x")),
        "pki.get_root_cert": await replay.done(client.pki.get_root_cert("n")),
        "text from json endpoint": await replay.outcome(lambda: client.routes.get("x")),
    }
    last = found.pop("text from json endpoint")
    recorded = dict(SCENARIOS["envelope.unwrapping"]["outcome"])
    del recorded["text from json endpoint"]
    assert found == recorded
    assert last["raised"]["class"] == "UnusableResponseError"
    return found


# --- lists


async def walked(replay: Replay, pager: Any) -> list[Any]:
    return [row async for row in pager] if replay.is_async else list(pager)


def three_pages() -> list[Answer]:
    return [
        Answer(200, {"data": [{"id": f"{page}-{row}"} for row in range(2)], "meta": {"total_pages": 3}})
        for page in (1, 2, 3)
    ]


@replays("iterate.three_pages")
async def _three_pages(replay: Replay) -> Any:
    replay.server.script += three_pages()
    return [row["id"] for row in await walked(replay, replay.client().routes.iterate(per_page=2))]


@replays("iterate.no_total_pages_stops_after_first")
async def _no_total(replay: Replay) -> Any:
    replay.server.script.append(Answer(200, {"data": [{"id": 1}], "meta": {}}))
    return await walked(replay, replay.client().routes.iterate())


@replays("iterate.lazy")
async def _lazy(replay: Replay) -> Any:
    replay.server.script += three_pages()
    pager = replay.client().routes.iterate(per_page=2)
    before = len(replay.server.seen)
    if replay.is_async:
        rows = aiter(pager)
        await anext(rows)
        await rows.aclose()
    else:
        next(iter(pager))
    return {"before_next": before, "after_first": len(replay.server.seen)}


# --- signing up


async def signed_up(replay: Replay, answer: Answer | None, *, claim: bool = False, **fields: str) -> Any:
    if answer is not None:
        replay.server.script.append(answer)
    blocking, awaited = (claim_signup_sync, claim_signup) if claim else (signup_sync, signup)
    arguments = {"base_url": replay.server.url, **fields}
    return await replay.outcome(lambda: awaited(**arguments) if replay.is_async else blocking(**arguments))


@replays("signup.full")
async def _signup(replay: Replay) -> Any:
    fields = SCENARIOS["signup.full"]["requests"][0]["body"]
    return await signed_up(replay, Answer(202, {"data": PENDING}), **fields)


@replays("signup.minimal_error_409")
async def _slug_taken(replay: Replay) -> Any:
    answer = Answer(409, {"error": {"type": "slug_taken", "message": "taken"}})
    return await signed_up(replay, answer, email="dev@example.com", tenant_name="Acme Inc")


@replays("signup.non_json_502")
async def _signup_html(replay: Replay) -> Any:
    return await signed_up(replay, Answer(502, "<html>"), email="d@e.f", tenant_name="A")


@replays("signup.json_list_body", unlike="an answer of another shape is a SignupError, not an AttributeError")
async def _signup_list(replay: Replay) -> Any:
    outcome = await signed_up(replay, Answer(200, "[1]"), email="d@e.f", tenant_name="A")
    assert outcome["raised"]["class"] == "SignupError"
    return outcome


@replays("signup.claim_pending")
async def _pending(replay: Replay) -> Any:
    answer = Answer(202, {"data": SCENARIOS["signup.claim_pending"]["outcome"]})
    return await signed_up(replay, answer, claim=True, claim_handle="h")


@replays("signup.unreachable", unlike="no exception of the HTTP library gets out")
async def _signup_unreachable(replay: Replay) -> Any:
    outcome = await signed_up(replay, None, email="d@e.f", tenant_name="A", base_url=UNREACHABLE)
    assert outcome["raised"]["class"] == "APIConnectionError"
    return outcome
