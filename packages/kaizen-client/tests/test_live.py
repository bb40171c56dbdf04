"""Against the service itself, where a key is in the environment: what the stand-in can only claim."""

import os
from collections.abc import Iterator
from typing import Any

import pytest

from kaizen_client import SyncKaizenClient
from kaizen_client.local import sync_local_client

GIVEN = {name: os.environ[name] for name in ("KAIZEN_API_KEY", "KAIZEN_BASE_URL") if os.environ.get(name)}
VALUE: dict[str, Any] = {"users": [{"id": 1, "name": "Ada"}, {"id": 2, "name": "Bob, Cy"}], "tags": ["a", "true"]}

pytestmark = pytest.mark.skipif("KAIZEN_API_KEY" not in GIVEN, reason="KAIZEN_API_KEY is not set")


@pytest.fixture
def live(monkeypatch: pytest.MonkeyPatch) -> Iterator[SyncKaizenClient]:
    for name, value in GIVEN.items():
        monkeypatch.setenv(name, value)
    with SyncKaizenClient.from_env() as client:
        yield client


def test_the_service_is_up(live: SyncKaizenClient) -> None:
    assert live.typed.health().ok


def test_a_value_comes_back(live: SyncKaizenClient) -> None:
    encoded = live.typed.compress({"data": VALUE})
    assert live.typed.decompress({"data": encoded.value}).value == VALUE


def test_metadata_is_echoed(live: SyncKaizenClient) -> None:
    answer = live.typed.prompts_encode({"prompt": VALUE, "metadata": {"trace_id": "t-1"}})
    assert answer.metadata == {"trace_id": "t-1"}


def test_the_stand_in_writes_the_same_text(live: SyncKaizenClient) -> None:
    with sync_local_client() as local:
        assert live.typed.compress({"data": VALUE}).value == local.compress({"data": VALUE})["result"]
