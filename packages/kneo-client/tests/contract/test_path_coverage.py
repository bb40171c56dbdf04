"""What is wrapped is what the pinned platforms have: no path is missing, none is invented, each has one method."""

import inspect
import json
import re
from contextlib import suppress
from operator import attrgetter
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from sdk_engine.drivers import AsyncDriver
from sdk_engine.operation import Operation
from sdk_engine.testing import FakeAsyncWire

from kneo_client import KneoClient
from kneo_client.agent import skills, specs
from kneo_client.core import versions
from kneo_client.core.errors import KneoProtocolError
from kneo_client.core.profiles import Profile
from kneo_client.platform import audit, credentials, health, human_tasks, policies, run_reading, runs

SCHEMAS = Path(__file__).resolve().parents[2] / "schemas"
PINNED = {"0.4.0": (25, 27), "1.2.0": (29, 31)}
"""Versions of the pinned platforms, with how many paths and operations each has."""

MODULES = (health, runs, run_reading, human_tasks, audit, credentials, policies, specs, skills)

WRAPPED = {
    "platform.health.healthz": ("GET", "/v1/healthz"),
    "platform.health.livez": ("GET", "/v1/livez"),
    "platform.health.readyz": ("GET", "/v1/readyz"),
    "platform.runs.create": ("POST", "/v1/runs"),
    "platform.runs.list": ("GET", "/v1/runs"),
    "platform.runs.get": ("GET", "/v1/runs/{run_id}"),
    "platform.runs.graph": ("GET", "/v1/runs/{run_id}/graph"),
    "platform.runs.cancel": ("POST", "/v1/runs/{run_id}/cancel"),
    "platform.runs.continue_": ("POST", "/v1/runs/{run_id}/continue"),
    "platform.runs.replay": ("GET", "/v1/runs/{run_id}/replay"),
    "platform.runs.trace": ("GET", "/v1/runs/{run_id}/trace"),
    "platform.runs.checkpoints": ("GET", "/v1/runs/{run_id}/checkpoints"),
    "platform.runs.checkpoints_diff": ("GET", "/v1/runs/{run_id}/checkpoints/diff"),
    "platform.runs.policy_report": ("GET", "/v1/runs/{run_id}/policy-report"),
    "platform.runs.recovery": ("GET", "/v1/runs/{run_id}/recovery"),
    "platform.human_tasks.list": ("GET", "/v1/human-tasks"),
    "platform.human_tasks.get": ("GET", "/v1/human-tasks/{continuation_id}"),
    "platform.human_tasks.resume": ("POST", "/v1/human-tasks/{continuation_id}/resume"),
    "platform.audit.list": ("GET", "/v1/audit-events"),
    "platform.credentials.list": ("GET", "/v1/security/credentials"),
    "platform.policies.environment_list": ("GET", "/v1/policies/environment"),
    "platform.policies.environment_get": ("GET", "/v1/policies/environment/{environment}"),
    "platform.policies.environment_put": ("PUT", "/v1/policies/environment/{environment}"),
    "platform.policies.environment_preview": ("POST", "/v1/policies/environment/{environment}/preview"),
    "agent.skills.list": ("GET", "/v1/skills"),
    "agent.specs.graph": ("POST", "/v1/specs/graph"),
    "agent.specs.validate": ("POST", "/v1/specs/validate"),
    "agent.specs.compile": ("POST", "/v1/specs/compile"),
    "agent.specs.explain": ("POST", "/v1/specs/explain"),
    "agent.specs.policy_report": ("POST", "/v1/specs/policy-report"),
    "agent.specs.run": ("POST", "/v1/specs/run"),
}
"""Every public method, with the operation that it calls."""

HELPERS = {
    "platform.runs.create_and_wait": WRAPPED["platform.runs.create"],
    "platform.runs.wait_for_completion": WRAPPED["platform.runs.get"],
    "platform.runs.wait_many": WRAPPED["platform.runs.get"],
    "platform.human_tasks.resume_by_id": WRAPPED["platform.human_tasks.get"],
    "platform.human_tasks.resume_first_pending": WRAPPED["platform.human_tasks.list"],
    "agent.specs.validate_then_compile": WRAPPED["agent.specs.validate"],
    "agent.specs.dry_run": WRAPPED["agent.specs.validate"],
}
"""Methods that are made of others, with the operation that they begin with."""


def document(version: str) -> dict[str, Any]:
    pin: dict[str, Any] = json.loads((SCHEMAS / version / "openapi.json").read_text(encoding="utf-8"))
    return pin


def operations(version: str) -> set[tuple[str, str]]:
    paths = document(version)["paths"]
    return {(method.upper(), path) for path, methods in paths.items() for method in methods}


def public_methods(client: KneoClient) -> dict[str, Any]:
    """Every public coroutine method of the adapters, by its name from the client on."""
    found = {}
    for group in ("platform", "agent"):
        for name, part in inspect.getmembers(type(attrgetter(group)(client)), inspect.isclass):
            for method, _ in inspect.getmembers(part, inspect.iscoroutinefunction):
                if not method.startswith("_"):
                    found[f"{group}.{name}.{method}"] = attrgetter(f"{group}.{name}.{method}")(client)
    return found


def placeholders(method: Any) -> list[object]:
    """An argument for each required parameter: its own placeholder, or a body."""
    required = [p for p in inspect.signature(method).parameters.values() if p.default is p.empty]
    given = {"body": {}, "run_ids": ["{run_id}"]}
    return [given.get(parameter.name, f"{{{parameter.name}}}") for parameter in required]


@pytest.mark.promise("kneo.compat.pinned-platform", "kneo.compat.pinned-schema")
@pytest.mark.parametrize("version", PINNED)
def test_pins_are_the_platforms_that_were_promised(version: str) -> None:
    pin = document(version)
    assert pin["info"]["version"] == version
    assert (len(pin["paths"]), len(operations(version))) == PINNED[version]
    assert all(path.startswith("/v1/") for path in pin["paths"])
    assert f"kneo-serv {version} " in (SCHEMAS / version / "SOURCE.md").read_text(encoding="utf-8")


def test_every_pin_has_its_place_here() -> None:
    assert {pin.parent.name for pin in SCHEMAS.glob("*/openapi.json")} == set(PINNED)


@pytest.mark.promise(
    "kneo.compat.all-endpoints-wrapped", "kneo.compat.explicit-path-list", "kneo.compat.path-coverage-both-ways"
)
def test_wrapped_and_pinned_are_the_same() -> None:
    found = {id(value): value for module in MODULES for value in vars(module).values() if isinstance(value, Operation)}
    wrapped = sorted((operation.method, operation.path) for operation in found.values())
    pinned = set().union(*map(operations, PINNED))
    assert wrapped == sorted(pinned)
    assert sorted(WRAPPED.values()) == wrapped


@pytest.mark.promise("kneo.compat.all-endpoints-wrapped", "kneo.client.methods-are-coroutines")
async def test_each_public_method_calls_its_operation_and_nothing_else() -> None:
    async with KneoClient(Profile("contract", "http://127.0.0.1:9", "key")) as client:
        called = {}
        for name, method in public_methods(client).items():
            wire = FakeAsyncWire(lambda _: 200)
            client._transport._driver = AsyncDriver(wire)
            with suppress(KneoProtocolError):  # the answer is an empty object, whatever was asked
                await method(*placeholders(method))
            request = wire.requests[0]
            called[name] = (request.method, unquote(re.sub(r"\?.*", "", request.target)))
    assert called == WRAPPED | HELPERS


def fields(version: str, place: tuple[str, str]) -> set[str]:
    """The fields of an operation's body."""
    pin = document(version)
    content = pin["paths"][place[1]][place[0].lower()].get("requestBody", {}).get("content", {})
    name = content.get("application/json", {}).get("schema", {}).get("$ref", "").rpartition("/")[2]
    return set(pin["components"]["schemas"][name]["properties"]) if name else set()


def parameters(version: str, place: tuple[str, str]) -> set[str]:
    """The names of an operation's query parameters."""
    listed = document(version)["paths"][place[1]][place[0].lower()].get("parameters", [])
    return {parameter["name"] for parameter in listed if parameter["in"] == "query"}


def test_what_an_older_platform_lacks_is_what_the_pins_say() -> None:
    both = operations("0.4.0") & operations("1.2.0")
    assert dict.fromkeys(operations("1.2.0") - operations("0.4.0"), "1.2.0") == versions.OPERATIONS
    added = {place: fields("1.2.0", place) - fields("0.4.0", place) for place in both}
    assert {place: set(names) for place, names in versions.FIELDS.items()} == {p: n for p, n in added.items() if n}
    for place, filters in versions.FILTERS.items():
        assert set(filters) == parameters("1.2.0", place) - parameters("0.4.0", place)
    needed = [*versions.FIELDS.values(), *versions.FILTERS.values()]
    assert {version for names in needed for version in names.values()} == {"1.2.0"}
