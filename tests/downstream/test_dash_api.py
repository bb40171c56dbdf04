"""Every route of kneo-dash that the client is behind: answered as with the published client."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.downstream.answers import comparable, differences
from tests.downstream.environments import CLIENTS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.downstream.products import Product

    Give = Callable[[str, str], Product]

READ = [
    "/api/health",
    "/api/overview",
    "/api/runs",
    "/api/runs?status=failed&limit=1",
    "/api/runs?has_error=true",
    "/api/runs?q=fails&workflow_kind=workflow",
    "/api/runs?created_after=2020-01-01T00:00:00Z&created_before=2100-01-01T00:00:00Z&offset=1",
    "/api/runs?created_after=yesterday",
    "/api/runs?stuck_only=true",
    "/api/runs/error-summary",
    *[
        f"/api/runs/{{{run}}}{part}"
        for run in ("completes", "fails", "branches", "asks")
        for part in ("", "/chain", "/graph", "/recovery", "/replay", "/trace", "/trace?event_type=run_started&limit=1")
    ],
    "/api/runs/{completes}/checkpoints/diff?from_sequence=1&to_sequence=2",
    "/api/runs/{completes}/checkpoints/diff?from_sequence=1&to_sequence=99",
    "/api/runs/{completes}/policy-report",
    "/api/runs/nobody",
    "/api/runs/nobody/graph",
    "/api/runs/nobody/trace",
    "/api/human-tasks",
    "/api/human-tasks?status=escalated",
    "/api/human-tasks/{task}",
    "/api/human-tasks/nobody",
    "/api/audit?event_type=policy.environment_updated",
    "/api/audit?run_id={completes}&limit=1",
    "/api/policies",
    "/api/policies/dev",
    "/api/policies/prod",
    "/api/credentials",
    "/api/sessions/story",
    "/api/sessions/nobody",
    "/api/spend?window=7d",
]


def write_routes(specs: dict[str, Any]) -> list[tuple[str, str, Any]]:
    spec, invalid = specs["completes"], specs["invalid"]
    return [
        ("POST", "/api/launch/load", {"spec": spec}),
        ("POST", "/api/launch/load", {"spec": invalid}),
        ("POST", "/api/launch/deploy", {"spec": spec, "environment": "dev"}),
        ("POST", "/api/launch/deploy", {"spec": invalid}),
        ("POST", "/api/launch/run", {"spec": spec, "input_text": "from dash"}),
        ("POST", "/api/launch/run", {"spec": spec, "input_text": "from dash", "async_mode": False}),
        ("POST", "/api/launch/run", {"spec": invalid, "input_text": "from dash"}),
        ("POST", "/api/launch/run", {"spec": spec, "input_text": "x" * 20_001}),
        ("POST", "/api/policies/dev/preview", {"require_guardrails": True}),
        ("PUT", "/api/policies/staging", {"require_human_review": True, "enabled": False}),
        ("POST", "/api/runs/nobody/cancel", None),
        ("POST", "/api/runs/nobody/continue", None),
        ("POST", "/api/human-tasks/nobody/resume", {"decision": "approved", "request_id": "x"}),
    ]


@pytest.mark.parametrize("path", READ)
def test_reading_gives_the_same(product: Give, story: dict[str, str], path: str) -> None:
    ours, published = (comparable(product("dash", client).call("GET", path.format(**story))) for client in CLIENTS)
    assert differences(ours, published) == []
    assert ours[0] < 500


@pytest.mark.parametrize("number", range(len(write_routes({"completes": None, "invalid": None}))))
def test_writing_gives_the_same(product: Give, specs: dict[str, Any], number: int) -> None:
    method, path, body = write_routes(specs)[number]
    ours, published = (comparable(product("dash", client).call(method, path, body), ids=False) for client in CLIENTS)
    assert differences(ours, published) == []
    assert ours[0] < 500


def test_a_run_is_launched_followed_decided_cancelled_and_continued(product: Give, specs: dict[str, Any]) -> None:
    assert differences(*(journey(product("dash", client), specs) for client in CLIENTS)) == []


def journey(dash: Product, specs: dict[str, Any]) -> list[Any]:
    """What the product answers on the way of one run, and the event types of its trace as they are streamed."""
    seen: list[Any] = []

    def keep(method: str, path: str, body: Any = None) -> Any:
        response = dash.call(method, path, body)
        seen.append(comparable(response, ids=False))
        return response.json()

    asks = {"spec": specs["asks"], "input_text": "from dash"}
    run = keep("POST", "/api/launch/run", asks)["run_id"]
    task = until(dash, run, "blocked")["continuation_id"]
    request = keep("GET", f"/api/human-tasks/{task}")
    body = {"decision": "approved", "request_id": request.get("request", {}).get("id")}
    keep("POST", f"/api/human-tasks/{task}/resume", body)
    until(dash, run, "completed")
    keep("POST", f"/api/human-tasks/{task}/resume", body)
    keep("POST", f"/api/runs/{run}/cancel")
    keep("POST", f"/api/runs/{run}/continue")
    seen.append(streamed(dash, run))

    run = keep("POST", "/api/launch/run", asks)["run_id"]
    until(dash, run, "blocked")
    keep("POST", f"/api/runs/{run}/cancel")

    once = {"spec": specs["fails_once"], "input_text": f"{dash.client} {time.monotonic_ns()}"}
    run = keep("POST", "/api/launch/run", once)["run_id"]
    until(dash, run, "failed")
    dash.call("POST", f"/api/runs/{run}/continue")
    seen.append(until(dash, run, "completed")["status"])
    return [json.loads(json.dumps(each).replace(once["input_text"], "…")) for each in seen]


def until(dash: Product, run: str, status: str) -> Any:
    end = time.monotonic() + 30
    while (answer := dash.call("GET", f"/api/runs/{run}").json())["status"] != status:
        assert time.monotonic() < end, answer
        time.sleep(0.05)
    return answer


def streamed(dash: Product, run: str) -> list[str]:
    with dash.http.stream("GET", f"/api/runs/{run}/trace/stream") as stream:
        return [line for line in stream.iter_lines() if line.startswith("event:")]
