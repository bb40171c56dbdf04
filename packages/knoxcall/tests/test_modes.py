"""What a client is told beyond its credential, and what is refused in the other mode."""

import threading
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import anyio
import httpx
import pytest
from conftest import KEY, Make, done, is_async
from contract_server import ContractServer

from knoxcall import BootstrapError, InvalidRequestError, KnoxCall


async def test_a_block_of_the_other_kind_is_refused_before_anything_is_done(make: Make, server: ContractServer) -> None:
    client = make()
    stream, pager = client.stream("r"), client.routes.iterate()
    if is_async(client):
        with pytest.raises(InvalidRequestError, match="`async with`"), client:
            pytest.fail("the body ran")
        with pytest.raises(InvalidRequestError, match=r"`async with client.stream"), stream:
            pytest.fail("the body ran")
        with pytest.raises(InvalidRequestError, match="`async for`"):
            next(iter(pager))
        with pytest.raises(InvalidRequestError, match="aclose"):
            client.close()
    else:
        with pytest.raises(InvalidRequestError, match="`with`"):
            async with client:
                pytest.fail("the body ran")
        with pytest.raises(InvalidRequestError, match=r"`with client.stream"):
            async with stream:
                pytest.fail("the body ran")
        with pytest.raises(InvalidRequestError, match="`for`"):
            await anext(aiter(pager))
        with pytest.raises(InvalidRequestError, match=r"client\.close"):
            await client.aclose()
    assert server.seen == []
    await done(client.account.get())


async def test_plain_httpx_can_be_asked_for(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[httpx.Request] = []

    class Seen(httpx.Client):
        def build_request(self, *args: Any, **kwargs: Any) -> httpx.Request:
            made.append(super().build_request(*args, **kwargs))
            return made[-1]

    class AsyncSeen(httpx.AsyncClient):
        def build_request(self, *args: Any, **kwargs: Any) -> httpx.Request:
            made.append(super().build_request(*args, **kwargs))
            return made[-1]

    monkeypatch.setattr(httpx, "Client", Seen)
    monkeypatch.setattr(httpx, "AsyncClient", AsyncSeen)
    client = make(http_client="httpx")
    await done(client.account.get())
    await done(client.call("r", path="/x"))
    assert [request.url.path for request in made] == ["/v1/account", "/x"]
    await done(make().account.get())
    assert len(made) == 2  # otherwise another library sends


@pytest.mark.parametrize("wrong", [0, -1, 1.5, "10", None])
def test_numbers_of_connections_that_make_no_sense(wrong: Any) -> None:
    with pytest.raises(BootstrapError, match="max_connections must be a whole number, at least 1"):
        KnoxCall(api_key="k", max_connections=wrong)


class Counting(BaseHTTPRequestHandler):
    """Answers two requests at a time, and counts how many are there at once."""

    pair = threading.Barrier(2)
    changing = threading.Lock()
    under_way: list[str] = []
    most = 0

    def do_GET(self) -> None:
        with self.changing:
            self.under_way.append(self.path)
            Counting.most = max(self.most, len(self.under_way))
        self.pair.wait(10)
        with self.changing:
            self.under_way.remove(self.path)
        self.send_response(204)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:
        """Not on the terminal."""


async def test_calls_beyond_the_number_of_connections_wait_for_their_turn() -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Counting) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        base = f"http://127.0.0.1:{server.server_port}"
        client = KnoxCall(sync=False, api_key=KEY, base_url=base, max_connections=2)
        async with client, anyio.create_task_group() as group:
            for number in range(6):
                group.start_soon(partial(client.call, "r", path=f"/{number}"))
        server.shutdown()
        thread.join()
    assert Counting.most == 2


@pytest.mark.parametrize("name", ["tiemout", "retry_policy", "clientid"])
def test_a_misspelt_argument_is_a_type_error(name: str) -> None:
    with pytest.raises(TypeError, match=f"unexpected keyword argument '{name}'"):
        KnoxCall(api_key="k", **{name: 1})  # type: ignore[call-overload]
