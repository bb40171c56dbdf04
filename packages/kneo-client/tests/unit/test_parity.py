"""The blocking client is the async one without an event loop: the same groups, methods, parameters and docstrings."""

import inspect
from collections.abc import Iterator
from typing import Any
from unittest.mock import create_autospec

import pytest

from kneo_client import KneoClient, SyncKneoClient
from kneo_client.core.errors import KneoInvalidRequestError
from kneo_client.core.profiles import Profile

GROUPS = {
    "platform": ("audit", "credentials", "health", "human_tasks", "policies", "runs"),
    "agent": ("skills", "specs"),
}
ITERATED = {"platform.runs.as_completed", "platform.runs.pages", "platform.runs.tail_trace", "platform.runs.watch"}


def methods(client: Any) -> Iterator[tuple[str, Any]]:
    """Every public method, by its name from the client on."""
    yield "request", client.request
    for surface, groups in GROUPS.items():
        for group in groups:
            holder = getattr(getattr(client, surface), group)
            for name in dir(holder):
                if not name.startswith("_") and callable(method := getattr(holder, name)):
                    yield f"{surface}.{group}.{name}", method


def test_methods_parameters_defaults_and_docstrings_are_the_same(profile: Profile) -> None:
    awaited, blocking = dict(methods(KneoClient(profile))), dict(methods(SyncKneoClient(profile)))
    assert awaited.keys() == blocking.keys()
    assert len(awaited) == 31 + 1 + len(ITERATED) + 7, "the operations, request, and what is made of them"
    for name, method in awaited.items():
        assert inspect.signature(method) == inspect.signature(blocking[name]), name
        assert method.__doc__, name
        assert method.__doc__ == blocking[name].__doc__, name
        assert method.__name__ == blocking[name].__name__ != "", name


def test_methods_are_coroutine_functions_on_one_and_plain_on_the_other(profile: Profile) -> None:
    for name, method in methods(KneoClient(profile)):
        assert inspect.iscoroutinefunction(method) is (name not in ITERATED), name
    assert not any(inspect.iscoroutinefunction(method) for _, method in methods(SyncKneoClient(profile)))


@pytest.mark.parametrize("cls", [KneoClient, SyncKneoClient])
def test_clients_are_made_in_the_same_way(cls: Any) -> None:
    expected = {"profile", "retry_policy", "http_client", "max_connections"}
    assert set(inspect.signature(cls).parameters) == expected
    named = set(inspect.signature(cls.from_profile).parameters)
    assert named == (expected - {"profile"}) | {"name", "overrides"}


async def test_a_mock_of_the_async_client_is_awaited() -> None:
    for mocked in (create_autospec(KneoClient, instance=True), create_autospec(KneoClient)(None)):
        mocked.platform.runs.get.return_value = 5
        assert await mocked.platform.runs.get("r") == 5
        mocked.agent.specs.validate.return_value = 6
        assert await mocked.agent.specs.validate({"spec": {}}) == 6
        mocked.platform.human_tasks.resume.side_effect = KneoInvalidRequestError("no")
        with pytest.raises(KneoInvalidRequestError):
            await mocked.platform.human_tasks.resume("c", {})
        await mocked.aclose()


def test_a_mock_of_the_blocking_client_blocks() -> None:
    mocked = create_autospec(SyncKneoClient, instance=True)
    mocked.platform.runs.get.return_value = 5
    assert mocked.platform.runs.get("r") == 5
    mocked.agent.skills.list.return_value = 6
    assert mocked.agent.skills.list(limit=1) == 6
    mocked.platform.runs.watch.return_value = [1, 2]
    assert list(mocked.platform.runs.watch("r")) == [1, 2]


@pytest.mark.parametrize("cls", [KneoClient, SyncKneoClient])
def test_a_mock_refuses_what_the_client_would_refuse(cls: Any) -> None:
    mocked = create_autospec(cls, instance=True)
    for call in (
        lambda: mocked.platform.runs.get(),
        lambda: mocked.platform.runs.list(limt=1),
        lambda: mocked.agent.specs.graph(),
    ):
        with pytest.raises(TypeError):
            call()
    with pytest.raises(AttributeError):
        _ = mocked.platform.no_such_group
