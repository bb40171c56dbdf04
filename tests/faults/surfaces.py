"""Every kind of client that the matrix goes through. Each makes the same two calls, a GET and a POST, about a name.

A success is a dict whose `run_id` is the name that the origin read from the request.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import TYPE_CHECKING, Any, Protocol

from sdk_engine.call import call
from sdk_engine.drivers import SyncDriver
from sdk_engine.errors import SdkError
from sdk_engine.settings import RequestOptions

from kaizen_client import KaizenClient, KaizenClientConfig, KaizenError, SyncKaizenClient
from kneo_client.core.errors import KneoError
from kneo_client.platform import PlatformClient
from kneo_client.platform.runs import CREATE, GET
from knoxcall import KnoxCall, KnoxCallError
from tests.faults import clients

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.faults.fault import About, Promise


UNREAD = object()
"""A success whose content nobody could read: the caller's business where the client promises nothing about it."""


class Surface(Protocol):
    """One client under test.

    Attributes:
        error: what each of its errors is.
        promises: what it says about the content of a 2xx.
        keyed: whether it sends idempotency keys; an error then carries the call's.
        stamps: whether it names its requests itself; an error then has the name.
        retried: the statuses after which it tries again.
        without: what it has no rules about, or other ones than kneo_client.
        longest: seconds after which a call has to have ended.
    """

    error: type[SdkError]
    promises: frozenset[Promise]
    keyed: bool
    stamps: bool
    retried: frozenset[int]
    without: frozenset[About]
    longest: float

    async def call(self, method: str, name: str) -> Any:
        """Make the call."""

    async def close(self) -> None:
        """Close the client."""


class TypedAsync:
    """Typed calls of kneo_client, through `Transport`."""

    error = KneoError
    promises: frozenset[Promise] = frozenset({"answer", "object", "model"})
    keyed = True
    stamps = True
    retried = frozenset({429, 502, 503, 504})
    without: frozenset[About] = frozenset()

    def __init__(self, url: str, timeout: float, wire: str) -> None:
        self._transport = clients.transport(url, timeout)
        self._runs = PlatformClient(self._transport).runs
        self.longest = self._transport.settings.longest_total

    async def call(self, method: str, name: str) -> Any:
        if method == "GET":
            return await self._runs.get(name)
        return await self._runs.create({"input": name}, idempotency_key=f"key-{name}")

    async def close(self) -> None:
        await self._transport.aclose()


class RawSync:
    """Raw calls of kneo_client, through `SyncTransport`, on a thread."""

    error = KneoError
    promises: frozenset[Promise] = frozenset({"answer"})
    keyed = True
    stamps = True
    retried = TypedAsync.retried
    without = TypedAsync.without

    def __init__(self, url: str, timeout: float, wire: str) -> None:
        self._transport = clients.sync_transport(url, timeout)
        self.longest = clients.policy().longest_total(timeout)

    async def call(self, method: str, name: str) -> Any:
        return await on_thread(lambda: self._call(method, name))

    def _call(self, method: str, name: str) -> Any:
        if method == "GET":
            answer = self._transport.request("GET", f"/v1/runs/{name}")
        else:
            answer = self._transport.request("POST", "/v1/runs", json={"input": name}, idempotency_key=f"key-{name}")
        try:
            run = answer.json()
            return {"run_id": run["run_id"], "status": run["status"]}
        except (ValueError, TypeError, KeyError, RecursionError):
            return UNREAD

    async def close(self) -> None:
        await on_thread(self._transport.close)


class TypedBlocking:
    """Typed calls of kneo_client, through the engine's `SyncDriver`, on a thread."""

    error = KneoError
    promises = TypedAsync.promises
    keyed = True
    stamps = True
    retried = TypedAsync.retried
    without = TypedAsync.without

    def __init__(self, url: str, timeout: float, wire: str) -> None:
        self._shared = clients.transport(url, timeout).settings
        self._driver = SyncDriver(clients.blocking_wire(wire, timeout))
        self.longest = self._shared.longest_total

    async def call(self, method: str, name: str) -> Any:
        options = RequestOptions(idempotency_key=f"key-{name}")
        if method == "GET":
            plan: Any = call(self._shared, GET, {"run_id": name}, options=options)
        else:
            plan = call(self._shared, CREATE, json={"input": name}, options=options)
        return await on_thread(lambda: self._driver.run(plan))

    async def close(self) -> None:
        await on_thread(self._driver.close)


class Kaizen:
    """Calls of kaizen_client, retries switched on."""

    error = KaizenError
    promises: frozenset[Promise] = frozenset({"answer", "object"})
    keyed = False
    stamps = True
    retried = frozenset({429, 500, 502, 503, 504})
    without: frozenset[About] = frozenset({"idempotency keys"})

    def __init__(self, url: str, timeout: float, wire: str) -> None:
        self._client = KaizenClient(self._config(url, timeout))

    def _config(self, url: str, timeout: float) -> KaizenClientConfig:
        self.longest = clients.policy().longest_total(timeout)
        return KaizenClientConfig(
            url,
            clients.CANARY,
            timeout,
            retry=clients.policy(),
            deadline=self.longest,
        )

    async def call(self, method: str, name: str) -> Any:
        answer = await (self._client.health() if method == "GET" else self._client.compress({"data": name}))
        return _named(answer, method, name)

    async def close(self) -> None:
        await self._client.close()


class KaizenSync(Kaizen):
    """The same through `SyncKaizenClient`, on a thread."""

    def __init__(self, url: str, timeout: float, wire: str) -> None:
        self._sync = SyncKaizenClient(self._config(url, timeout))

    async def call(self, method: str, name: str) -> Any:
        def blocking() -> Any:
            return self._sync.health() if method == "GET" else self._sync.compress({"data": name})

        return _named(await on_thread(blocking), method, name)

    async def close(self) -> None:
        await on_thread(self._sync.close)


def _named(answer: dict[str, Any], method: str, name: str) -> dict[str, Any]:
    """`GET /` is about nothing: an answer that names nothing is the right one."""
    return answer | {"run_id": name} if method == "GET" and answer.get("run_id") == "" else answer


class Knox:
    """Management calls of knoxcall.

    How long it obeys a Retry-After and which host names it refuses at construction is tested in the package.
    """

    error = KnoxCallError
    promises: frozenset[Promise] = frozenset({"answer", "object"})
    keyed = True
    stamps = False
    retried = frozenset({408, 429, 500, 502, 503, 504})
    without: frozenset[About] = frozenset({"idempotency keys", "Retry-After", "host names"})

    def __init__(self, url: str, timeout: float, wire: str) -> None:
        self.longest = clients.policy().longest_total(timeout)
        self._client = KnoxCall(sync=False, **self._settings(url, timeout))

    def _settings(self, url: str, timeout: float) -> dict[str, Any]:
        times: dict[str, Any] = {"timeout": timeout, "retry_base_delay": 0.01, "retry_max_delay": 0.05}
        return {"api_key": clients.CANARY, "base_url": url, **times}

    async def call(self, method: str, name: str) -> Any:
        if method == "GET":
            return await self._client.routes.get(name)
        return await self._client.environments.create(name=name, idempotency_key=f"key-{name}")

    async def close(self) -> None:
        await self._client.aclose()


class KnoxSync(Knox):
    """The same, blocking, on a thread."""

    def __init__(self, url: str, timeout: float, wire: str) -> None:
        self.longest = clients.policy().longest_total(timeout)
        self._sync = KnoxCall(**self._settings(url, timeout))

    async def call(self, method: str, name: str) -> Any:
        def blocking() -> Any:
            if method == "GET":
                return self._sync.routes.get(name)
            return self._sync.environments.create(name=name, idempotency_key=f"key-{name}")

        return await on_thread(blocking)

    async def close(self) -> None:
        await on_thread(self._sync.close)


SURFACES: dict[str, type[Any]] = {
    "transport": TypedAsync,
    "sync": RawSync,
    "blocking": TypedBlocking,
    "kaizen": Kaizen,
    "kaizen-sync": KaizenSync,
    "knoxcall": Knox,
    "knoxcall-sync": KnoxSync,
}


async def on_thread(function: Callable[[], Any]) -> Any:
    """Run it on a daemon thread: one that never returns must not keep the process."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[Any] = loop.create_future()

    def run() -> None:
        result: Any = None
        failure: BaseException | None = None
        try:
            result = function()
        except BaseException as exc:
            failure = exc
        with contextlib.suppress(RuntimeError):  # the loop is gone: nobody waits any more
            loop.call_soon_threadsafe(_settle, future, result, failure)

    threading.Thread(target=run, daemon=True).start()
    return await future


def _settle(future: asyncio.Future[Any], result: Any, failure: BaseException | None) -> None:
    if future.done():
        return
    if failure is not None:
        future.set_exception(failure)
    else:
        future.set_result(result)
