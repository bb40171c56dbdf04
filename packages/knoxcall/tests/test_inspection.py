"""What mocks and documentation see of a client: every method of every resource, blocking or awaited as it is."""

import inspect
from unittest.mock import create_autospec

import pytest
from sdk_engine.methods import blocking_or_awaited

from knoxcall import KnoxCall

GROUPS = (
    *("account", "agents", "api_keys", "audit_logs", "clients", "crypto", "dynamic_db", "environments"),
    *("oauth_clients", "pki", "routes", "secrets", "vaults", "webhooks"),
)


def test_a_mock_of_the_class_blocks_as_its_instances_do() -> None:
    mocked = create_autospec(KnoxCall, instance=True)
    mocked.routes.get.return_value = {"id": "r"}
    assert mocked.routes.get("r") == {"id": "r"}
    mocked.call.return_value = 5
    assert mocked.call("r", method="POST", path="/x") == 5
    made = create_autospec(KnoxCall)(api_key="kc_x")
    made.vaults.tokenize.return_value = {"token": "t"}
    assert made.vaults.tokenize("v", value="1") == {"token": "t"}


async def test_a_mock_of_an_awaited_client_is_awaited() -> None:
    mocked = create_autospec(KnoxCall(sync=False, api_key="kc_x"))
    mocked.routes.get.return_value = {"id": "r"}
    assert await mocked.routes.get("r") == {"id": "r"}
    mocked.ephemeral.return_value = 5
    assert await mocked.ephemeral("https://a.example") == 5
    assert inspect.iscoroutinefunction(mocked.call)


@pytest.mark.parametrize("group", GROUPS)
def test_every_group_is_seen_from_the_class_and_from_both_kinds_of_client(group: str) -> None:
    blocking, awaited = KnoxCall(api_key="kc_x"), KnoxCall(sync=False, api_key="kc_x")
    of_class, of_blocking, of_awaited = (getattr(each, group) for each in (KnoxCall, blocking, awaited))
    assert of_blocking is getattr(blocking, group)
    methods = [name for name in dir(of_class) if type(inspect.getattr_static(of_class, name)) is blocking_or_awaited]
    assert methods
    for name in methods:
        assert not inspect.iscoroutinefunction(getattr(of_class, name))
        assert not inspect.iscoroutinefunction(getattr(of_blocking, name))
        assert inspect.iscoroutinefunction(getattr(of_awaited, name))
        assert getattr(of_class, name).__doc__


def test_a_mock_refuses_calls_that_the_client_would_refuse() -> None:
    for mocked in (create_autospec(KnoxCall, instance=True), create_autospec(KnoxCall(sync=False, api_key="kc_x"))):
        with pytest.raises(TypeError):
            mocked.routes.get()
        with pytest.raises(TypeError):
            mocked.ephemeral("https://a.example", tiemout=1)
        with pytest.raises(AttributeError):
            _ = mocked.no_such_group
