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
from kneo_client.agent import specs
from kneo_client.core.errors import KneoProtocolError
from kneo_client.core.profiles import Profile
from kneo_client.platform import audit, credentials, health, human_tasks, policies, runs

SCHEMAS = Path(__file__).resolve().parents[2] / "schemas"
PINNED = {"0.4.0": (25, 27), "1.2.0": (29, 31)}
"""Versions of the pinned platforms, with how many paths and operations each has."""

MODULES = (health, runs, human_tasks, audit, credentials, policies, specs)

WRAPPED = {
    "platform.health.healthz": ("GET", "/v1/healthz"),
    "platform.health.livez": ("GET", "/v1/livez"),
    "platform.health.readyz": ("GET", "/v1/readyz"),
    "platform.runs.create": ("POST", "/v1/runs"),
    "platform.runs.list": ("GET", "/v1/runs"),
    "platform.runs.get": ("GET", "/v1/runs/{run_id}"),
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
    "agent.specs.validate": ("POST", "/v1/specs/validate"),
    "agent.specs.compile": ("POST", "/v1/specs/compile"),
    "agent.specs.explain": ("POST", "/v1/specs/explain"),
    "agent.specs.policy_report": ("POST", "/v1/specs/policy-report"),
    "agent.specs.run": ("POST", "/v1/specs/run"),
}
"""Every public method, with the operation that it calls."""

NOT_YET = {
    ("GET", "/v1/runs/{run_id}/graph"),
    ("GET", "/v1/skills"),
    ("POST", "/v1/policies/environment/{environment}/preview"),
    ("POST", "/v1/specs/graph"),
}
"""Operations of 1.2.0 that no method calls yet."""

HELPERS = {"platform.runs.wait_for_completion": WRAPPED["platform.runs.get"]}
"""Methods that are made of another one."""


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
        for name, adapter in vars(attrgetter(group)(client)).items():
            for method, _ in inspect.getmembers(type(adapter), inspect.iscoroutinefunction):
                if not method.startswith("_"):
                    found[f"{group}.{name}.{method}"] = getattr(adapter, method)
    return found


def placeholders(method: Any) -> list[object]:
    """An argument for each required parameter: its own placeholder, or a body."""
    required = [p for p in inspect.signature(method).parameters.values() if p.default is p.empty]
    return [{} if parameter.name == "body" else f"{{{parameter.name}}}" for parameter in required]


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
    constants = [value for module in MODULES for value in vars(module).values() if isinstance(value, Operation)]
    wrapped = sorted((operation.method, operation.path) for operation in constants)
    pinned = set().union(*map(operations, PINNED)) - NOT_YET
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
            (request,) = wire.requests
            called[name] = (request.method, unquote(re.sub(r"\?.*", "", request.target)))
    assert called == WRAPPED | HELPERS
