"""What the contract says of a single request and its answer; `contract_server` plays it on sockets."""

import json
import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote

CONTRACT = Path(__file__).parent / "contract"
INTERCEPTION = {"intercept_manifest", "report_egress_observations"}
"""Methods that ours leaves out, with a reason in the ADRs."""


def _contract(name: str) -> Any:
    return json.loads((CONTRACT / name).read_text(encoding="utf-8"))


MORE_OPERATIONS = [one for one in _contract("more_operations.json") if one["method"] not in INTERCEPTION]
OPERATIONS: list[dict[str, Any]] = _contract("operations.json") + MORE_OPERATIONS
TYPES: dict[str, Any] = _contract("types.json")["types"] | _contract("more_types.json")["types"]

ULID = re.compile(r"[0-9A-HJKMNP-TV-Z]{26}")
WRITES = {"POST", "PUT", "PATCH", "DELETE"}
CLIENT_ID, CLIENT_SECRET = "tk_cid", "s3cr3t"


@dataclass(frozen=True)
class Seen:
    """One request as it arrived."""

    method: str
    target: str
    headers: dict[str, str]
    body: bytes

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def query(self) -> str:
        return self.target.partition("?")[2]

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode(), strict_parsing=True))

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Answer:
    """What to say: a JSON value, text or bytes; or nothing at all, which drops the connection."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    drop: bool = False
    chunks: tuple[bytes, ...] = ()

    @cached_property
    def content(self) -> bytes:
        if self.body is None:
            return b""
        if isinstance(self.body, bytes):
            return self.body
        return self.body.encode() if isinstance(self.body, str) else json.dumps(self.body).encode()


DROP = Answer(drop=True)


def error(status: int, code: str = "x", message: str = "m", **headers: str) -> Answer:
    body = {"error": {"type": code, "message": message, "request_id": "req_b"}}
    return Answer(status, body, {name.replace("_", "-"): value for name, value in headers.items()})


def find(seen: Seen) -> tuple[dict[str, Any], dict[str, str]]:
    """The operation that a request is, with its path arguments."""
    for operation in sorted(OPERATIONS, key=lambda operation: "{" in operation["path"]):
        pattern = re.sub(
            r"\{(\w+)\}", r"(?P<\1>[^/]+)", re.escape(operation["path"]).replace(r"\{", "{").replace(r"\}", "}")
        )
        match = re.fullmatch(pattern, seen.path)
        if match and operation["http_method"] == seen.method and operation["envelope"] != "iterator":
            return operation, {name: unquote(value) for name, value in match.groupdict().items()}
    raise AssertionError("no such operation")


def check_body(operation: dict[str, Any], seen: Seen) -> None:
    if operation["body"] is None:
        assert seen.body == b""
        assert "content-type" not in seen.headers
        return
    assert seen.headers["content-type"] == "application/json"
    fields = operation["body"]["fields"]
    body = seen.json
    assert isinstance(body, dict)
    assert set(body) <= set(fields), "unknown fields"
    required = {name for name, facts in fields.items() if facts["required"] or "always_sent_default" in facts}
    assert required <= set(body), "missing fields"


def envelope(operation: dict[str, Any], query: dict[str, str], arguments: dict[str, str]) -> Answer:
    returns, kind = operation["returns"], operation["envelope"]
    meta = {"request_id": "req_1"}
    if kind == "text":
        return Answer(200, "-----BEGIN-----", {"Content-Type": "application/x-pem-file"})
    if kind == "none":
        return Answer(200, {"data": {"deleted": True}, "meta": meta})
    if kind == "cursor_page":
        cursor = query.get("cursor", "1")
        page = int(cursor) if cursor.isdecimal() else 3
        meta |= {"next_cursor": str(page + 1) if page < 3 else None}
        return Answer(200, {**sample(returns), "meta": meta})
    if kind == "page":
        page, size = int(query.get("page", 1)), int(query.get("per_page", 20))
        meta |= {"total": 3 * size, "page": page, "per_page": size, "total_pages": 3}
        rows = sample(returns) if returns in TYPES else {"data": [sample(returns)]}
        return Answer(200, {**rows, "meta": meta})
    if kind == "data.tokens":
        return Answer(200, {"data": {"tokens": sample(returns)}, "meta": meta})
    body = {"data": sample(returns), "meta": meta}
    return Answer(200, body | ({"warning": "save it"} if kind == "data+warning" else {}))


def sample(kind: str) -> Any:
    """A value of that type, every field present."""
    kind = kind.split(" | ")[0]
    if kind == "OpportunityStatus":
        return "pending"
    if kind in TYPES:
        return {name: sample(of) for name, of in TYPES[kind]["fields"].items()}
    if kind.startswith("list["):
        return [sample(kind[5:-1])]
    if kind.startswith("dict["):
        return {"k": "v"}
    return {"str": "text", "int": 7, "float": 1.5, "bool": True, "Any": {"any": 1}}[kind]
