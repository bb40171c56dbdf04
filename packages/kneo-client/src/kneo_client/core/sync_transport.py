"""`SyncTransport`: the transport for callers that cannot run an event loop."""

from __future__ import annotations

import os
import threading
from typing import TYPE_CHECKING, Any

from sdk_engine.steps import Gate

if TYPE_CHECKING:
    from collections.abc import Mapping
    from concurrent.futures import Future
    from types import TracebackType

    import httpx
    from anyio.from_thread import BlockingPortal
    from sdk_engine.retries import RetryPolicy

    from kneo_client.core.profiles import Profile
    from kneo_client.core.transport import BlockingTransport, Transport


class SyncTransport:
    """`Transport`, called synchronously, from any number of threads.

    Each call runs in an event loop on a background thread, reached through an anyio blocking portal, which starts
    with the first call. The thread never keeps the interpreter alive, and a forked child gets its own.
    """

    def __init__(self, profile: Profile, *, retry_policy: RetryPolicy | None = None) -> None:
        self._profile = profile
        self._retry_policy = retry_policy
        self._gate = Gate()
        self._loop: _LoopThread | None = None
        self._here: BlockingTransport | None = None
        self._closed = False

    @property
    def profile(self) -> Profile:
        """The profile this transport is bound to."""
        return self._profile

    def request(
        self,
        method: str,
        path: str,
        *,
        json: Any = None,
        params: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
        idempotency_key: str | None = None,
        request_id: str | None = None,
        retry_policy: RetryPolicy | None = None,
    ) -> httpx.Response:
        """`Transport.request`, blocking until it is done: same arguments, answers and errors.

        Raises:
            KneoNetworkError: also when another thread closes the transport meanwhile.
        """
        place = self._running_loop()
        arguments: dict[str, Any] = {"json": json, "params": params, "headers": headers}
        ids: dict[str, Any] = {"idempotency_key": idempotency_key, "request_id": request_id}
        return place.request(method, path, **arguments, **ids, retry_policy=retry_policy)

    def _running_loop(self) -> _LoopThread | BlockingTransport:
        """Where calls are made: the thread, or here when the interpreter ends and no thread can start any more."""
        with self._gate.after_fork().thread_lock:
            if self._closed:
                raise _already_closed()
            if self._loop is None or self._loop.pid != os.getpid():  # threads do not survive a fork
                from kneo_client.core.transport import BlockingTransport, Transport

                try:
                    self._loop = _LoopThread(Transport(self._profile, retry_policy=self._retry_policy))
                except RuntimeError:
                    if self._here is None:
                        self._here = BlockingTransport(self._profile, retry_policy=self._retry_policy)
                    return self._here
            return self._loop

    def close(self) -> None:
        """Close connections and stop the thread. May be called twice."""
        with self._gate.after_fork().thread_lock:
            self._closed = True
            loop, self._loop = self._loop, None
            here, self._here = self._here, None
        if here is not None:
            here.close()
        if loop is not None and loop.pid == os.getpid():
            loop.stop()

    def __enter__(self) -> SyncTransport:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def _already_closed() -> Exception:
    from kneo_client.core.errors import KneoInvalidRequestError

    return KneoInvalidRequestError("this client is closed; create a new one")


def _not_started(failure: BaseException | None) -> Exception:
    from kneo_client.core.errors import KneoNetworkError, Outcome

    reason = f"the background thread of the client did not start: {failure}"
    return KneoNetworkError(reason, outcome=Outcome.NOT_SENT)


class _LoopThread:
    """A daemon thread with an event loop, a transport living in it, and the portal into it."""

    def __init__(self, transport: Transport) -> None:
        self.pid = os.getpid()
        self._transport = transport
        self._ready = threading.Event()
        self._portal: BlockingPortal | None = None
        self._failure: BaseException | None = None
        self._thread = threading.Thread(target=self._serve, name="kneo-sync-transport", daemon=True)
        self._thread.start()
        self._ready.wait()
        if self._portal is None:
            raise _not_started(self._failure) from self._failure

    def _serve(self) -> None:
        try:
            import anyio

            anyio.run(self._main)
        except Exception as exc:  # noqa: BLE001 - told to whoever waits
            self._failure = exc
        finally:
            self._ready.set()  # nobody waits for a loop that could not start

    async def _main(self) -> None:
        from anyio.from_thread import BlockingPortal

        try:
            async with BlockingPortal() as portal:
                self._portal = portal
                self._ready.set()
                await portal.sleep_until_stopped()
        finally:
            await self._transport.aclose()

    def request(self, method: str, path: str, **arguments: Any) -> httpx.Response:
        assert self._portal is not None
        try:
            future: Future[httpx.Response] = self._portal.start_task_soon(self._request, method, path, arguments)
        except RuntimeError:  # stopped a moment ago
            raise _already_closed() from None
        try:
            return future.result()
        except Exception:
            if not future.cancelled():
                raise
        except BaseException:
            future.cancel()  # Ctrl-C here cancels the call over there
            raise
        from kneo_client.core.errors import KneoNetworkError

        ids = {name: arguments.get(name) for name in ("idempotency_key", "request_id")}
        raise KneoNetworkError("this client was closed during the call", attempts=1, **ids)

    async def _request(self, method: str, path: str, arguments: Mapping[str, Any]) -> httpx.Response:
        return await self._transport.request(method, path, **arguments)

    def stop(self) -> None:
        assert self._portal is not None
        self._portal.call(self._portal.stop, True)  # what is under way is cancelled, then the connections are closed
        self._thread.join()
