"""Bodies that are read while they arrive."""

import json
from typing import Any

import pytest
from conftest import KEY, Make, close, done, is_async
from contract_messages import CLIENT_ID, CLIENT_SECRET, Answer
from contract_server import ContractServer

from knoxcall import errors

CREDENTIALS: Any = {"client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}


@pytest.mark.promise("knox.proxy.stream")
async def test_bodies_can_be_read_as_they_arrive(make: Make, server: ContractServer) -> None:
    chunks = (b"one\n", b"two\n", b"three\n")
    server.upstream = lambda seen: Answer(200, None, {"X-Knox-Upstream-Status": "200"}, chunks=chunks)
    client = make(**CREDENTIALS)
    bound = client.route("r")
    for stream in (client.stream("r", path="/events"), bound.stream("GET", "/events")):
        if is_async(client):
            async with stream as response:
                found = [chunk async for chunk in response.aiter_raw()]
        else:
            with stream as response:
                found = list(response.iter_raw())
        assert b"".join(found) == b"".join(chunks)
        assert response.is_closed
        assert "authorization" not in response.request.headers
    assert len(server.token_requests) == 1


@pytest.mark.promise("knox.proxy.stream")
async def test_a_refused_token_is_renewed_for_streams_too(make: Make, server: ContractServer) -> None:
    client = make(**CREDENTIALS)
    await done(client.account.get())
    server.refused.add("kc_live_tok_1")
    if is_async(client):
        async with client.stream("r") as response:
            body = await response.aread()
    else:
        with client.stream("r") as response:
            body = response.read()
    assert json.loads(body)["method"] == "GET"
    server.upstream = lambda seen: Answer(404, "gone", {"X-Knox-Upstream-Status": "404"})
    if is_async(client):
        async with client.stream("r") as response:
            assert response.text == "gone"
    else:
        with client.stream("r") as response:
            assert response.text == "gone"


async def test_streams_that_fail_to_open(make: Make) -> None:
    stream = make(proxy_base_url="http://127.0.0.1:1").stream("r")
    with pytest.raises(errors.APIConnectionError):
        await done(stream.__aenter__() if is_async(make()) else stream.__enter__())


def test_the_key_of_the_fixture_is_an_old_one() -> None:
    assert KEY.startswith("tk_")


@pytest.mark.promise("knox.client.close")
async def test_closed_clients_refuse_streams(make: Make, server: ContractServer) -> None:
    for used in (True, False):
        client = make()
        if used:
            await opened(client)
        await close(client)
        await close(client)
        with pytest.raises(errors.KnoxCallError, match="closed"):
            await opened(client)
    assert len(server.seen) == 1


async def opened(client: Any) -> None:
    if is_async(client):
        async with client.stream("r") as response:
            await response.aread()
    else:
        with client.stream("r") as response:
            response.read()
