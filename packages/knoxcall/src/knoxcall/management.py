"""The plans behind every management method."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeVar

from sdk_engine.call import call, exchange
from sdk_engine.settings import ClientSettings, RequestOptions

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import httpx
    from sdk_engine.operation import Operation
    from typing_extensions import Unpack

    from knoxcall.arguments import WriteOptions

T = TypeVar("T")

_NOTHING: Mapping[str, object] = MappingProxyType({})


class Management:
    """The management API of one client, as plans."""

    def __init__(self, settings: ClientSettings) -> None:
        self.settings = settings

    async def call(
        self,
        operation: Operation[T],
        segments: Mapping[str, object] = _NOTHING,
        *,
        query: Mapping[str, object] | None = None,
        body: object = None,
        **options: Unpack[WriteOptions],
    ) -> T:
        """What the operation's answer holds (see `envelopes`)."""
        return await call(self.settings, operation, segments, query=query, json=body, options=_options(**options))

    async def exchange(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, object] | None = None,
        body: object = None,
        **options: Unpack[WriteOptions],
    ) -> httpx.Response:
        """A request that no operation describes: its 2xx answer, undecoded."""
        asked = _options(**options)
        answers: list[httpx.Response] = []

        def keep(answer: httpx.Response) -> None:
            answers.append(answer)
            if asked.on_response is not None:
                asked.on_response(answer)

        await exchange(self.settings, method, path, query=query, json=body, options=replace(asked, on_response=keep))
        return answers[0]


def _options(
    *,
    timeout: float | None = None,
    headers: Mapping[str, str] | None = None,
    idempotency_key: str | None = None,
    on_response: Callable[[httpx.Response], object] | None = None,
) -> RequestOptions:
    """Spelled out so that a misspelt option is a TypeError."""
    return RequestOptions(headers, idempotency_key or None, timeout=timeout, on_response=on_response)
