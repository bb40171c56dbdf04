"""`KaizenClient` and its blocking twin: connections, life cycle, and what needs more than one call."""

from __future__ import annotations

import copy
import inspect
from collections.abc import AsyncIterable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from sdk_engine.drivers import AsyncDriver, SyncDriver

from kaizen_client import batch
from kaizen_client.cache import ASYNC_CACHE
from kaizen_client.config import DEFAULT_API_KEY, DEFAULT_BASE_URL, DEFAULT_TIMEOUT, KaizenClientConfig
from kaizen_client.connection import async_wire, sync_wire
from kaizen_client.errors import KaizenConfigurationError
from kaizen_client.operations import Operations
from kaizen_client.session import Session

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator, Mapping
    from types import TracebackType

    from sdk_engine.retries import RetryPolicy
    from sdk_engine.wires import AsyncWire, SyncWire
    from typing_extensions import Self

    from kaizen_client.operations import Payload

__all__ = [
    "DEFAULT_API_KEY",
    "DEFAULT_BASE_URL",
    "DEFAULT_TIMEOUT",
    "KaizenClient",
    "KaizenClientConfig",
    "SyncKaizenClient",
]

C = TypeVar("C", bound="KaizenClient | SyncKaizenClient")


class KaizenClient(Operations[AsyncDriver]):
    """Async client for the Kaizen service.

    Args:
        config: how to reach the service; None reads the environment.
        client: an HTTP client of your own, such as an `httpx.AsyncClient`. Its timeouts, TLS and proxies apply instead
            of the configuration's, and it is never closed. Only its `request` method is used.

    Use it as an async context manager, or `await client.close()`. Nothing is sent before the first call. One client
    serves many tasks, and several event loops, as in repeated `asyncio.run(...)`.
    """

    def __init__(self, config: KaizenClientConfig | None = None, *, client: Any = None) -> None:
        config = _snapshot(config)
        super().__init__(Session.open(config, injected=client is not None), AsyncDriver(async_wire(config, client)))

    @classmethod
    def from_env(cls) -> Self:
        """A client as KAIZEN_BASE_URL, KAIZEN_API_KEY and KAIZEN_TIMEOUT say, read now.

        Raises:
            KaizenConfigurationError: a variable holds something unusable; the message names it.
        """
        return cls()

    @classmethod
    def over(cls, wire: AsyncWire, config: KaizenClientConfig | None = None) -> Self:
        """A client on a wire of the engine, such as `kaizen_client.local.LocalWire`."""
        return _over(cls(config), AsyncDriver(wire))

    @property
    def config(self) -> KaizenClientConfig:
        """The configuration in use; changing it changes nothing."""
        return replace(self._session.config)

    def with_options(
        self,
        *,
        headers: Mapping[str, str] | None = None,
        request_id: str | None = None,
        timeout: float | None = None,
        deadline: float | None = None,
        retry: RetryPolicy | None = None,
    ) -> Self:
        """This client with other settings for the calls made through the copy; connections are shared.

        Args:
            headers: more header fields; the client's own cannot be replaced.
            request_id: the X-Request-ID of every call, on all its attempts; else each call gets a fresh one.
            timeout: seconds for one attempt.
            deadline: seconds for a call, attempts and waits included.
            retry: when to try again.
        """
        return _with_session(self, self._session.with_options(headers, request_id, timeout, deadline, retry))

    async def prompts_encode_batch(
        self, payloads: Iterable[Payload], *, concurrency: int = batch.DEFAULT_CONCURRENCY
    ) -> list[batch.BatchItem]:
        """Encode many prompts, `concurrency` at a time. A failure stays with its item; the order is kept."""
        return await batch.run_async(self.prompts_encode, payloads, concurrency)

    async def prompts_decode_batch(
        self, payloads: Iterable[Payload], *, concurrency: int = batch.DEFAULT_CONCURRENCY
    ) -> list[batch.BatchItem]:
        """Decode many texts, `concurrency` at a time. A failure stays with its item; the order is kept."""
        return await batch.run_async(self.prompts_decode, payloads, concurrency)

    async def prompts_encode_stream(self, payload: Payload, *, chunk_size: int = 50) -> AsyncIterator[dict[str, Any]]:
        """Encode a long prompt piece by piece: one call and one answer for every `chunk_size` items.

        Taken apart is the list that is the prompt, or its `messages`; any other prompt is one piece.
        """
        from kaizen_client.payloads import Chunks

        for part in Chunks.of(payload, chunk_size).payloads:
            yield await self.prompts_encode(part)

    async def prompts_decode_stream(
        self, ktof_chunks: AsyncIterable[str] | Iterable[str], *, indent: int = 2, strict: bool = True
    ) -> AsyncIterator[dict[str, Any]]:
        """Decode KTOF while it arrives, here and without the service: an answer for each part, then the whole.

        Parts have the status "partial" and a `path` (`["users", 3]`); the last answer has "ok" and all of it.

        Raises:
            kaizen_client.ktof.KtofDecodeError: the text breaks the format.
        """
        from kaizen_client.streaming import Parts

        parts = Parts(indent, strict=strict)
        async for chunk in _async_chunks(ktof_chunks):
            for answer in parts.feed(chunk):
                yield answer
        for answer in parts.close():
            yield answer

    async def close(self) -> None:
        """Close the connections this client opened. May be called twice; calls made afterwards are refused."""
        self._session.closed.set()
        await self._driver.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()


class SyncKaizenClient(Operations[SyncDriver]):
    """Blocking client for the Kaizen service, for any number of threads: the same calls, without `await`.

    Args:
        config: how to reach the service; None reads the environment.
        client: an HTTP client of your own, such as an `httpx.Client`; see `KaizenClient`.
    """

    def __init__(self, config: KaizenClientConfig | None = None, *, client: Any = None) -> None:
        config = _snapshot(config)
        if config.cache is not None and inspect.iscoroutinefunction(inspect.unwrap(config.cache.get)):
            raise KaizenConfigurationError(ASYNC_CACHE)
        super().__init__(Session.open(config, injected=client is not None), SyncDriver(sync_wire(config, client)))

    @classmethod
    def from_env(cls) -> Self:
        """A client as KAIZEN_BASE_URL, KAIZEN_API_KEY and KAIZEN_TIMEOUT say, read now.

        Raises:
            KaizenConfigurationError: a variable holds something unusable; the message names it.
        """
        return cls()

    @classmethod
    def over(cls, wire: SyncWire, config: KaizenClientConfig | None = None) -> Self:
        """A client on a wire of the engine, such as `kaizen_client.local.SyncLocalWire`."""
        return _over(cls(config), SyncDriver(wire))

    @property
    def config(self) -> KaizenClientConfig:
        """The configuration in use; changing it changes nothing."""
        return replace(self._session.config)

    def with_options(
        self,
        *,
        headers: Mapping[str, str] | None = None,
        request_id: str | None = None,
        timeout: float | None = None,
        deadline: float | None = None,
        retry: RetryPolicy | None = None,
    ) -> Self:
        """This client with other settings for the calls made through the copy; see `KaizenClient.with_options`."""
        return _with_session(self, self._session.with_options(headers, request_id, timeout, deadline, retry))

    def prompts_encode_batch(
        self, payloads: Iterable[Payload], *, concurrency: int = batch.DEFAULT_CONCURRENCY
    ) -> list[batch.BatchItem]:
        """Encode many prompts on `concurrency` threads. A failure stays with its item; the order is kept."""
        return batch.run_sync(self.prompts_encode, payloads, concurrency)

    def prompts_decode_batch(
        self, payloads: Iterable[Payload], *, concurrency: int = batch.DEFAULT_CONCURRENCY
    ) -> list[batch.BatchItem]:
        """Decode many texts on `concurrency` threads. A failure stays with its item; the order is kept."""
        return batch.run_sync(self.prompts_decode, payloads, concurrency)

    def prompts_encode_stream(self, payload: Payload, *, chunk_size: int = 50) -> Iterator[dict[str, Any]]:
        """Encode a long prompt piece by piece; see `KaizenClient.prompts_encode_stream`."""
        from kaizen_client.payloads import Chunks

        for part in Chunks.of(payload, chunk_size).payloads:
            yield self.prompts_encode(part)

    def prompts_decode_stream(
        self, ktof_chunks: Iterable[str], *, indent: int = 2, strict: bool = True
    ) -> Iterator[dict[str, Any]]:
        """Decode KTOF while it arrives, without the service; see `KaizenClient.prompts_decode_stream`."""
        from kaizen_client.streaming import Parts

        parts = Parts(indent, strict=strict)
        for chunk in ktof_chunks:
            yield from parts.feed(chunk)
        yield from parts.close()

    def close(self) -> None:
        """Close the connections this client opened. May be called twice; calls made afterwards are refused."""
        self._session.closed.set()
        self._driver.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self.close()


def _snapshot(config: KaizenClientConfig | None) -> KaizenClientConfig:
    """A checked copy: a configuration is mutable, a client's must not change under it."""
    return KaizenClientConfig() if config is None else replace(config)


async def _async_chunks(chunks: AsyncIterable[str] | Iterable[str]) -> AsyncIterator[str]:
    if isinstance(chunks, AsyncIterable):
        async for chunk in chunks:
            yield chunk
    else:
        for chunk in chunks:
            yield chunk


def _with_session(client: C, session: Session) -> C:
    twin = copy.copy(client)
    twin._session = session
    return twin


def _over(client: C, driver: Any) -> C:
    client._driver = driver
    return client
