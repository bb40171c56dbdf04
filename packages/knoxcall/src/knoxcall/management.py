"""The plans behind every management method: call an operation, unwrap its envelope."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar

from sdk_engine.bodies import UndecodableBody, decode_json
from sdk_engine.call import Life
from sdk_engine.errors import Outcome, SdkError
from sdk_engine.httpx_response import httpx_response
from sdk_engine.messages import Response, WireFailure
from sdk_engine.operation import raw_target
from sdk_engine.settings import ClientSettings, RequestOptions

from knoxcall.errors import APIConnectionError, APIConnectionTimeoutError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import httpx
    from sdk_engine.operation import Operation
    from typing_extensions import Unpack

    from knoxcall.arguments import CallOptions, WriteOptions

T = TypeVar("T")

_NO_CONTENT = 204
_NOTHING: Mapping[str, object] = MappingProxyType({})


class KnoxCallLife(Life):
    """One call under way, with KnoxCall's words for a failed connection."""

    def failed(self, result: Response | WireFailure, refusal: str) -> SdkError:
        """The error for a call that ends here."""
        if not isinstance(result, WireFailure):
            return super().failed(result, refusal)
        kind = APIConnectionTimeoutError if result.timed_out else APIConnectionError
        suffix = f" ({refusal})" if refusal else ""
        place = f"{self.method} {self.settings.base_url}"
        return kind(f"{place}: {result}{suffix}", **self.facts(Outcome.NOT_SENT))


class Management:
    """The management API of one client, as plans."""

    def __init__(self, shared: ClientSettings) -> None:
        self.settings = shared

    async def data(
        self,
        operation: Operation[T],
        segments: Mapping[str, object] = _NOTHING,
        *,
        query: Mapping[str, object] | None = None,
        body: object = None,
        **options: Unpack[WriteOptions],
    ) -> T:
        """The object under `data`; an answer without `data` as it is; None where a deletion answers 204."""
        return await self._read(operation, segments, query, body, options, _object_in)

    async def data_with_warning(
        self,
        operation: Operation[T],
        segments: Mapping[str, object] = _NOTHING,
        *,
        body: object = None,
        **options: Unpack[WriteOptions],
    ) -> T:
        """The object under `data`, with the envelope's `warning` put into it."""
        return await self._read(operation, segments, None, body, options, _object_with_warning)

    async def rows(
        self, operation: Operation[T], segments: Mapping[str, object] = _NOTHING, **options: Unpack[CallOptions]
    ) -> T:
        """The list under `data`."""
        return await self._read(operation, segments, None, None, options, _list_in)

    async def page(
        self,
        operation: Operation[T],
        segments: Mapping[str, object] = _NOTHING,
        *,
        query: Mapping[str, object] | None = None,
        **options: Unpack[CallOptions],
    ) -> T:
        """The whole answer: `data` and `meta`."""
        return await self._read(operation, segments, query, None, options, _whole)

    async def text(
        self, operation: Operation[str], segments: Mapping[str, object], **options: Unpack[CallOptions]
    ) -> str:
        """The body as text."""
        _, answer = await self._send(operation, segments, None, None, options)
        return answer.content.decode(errors="replace")

    async def nothing(
        self, operation: Operation[None], segments: Mapping[str, object], **options: Unpack[WriteOptions]
    ) -> None:
        """Whatever a 2xx says is not needed."""
        await self._send(operation, segments, None, None, options)

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
        on_response, request_options = _options(**options)
        life = KnoxCallLife(self.settings, method, request_options)
        answer = await life.run(lambda: raw_target(path, query), body)
        public = httpx_response(answer, life.method, self.settings.base_url + raw_target(path, query))
        if on_response is not None:
            on_response(public)
        return public

    async def _read(
        self,
        operation: Operation[T],
        segments: Mapping[str, object],
        query: Mapping[str, object] | None,
        body: object,
        options: CallOptions,
        unwrap: Callable[[Any], Any],
    ) -> T:
        life, answer = await self._send(operation, segments, query, body, options)
        if answer.status_code == _NO_CONTENT and operation.method == "DELETE":
            return None  # type: ignore[return-value]  # some deletions do not say what they deleted
        try:
            value: T = unwrap(decode_json(answer.content, Any))  # type: ignore[type-var,unused-ignore]
        except UndecodableBody as exc:
            problem = str(exc)
        else:
            return value
        raise life.unusable(answer, f"the answer to {operation.method} {operation.path} is not usable: {problem}")

    async def _send(
        self,
        operation: Operation[Any],
        segments: Mapping[str, object],
        query: Mapping[str, object] | None,
        body: object,
        options: CallOptions,
    ) -> tuple[KnoxCallLife, Response]:
        on_response, request_options = _options(**options)
        life = KnoxCallLife(self.settings, operation.method, request_options)
        answer = await life.run(lambda: operation.target(segments, query), body)
        if on_response is not None:
            url = self.settings.base_url + operation.target(segments, query)
            on_response(httpx_response(answer, operation.method, url))
        return life, answer


def _options(
    *,
    timeout: float | None = None,
    headers: Mapping[str, str] | None = None,
    idempotency_key: str | None = None,
    on_response: Callable[[httpx.Response], object] | None = None,
) -> tuple[Callable[[httpx.Response], object] | None, RequestOptions]:
    """Spelled out so that a misspelt option is a TypeError."""
    return on_response, RequestOptions(headers, idempotency_key or None, timeout=timeout)


def _whole(body: Any) -> Any:
    if not isinstance(body, dict):
        raise UndecodableBody(f"expected an object, got {type(body).__name__}")
    return body


def _object_in(body: Any) -> Any:
    return _whole(_whole(body).get("data", body))


def _object_with_warning(body: Any) -> Any:
    value = _object_in(body)
    return {**value, "warning": body["warning"]} if "warning" in body else value


def _list_in(body: Any) -> Any:
    value = _whole(body).get("data")
    if not isinstance(value, list):
        raise UndecodableBody("there is no list under data")
    return value
