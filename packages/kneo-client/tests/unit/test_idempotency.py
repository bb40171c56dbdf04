"""Idempotency keys: every POST carries one, all its attempts share it, and a caller may choose it."""

import uuid
from typing import Any

import pytest

from kneo_client.core.errors import KneoError, KneoInvalidRequestError
from kneo_client.core.idempotency import new_idempotency_key, validate_idempotency_key

UNUSABLE = ["", " ", "x" * 257, " pad ", "pad ", "line\nbreak", "clé", "\x00", "tab\tbed", 5, b"k"]


def keys(wire: Any) -> list[list[str]]:
    """The values of all key headers of each request, however they are spelled."""
    return [
        [value for name, value in request.headers.items() if name.lower() == "idempotency-key"]
        for request in wire.requests
    ]


@pytest.mark.promise("kneo.idempotency.new-key")
def test_new_key_is_a_fresh_uuid4() -> None:
    fresh = {new_idempotency_key() for _ in range(1000)}
    assert len(fresh) == 1000
    for key in fresh:
        assert str(uuid.UUID(key)) == key
        assert (uuid.UUID(key).version, uuid.UUID(key).variant) == (4, uuid.RFC_4122)


@pytest.mark.promise("kneo.idempotency.empty-key", "kneo.idempotency.long-key")
@pytest.mark.parametrize("key", UNUSABLE)
def test_unusable_key_is_a_value_error(key: Any) -> None:
    with pytest.raises(ValueError, match=r"^an idempotency key"):
        validate_idempotency_key(key)


@pytest.mark.promise("kneo.idempotency.long-key", "kneo.idempotency.max-key-length")
@pytest.mark.parametrize("key", ["x", "x" * 256, "order:4711/retry 2", "~!@#$%^&*()"])
def test_usable_key_passes(key: str) -> None:
    assert validate_idempotency_key(key) is None  # type: ignore[func-returns-value]


@pytest.mark.promise("kneo.idempotency.injected-on-post", "kneo.idempotency.fresh-uuid4", "kneo.retries.keyed-post")
async def test_every_post_gets_a_fresh_key(scripted: Any) -> None:
    client, wire = scripted({"run_id": "1", "status": "running"})
    await client.platform.runs.create({"input": "x"})
    await client.platform.runs.continue_("1")
    await client.platform.runs.cancel("1")
    await client._transport.request("POST", "/v1/x")
    sent = [key for one_request in keys(wire) for key in one_request]
    assert len(wire.requests) == len(sent) == len(set(sent)) == 4
    assert all(uuid.UUID(key).version == 4 for key in sent)


@pytest.mark.promise("kneo.idempotency.same-key-for-every-attempt")
@pytest.mark.parametrize("key", [None, "mine"])
async def test_all_attempts_share_the_key(scripted: Any, key: str | None) -> None:
    client, wire = scripted(503)
    with pytest.raises(KneoError) as caught:
        await client.platform.runs.create({"input": "x"}, idempotency_key=key)
    assert keys(wire) == [[caught.value.idempotency_key]] * 3
    assert key is None or caught.value.idempotency_key == key


@pytest.mark.promise("kneo.idempotency.caller-key")
async def test_caller_chooses_the_key(scripted: Any) -> None:
    client, wire = scripted({"run_id": "1", "status": "running"})
    await client.platform.runs.create({"input": "x"}, idempotency_key="x" * 256)
    await client._transport.request("POST", "/v1/x", idempotency_key="mine")
    assert keys(wire) == [["x" * 256], ["mine"]]


@pytest.mark.promise("kneo.idempotency.ignored-on-other-methods", "kneo.platform.policies.put-has-no-key")
@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"])
async def test_other_methods_carry_no_key(scripted: Any, method: str) -> None:
    client, wire = scripted(404)
    with pytest.raises(KneoError) as caught:
        await client._transport.request(method, "/v1/x", idempotency_key="mine")
    assert keys(wire) == [[]]
    assert caught.value.idempotency_key is None


@pytest.mark.promise("kneo.idempotency.validated-before-sending", "kneo.idempotency.empty-key")
@pytest.mark.parametrize("key", UNUSABLE)
async def test_unusable_key_is_refused_before_any_io(scripted: Any, key: Any) -> None:
    client, wire = scripted({"run_id": "1", "status": "running"})
    with pytest.raises(KneoInvalidRequestError, match="an idempotency key") as caught:
        await client.platform.runs.create({"input": "x"}, idempotency_key=key)
    assert isinstance(caught.value, ValueError)
    assert caught.value.attempts == 0
    assert not wire.requests


@pytest.mark.promise("kneo.idempotency.key-in-headers")
@pytest.mark.parametrize("name", ["Idempotency-Key", "idempotency-key", "IDEMPOTENCY-KEY"])
async def test_key_given_as_a_header_is_the_key(scripted: Any, name: str) -> None:
    client, wire = scripted(200, 503)
    await client._transport.request("POST", "/v1/x", headers={name: "theirs"})
    with pytest.raises(KneoError) as caught:
        await client._transport.request("POST", "/v1/x", headers={name: "theirs"})
    assert keys(wire) == [["theirs"]] * 4
    assert caught.value.idempotency_key == "theirs"


async def test_argument_wins_over_the_header(scripted: Any) -> None:
    client, wire = scripted(200)
    await client._transport.request("POST", "/v1/x", headers={"idempotency-key": "theirs"}, idempotency_key="mine")
    assert keys(wire) == [["mine"]]


@pytest.mark.parametrize("key", ["", "x" * 257, " "])
async def test_header_is_held_against_the_same_rules(scripted: Any, key: str) -> None:
    client, wire = scripted(200)
    with pytest.raises(KneoInvalidRequestError):
        await client._transport.request("POST", "/v1/x", headers={"Idempotency-Key": key})
    assert not wire.requests
