"""The canned answers: what a platform 0.4.0 says, in its shapes and sizes (about 850 B a run, 600 B an event), and one
answer of each of the other two services.

Every run and event also has one field that the SDK's types do not know.
"""

from __future__ import annotations

import json
import uuid
from typing import Any

ITEMS = 1000
_NAMESPACE = uuid.UUID(int=0)
_SPEC = {"version": "1", "workflow": {"name": "summarise", "steps": [{"id": "draft", "agent": "writer"}]}}

RUN_ID = "r1"
CREATE_BODY: dict[str, Any] = {"input": "hello", "spec": _SPEC, "async_mode": True}
PROMPT_BODY: dict[str, Any] = {
    "prompt": {"messages": [{"role": "system", "content": "S"}, {"role": "user", "content": "U"}]},
    "metadata": {"trace_id": "t-1"},
}


def bodies() -> dict[str, Any]:
    """The body for each request line prefix; the more specific prefix comes first."""
    return {
        "GET /v1/healthz": {
            "ok": True,
            "service": "kneo-serv-platform",
            "version": "0.4.0",
            "metadata": {"status": "healthy"},
        },
        "POST /v1/runs": {
            "run_id": _id("run", 1),
            "status": "running",
            "output_text": None,
            "human_intervention_required": False,
            "continuation_id": None,
            "metadata": _metadata(),
        },
        f"GET /v1/runs/{RUN_ID}/trace": _page("events", _event, "timestamp", "asc") | {"run_id": RUN_ID},
        f"GET /v1/runs/{RUN_ID}": _status(),
        "GET /v1/runs": _page("runs", _run, "updated_at", "desc"),
        "GET /v1/account": {"data": {"id": "t1", "slug": "acme", "name": "Acme"}, "meta": {"request_id": "r"}},
        "POST /v1/prompts/encode": {
            "operation": "prompts.encode",
            "status": "ok",
            "result": "messages[2]{role,content}:\n  system,S\n  user,U",
            "stats": {"original_bytes": 82, "compressed_bytes": 45, "reduction_ratio": 0.549},
            "metadata": {"trace_id": "t-1"},
        },
    }


def body(request_line: str) -> Any:
    """The body for a request line."""
    return next(body for prefix, body in bodies().items() if request_line.startswith(prefix))


def encoded(value: Any) -> bytes:
    """A body as the platform writes it."""
    return json.dumps(value, separators=(",", ":")).encode()


def answer(value: Any) -> bytes:
    """The whole HTTP answer, with the header fields the platform sends."""
    content = encoded(value)
    head = (
        "HTTP/1.1 200 OK\r\ndate: Sun, 22 Nov 2026 12:00:00 GMT\r\nserver: uvicorn\r\n"
        f"content-length: {len(content)}\r\ncontent-type: application/json\r\n"
        f"x-request-id: {_id('request', 1)}\r\n\r\n"
    )
    return head.encode() + content


def _id(kind: str, number: int) -> str:
    return str(uuid.uuid5(_NAMESPACE, f"{kind} {number}"))


def _time(number: int) -> str:
    minutes, seconds = divmod(number, 60)
    return f"2026-11-22T05:{minutes:02d}:{seconds:02d}.{255292 + number:06d}+00:00"


def _page(name: str, item: Any, sort_by: str, sort_order: str) -> dict[str, Any]:
    page = {"count": ITEMS, "total": 4 * ITEMS, "limit": ITEMS, "offset": 0, "sort_by": sort_by}
    return {name: [item(number) for number in range(ITEMS)], **page, "sort_order": sort_order}


def _metadata() -> dict[str, Any]:
    return {"spec_path": "specs/summarise.yaml", "spec": None, "target": "workflow", "environment": None}


def _status() -> dict[str, Any]:
    context = {"last_event_type": "step_started", "current_step_id": "draft", "current_iteration": 1}
    return {
        "run_id": _id("run", 1),
        "status": "running",
        "agent_name": "writer",
        "workflow_name": "summarise",
        "workflow_kind": "workflow",
        "input_text": "hello",
        "output_text": None,
        "current_step_index": 0,
        "current_node_id": None,
        "visited_steps": [],
        "visited_nodes": [],
        "pending_human_request": None,
        "continuation_id": None,
        "trace_event_count": 2,
        "metadata": _metadata() | {"timeout_seconds": None, "execution_context": context},
        "error": None,
    }


def _run(number: int) -> dict[str, Any]:
    return {
        "id": _id("run", number),
        "status": "completed",
        "agent_name": "writer",
        "workflow_name": "summarise",
        "workflow_kind": "workflow",
        "input_text": f"Summarise document {number}",
        "output_text": f"Document {number} says that all is well.",
        "current_step_index": 1,
        "current_step_id": "draft",
        "current_node_id": None,
        "visited_steps": ["draft"],
        "visited_nodes": [],
        "messages": [],
        "pending_human_request": None,
        "continuation_id": None,
        "trace_events": [],
        "metadata": _metadata(),
        "error": None,
        "parent_run_id": None,
        "tags": ["nightly"],
        "created_at": _time(number),
        "updated_at": _time(number + 1),
        "started_at": _time(number),
        "completed_at": _time(number + 1),
        "deadline_at": None,
        "cost": {"tokens": 1000 + number},
    }


def _event(number: int) -> dict[str, Any]:
    return {
        "type": "run_completed",
        "run_id": _id("run", 1),
        "event_id": _id("event", number),
        "timestamp": _time(number),
        "parent_event_id": _id("event", number - 1),
        "span_id": None,
        "parent_span_id": None,
        "agent_name": "writer",
        "workflow_name": None,
        "step_id": None,
        "runtime_mode": None,
        "model_provider": None,
        "model_name": None,
        "tool_name": None,
        "guardrail_id": None,
        "memory_policy": None,
        "input_preview": None,
        "output_preview": f"Final answer: {number}",
        "metadata": {"message_count": 2},
        "error": None,
        "cost": {"tokens": number},
    }
