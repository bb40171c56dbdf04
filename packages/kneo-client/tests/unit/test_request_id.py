"""X-Request-ID: on every request, the same for all attempts, and on every error."""

import uuid
from typing import Any

import pytest

from kneo_client.core.errors import KneoError, KneoInvalidRequestError, KneoProtocolError
from kneo_client.core.request_id import generate_request_id


def ids(wire: Any) -> list[list[str]]:
    return [
        [value for name, value in request.headers.items() if name.lower() == "x-request-id"]
        for request in wire.requests
    ]


@pytest.mark.promise("kneo.request-id.generate")
def test_fresh_id_is_a_uuid4() -> None:
    fresh = {generate_request_id() for _ in range(1000)}
    assert len(fresh) == 1000
    assert all(str(uuid.UUID(each)) == each and uuid.UUID(each).version == 4 for each in fresh)


@pytest.mark.promise("kneo.request-id.every-request", "kneo.request-id.auto-uuid4")
async def test_every_request_carries_a_fresh_id(scripted: Any) -> None:
    client, wire = scripted({"ok": True, "run_id": "1", "status": "running"})
    await client.platform.health.healthz()
    await client.platform.runs.create({"input": "x"})
    for method in ("GET", "PUT", "PATCH"):
        await client._transport.request(method, "/v1/x")
    sent = [each for one_request in ids(wire) for each in one_request]
    assert len(sent) == len(set(sent)) == len(wire.requests) == 5
    assert all(uuid.UUID(each).version == 4 for each in sent)


@pytest.mark.promise("kneo.request-id.same-for-every-attempt")
async def test_all_attempts_share_the_id(scripted: Any) -> None:
    client, wire = scripted(503)
    with pytest.raises(KneoError) as caught:
        await client.platform.health.healthz()
    assert ids(wire) == [[caught.value.request_id]] * 3


@pytest.mark.promise("kneo.request-id.override")
@pytest.mark.parametrize("method", ["GET", "POST"])
async def test_caller_chooses_the_id(scripted: Any, method: str) -> None:
    client, wire = scripted(500)
    with pytest.raises(KneoError) as caught:
        await client._transport.request(method, "/v1/x", request_id="trace-7", headers={"x-request-id": "theirs"})
    assert ids(wire) == [["trace-7"]]
    assert caught.value.request_id == "trace-7"


@pytest.mark.parametrize("request_id", ["a\nb", "é", " a", 5])
async def test_unusable_id_is_refused_before_any_io(scripted: Any, request_id: Any) -> None:
    client, wire = scripted(200)
    with pytest.raises(KneoInvalidRequestError, match="X-Request-ID"):
        await client._transport.request("GET", "/v1/x", request_id=request_id)
    assert not wire.requests


@pytest.mark.promise("kneo.errors.request-id-attribute", "kneo.request-id.server-assigned")
@pytest.mark.parametrize("answer", [404, "not json"])
async def test_error_carries_the_id_that_was_sent(scripted: Any, answer: Any) -> None:
    client, wire = scripted(answer)
    with pytest.raises(KneoError) as caught:
        await client.platform.health.healthz()
    assert [[caught.value.request_id]] == ids(wire)
    assert answer == 404 or type(caught.value) is KneoProtocolError


@pytest.mark.promise("kneo.errors.request-id-attribute")
@pytest.mark.parametrize("status", [200, 404, 503])
async def test_error_carries_the_id_that_the_platform_returned(scripted: Any, status: int) -> None:
    client, _ = scripted((status, "not json", {"x-request-id": "the-platforms"}))
    with pytest.raises(KneoError) as caught:
        await client.platform.health.healthz()
    assert caught.value.request_id == "the-platforms"
