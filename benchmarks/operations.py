"""What is called: each operation as one raw request, and as a method of an SDK."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from benchmarks.server.answers import CREATE_BODY, ITEMS, PROMPT_BODY, RUN_ID

if TYPE_CHECKING:
    from collections.abc import Callable

KEY = "kneo-benchmark-key"
HEADERS = {"Authorization": f"Bearer {KEY}", "Accept": "application/json", "User-Agent": "benchmark"}
TIMEOUT = 600.0


@dataclass(frozen=True)
class Operation:
    """One operation: the request, the SDK's method, and what shows that the answer is the right one."""

    method: str
    target: str
    call: Callable[[Any], Any]
    check: Callable[[Any], bool]
    body: bytes | None = None
    counted: int = 200
    """Calls over which instructions are counted: enough to drown what a start of Python varies by."""


OPERATIONS = {
    "healthz": Operation(
        "GET",
        "/v1/healthz",
        lambda client: client.platform.health.healthz(),
        lambda answer: field(answer, "ok") is True,
    ),
    "runs.get": Operation(
        "GET",
        f"/v1/runs/{RUN_ID}",
        lambda client: client.platform.runs.get(RUN_ID),
        lambda answer: field(answer, "status") == "running",
    ),
    "runs.create": Operation(
        "POST",
        "/v1/runs",
        lambda client: client.platform.runs.create(CREATE_BODY),
        lambda answer: field(answer, "status") == "running",
        json.dumps(CREATE_BODY).encode(),
    ),
    "runs.list 1000": Operation(
        "GET",
        f"/v1/runs?limit={ITEMS}&offset=0&sort_by=updated_at&sort_order=desc",
        lambda client: client.platform.runs.list(limit=ITEMS),
        lambda answer: len(items(answer, "runs")) == ITEMS,
        counted=20,
    ),
    "runs.trace 1000": Operation(
        "GET",
        f"/v1/runs/{RUN_ID}/trace?limit={ITEMS}&offset=0&sort_by=timestamp&sort_order=asc",
        lambda client: client.platform.runs.trace(RUN_ID, limit=ITEMS),
        lambda answer: len(items(answer, "events")) == ITEMS,
        counted=20,
    ),
    "account.get": Operation(
        "GET",
        "/v1/account",
        lambda client: client.account.get(),
        lambda answer: answer["id"] == "t1",
    ),
    "prompts_encode": Operation(
        "POST",
        "/v1/prompts/encode",
        lambda client: client.prompts_encode(PROMPT_BODY),
        lambda answer: answer["status"] == "ok",
        json.dumps(PROMPT_BODY).encode(),
    ),
}


def field(answer: Any, name: str) -> Any:
    """The field of a dict or of a typed answer."""
    return answer[name] if isinstance(answer, dict) else getattr(answer, name)


def items(page: Any, name: str) -> Any:
    """The items of a dict, of our typed page, or of the published SDK's, which calls all of them `items`."""
    return field(page, name) if isinstance(page, dict) or hasattr(page, name) else page.items
