"""What is compared. Each function opens one client and gives `call(operation)`, which returns the parsed answer.

Raw libraries send the same bytes as the SDK would and parse with `json`, which is what a script without an SDK does.
Nothing is imported before it is asked for: an SDK of ours and the published one have one name, in two environments.
"""

from __future__ import annotations

import json
from contextlib import asynccontextmanager, contextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from benchmarks.operations import HEADERS, KEY, TIMEOUT
from benchmarks.server.answers import body, encoded

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

    from sdk_engine.messages import Request, Response

    from benchmarks.operations import Operation

    AsyncCall = Callable[[Operation], Awaitable[Any]]
    SyncCall = Callable[[Operation], Any]


def _headers(operation: Operation) -> dict[str, str]:
    return HEADERS if operation.body is None else HEADERS | {"Content-Type": "application/json"}


@asynccontextmanager
async def raw_httpx(url: str) -> AsyncIterator[AsyncCall]:
    """`httpx.AsyncClient`, `.json()`."""
    import httpx

    async with httpx.AsyncClient(timeout=TIMEOUT) as client:

        async def call(operation: Operation) -> Any:
            answer = await client.request(
                operation.method, url + operation.target, headers=_headers(operation), content=operation.body
            )
            return answer.json()

        yield call


@asynccontextmanager
async def raw_httpx2(url: str) -> AsyncIterator[AsyncCall]:
    """`httpx2.AsyncClient`, `.json()`."""
    import httpx2

    async with httpx2.AsyncClient(timeout=TIMEOUT) as client:

        async def call(operation: Operation) -> Any:
            answer = await client.request(
                operation.method, url + operation.target, headers=_headers(operation), content=operation.body
            )
            return answer.json()

        yield call


@asynccontextmanager
async def raw_aiohttp(url: str) -> AsyncIterator[AsyncCall]:
    """`aiohttp.ClientSession`, `json.loads`."""
    import aiohttp

    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=TIMEOUT)) as session:

        async def call(operation: Operation) -> Any:
            async with session.request(
                operation.method, url + operation.target, headers=_headers(operation), data=operation.body
            ) as answer:
                return json.loads(await answer.read())

        yield call


@asynccontextmanager
async def raw_pyreqwest(url: str) -> AsyncIterator[AsyncCall]:
    """`pyreqwest.client.Client`, `json.loads`."""
    from pyreqwest.client import ClientBuilder

    limit = timedelta(seconds=TIMEOUT)
    async with ClientBuilder().max_connections(100).http1_only().build() as client:

        async def call(operation: Operation) -> Any:
            request = client.request(operation.method, url + operation.target).headers(_headers(operation))
            if operation.body is not None:
                request = request.body_bytes(operation.body)
            answer = await request.timeout(limit).build().send()
            return json.loads(bytes(await answer.bytes()))

        yield call


@asynccontextmanager
async def sdk(url: str) -> AsyncIterator[AsyncCall]:
    """`KneoClient` as anybody would use it: ours or the published one, whichever this environment has."""
    from kneo_client import KneoClient
    from kneo_client.core.profiles import Profile

    async with KneoClient(Profile("bench", url, KEY, timeout=TIMEOUT)) as client:
        yield lambda operation: operation.call(client)


@asynccontextmanager
async def sdk_on_httpx(url: str) -> AsyncIterator[AsyncCall]:
    """The SDK over a caller's own `httpx.AsyncClient`."""
    import httpx

    async with httpx.AsyncClient(base_url=url, headers=HEADERS, timeout=TIMEOUT) as client:
        yield _over(url, client)


@asynccontextmanager
async def sdk_on_httpx2(url: str) -> AsyncIterator[AsyncCall]:
    """The SDK over a caller's own `httpx2.AsyncClient`."""
    import httpx2

    async with httpx2.AsyncClient(base_url=url, headers=HEADERS, timeout=TIMEOUT) as client:
        yield _over(url, client)


def _over(url: str, http_client: Any) -> AsyncCall:
    from types import SimpleNamespace

    from kneo_client.core.profiles import Profile
    from kneo_client.core.transport import Transport
    from kneo_client.platform import PlatformClient

    transport = Transport(Profile("bench", url, KEY, timeout=TIMEOUT), http_client=http_client)
    client = SimpleNamespace(platform=PlatformClient(transport))
    return lambda operation: operation.call(client)


@contextmanager
def sync_httpx(url: str) -> Iterator[SyncCall]:
    """`httpx.Client`, `.json()`."""
    import httpx

    with httpx.Client(timeout=TIMEOUT) as client:
        yield lambda operation: client.request(
            operation.method, url + operation.target, headers=_headers(operation), content=operation.body
        ).json()


@contextmanager
def sync_httpx2(url: str) -> Iterator[SyncCall]:
    """`httpx2.Client`, `.json()`."""
    import httpx2

    with httpx2.Client(timeout=TIMEOUT) as client:
        yield lambda operation: client.request(
            operation.method, url + operation.target, headers=_headers(operation), content=operation.body
        ).json()


@contextmanager
def sync_pyreqwest(url: str) -> Iterator[SyncCall]:
    """`pyreqwest.client.SyncClient`, `json.loads`."""
    from pyreqwest.client import SyncClientBuilder

    limit = timedelta(seconds=TIMEOUT)
    with SyncClientBuilder().max_connections(100).http1_only().build() as client:

        def call(operation: Operation) -> Any:
            request = client.request(operation.method, url + operation.target).headers(_headers(operation))
            if operation.body is not None:
                request = request.body_bytes(operation.body)
            return json.loads(bytes(request.timeout(limit).build().send().bytes()))

        yield call


@contextmanager
def sync_engine(url: str) -> Iterator[SyncCall]:
    """`SyncKneoClient`, typed."""
    with over(None, url) as client:
        yield lambda operation: operation.call(client)


@contextmanager
def at_once(url: str) -> Iterator[SyncCall]:
    """The same without a network: what is left is ours."""
    with over(AtOnce(), url) as client:
        yield lambda operation: operation.call(client)


class AtOnce:
    """A wire without a network: its answers are there already."""

    def __init__(self) -> None:
        self._answers: dict[str, Response] = {}

    def send(self, request: Request, timeout: float, patience: float) -> Response:
        """The canned answer to this target."""
        answer = self._answers.get(request.target)
        if answer is None:
            from sdk_engine.messages import Response

            answer = Response(200, encoded(body(f"{request.method} {request.target}")))
            self._answers[request.target] = answer
        return answer

    def close(self) -> None: ...


def over(wire: Any, url: str) -> Any:
    """Our blocking client over this wire; over the default one if it is None."""
    from sdk_engine.drivers import SyncDriver

    from kneo_client.client import SyncKneoClient
    from kneo_client.core.profiles import Profile

    client = SyncKneoClient(Profile("bench", url, KEY, timeout=TIMEOUT))
    if wire is not None:
        client._transport._driver = SyncDriver(wire)
    return client


@contextmanager
def sync_transport(url: str) -> Iterator[SyncCall]:
    """`SyncTransport.request(...).json()`: ours or the published one. Both work through a portal thread."""
    from kneo_client.core.profiles import Profile
    from kneo_client.core.transport import SyncTransport

    with SyncTransport(Profile("bench", url, KEY, timeout=TIMEOUT)) as transport:

        def call(operation: Operation) -> Any:
            body = None if operation.body is None else json.loads(operation.body)
            return transport.request(operation.method, operation.target, json=body).json()

        yield call


@asynccontextmanager
async def knoxcall(url: str) -> AsyncIterator[AsyncCall]:
    """`KnoxCall(sync=False)`, ours or the published one."""
    from knoxcall import KnoxCall

    async with KnoxCall(sync=False, api_key="tk_test_abc", base_url=url) as client:
        yield lambda operation: operation.call(client)


@contextmanager
def sync_knoxcall(url: str) -> Iterator[SyncCall]:
    """`KnoxCall()`, ours or the published one."""
    from knoxcall import KnoxCall

    client = KnoxCall(api_key="tk_test_abc", base_url=url)
    yield lambda operation: operation.call(client)
    client.close()


@asynccontextmanager
async def kaizen(url: str) -> AsyncIterator[AsyncCall]:
    """`KaizenClient`, ours or the published one."""
    from kaizen_client import KaizenClient, KaizenClientConfig

    async with KaizenClient(KaizenClientConfig(base_url=url, api_key=KEY, timeout=TIMEOUT)) as client:
        yield lambda operation: operation.call(client)
