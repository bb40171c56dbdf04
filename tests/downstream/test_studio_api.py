"""Every route of kneo-studio that the client is behind: answered as with the published client."""

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

PROJECT = "/api/projects/default"


def draft(studio: Product, name: str, spec: Any) -> dict[str, str]:
    """A spec as a file of the project (JSON is YAML), registered, by path and revision."""
    (studio.folder / "project" / name).write_text(json.dumps(spec, indent=2), encoding="utf-8")
    exposed = studio.call("GET", f"{PROJECT}/drafts/exposure").json()["exposure_digest"]
    studio.call("POST", f"{PROJECT}/drafts/register", {"path": name, "exposure_digest": exposed}).raise_for_status()
    return {"path": name, "revision": studio.call("GET", f"{PROJECT}/drafts/{name}").json()["revision"]}


def artifact(studio: Product, name: str, spec: Any) -> str:
    """The id of an artifact made of that spec."""
    body = {"base": draft(studio, name, spec), "alias": "default"}
    created = studio.call("POST", f"{PROJECT}/artifacts", body).raise_for_status().json()
    return str(created["id"])


def test_run(studio: Product, made: str, text: str, *, until: str) -> str:
    """The id of a test run of the artifact, when it has come to that status."""
    body = {"artifact_id": made, "input": text}
    run = studio.call("POST", f"{PROJECT}/test-runs", body).raise_for_status().json()["id"]
    end = time.monotonic() + 30
    while (answer := studio.call("GET", f"{PROJECT}/test-runs/{run}").json())["platform"]["status"] != until:
        assert time.monotonic() < end, answer
        time.sleep(0.05)
    return str(run)


test_run.__test__ = False  # type: ignore[attr-defined]


def govern(studio: Product, spec: Any) -> list[Any]:
    """What the platform's verdicts on a spec become, stage by stage."""
    name = "governed.yaml"
    made = artifact(studio, name, spec)
    base = draft(studio, name, spec)
    preview = {"draft": base, "text": json.dumps(spec), "alias": "default"}
    calls = [("POST", f"{PROJECT}/specs/preview", preview)]
    calls += [
        ("POST", f"{PROJECT}/specs/{stage}", {"artifact_id": made})
        for stage in ("validate", "compile", "policy-report", "graph")
    ]
    calls += [
        ("GET", f"{PROJECT}/artifacts/{made}/{part}", {})
        for part in ("preflight/policy", "preflight/credential-refs", "export")
    ]
    return [comparable(studio.call(method, path, body or None), ids=False) for method, path, body in calls]


@pytest.mark.parametrize("spec", ["completes", "asks", "branches", "invalid"])
def test_governing_gives_the_same(product: Give, specs: dict[str, Any], spec: str) -> None:
    ours, published = (govern(product("studio", client), specs[spec]) for client in CLIENTS)
    assert differences(ours, published) == []
    assert all(status < 500 for status, _ in ours)


RUN_PARTS = [
    "",
    "/graph",
    "/trace",
    "/trace?offset=1&limit=2",
    "/trace?event_type=run_started",
    "/trace?offset=10001",
    "/checkpoints",
    "/checkpoints?type=run_started",
    "/checkpoints?offset=1&limit=1",
    "/checkpoints/diff?from_sequence=1&to_sequence=2",
    "/checkpoints/diff?from_sequence=1&to_sequence=99",
]


@pytest.mark.parametrize(
    ("spec", "status"),
    [("completes", "completed"), ("branches", "completed"), ("asks", "blocked")],
)
def test_a_test_run_gives_the_same(product: Give, specs: dict[str, Any], spec: str, status: str) -> None:
    seen = []
    for client in CLIENTS:
        studio = product("studio", client)
        run = test_run(studio, artifact(studio, f"{spec}.yaml", specs[spec]), f"hello {spec}, yes", until=status)
        calls = [("GET", part) for part in RUN_PARTS] + [("POST", "/cancel"), ("GET", "")]
        seen.append(
            [comparable(studio.call(method, f"{PROJECT}/test-runs/{run}{part}"), ids=False) for method, part in calls]
        )
    assert differences(*seen) == []
    assert all(answer[0] < 500 for answer in seen[0])


@pytest.mark.parametrize("path", ["/test-runs/nobody", "/test-runs/nobody/trace", "/environments/default/policy"])
def test_what_is_not_there_gives_the_same(product: Give, path: str) -> None:
    ours, published = (comparable(product("studio", client).call("GET", PROJECT + path)) for client in CLIENTS)
    assert differences(ours, published) == []
