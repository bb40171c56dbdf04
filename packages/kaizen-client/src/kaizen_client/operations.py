"""The eight operations, written once for the async and the sync client."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Generic, TypeVar

from sdk_engine.drivers import AsyncDriver, SyncDriver
from sdk_engine.methods import blocking_or_awaited
from sdk_engine.operation import Operation

from kaizen_client.answers import answered
from kaizen_client.results import (
    CompressResponse,
    DecompressResponse,
    HealthResponse,
    KaizenResult,
    OptimizedValueResponse,
    OptimizeResponse,
    PromptDecodeResponse,
    PromptEncodeResponse,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import TypeAlias

    from pydantic import BaseModel

    from kaizen_client.session import Session

    Payload: TypeAlias = Mapping[str, Any] | BaseModel

COMPRESS = Operation("POST", "/v1/compress", answered)
DECOMPRESS = Operation("POST", "/v1/decompress", answered)
OPTIMIZE = Operation("POST", "/v1/optimize", answered)
OPTIMIZE_REQUEST = Operation("POST", "/v1/optimize/request", answered)
OPTIMIZE_RESPONSE = Operation("POST", "/v1/optimize/response", answered)
PROMPTS_ENCODE = Operation("POST", "/v1/prompts/encode", answered)
PROMPTS_DECODE = Operation("POST", "/v1/prompts/decode", answered)
HEALTH = Operation("GET", "/", answered)

ALL = (COMPRESS, DECOMPRESS, OPTIMIZE, OPTIMIZE_REQUEST, OPTIMIZE_RESPONSE, PROMPTS_ENCODE, PROMPTS_DECODE, HEALTH)

D = TypeVar("D", SyncDriver, AsyncDriver)
R = TypeVar("R", bound=KaizenResult)


class _Driven(Generic[D]):
    def __init__(self, session: Session, driver: D) -> None:
        self._session = session
        self._driver: D = driver

    @property
    def driver(self) -> D:
        """Performs the plans of this client."""
        return self._driver


class Operations(_Driven[D]):
    """The operations of the service, answered with plain dicts.

    All take a mapping or the operation's model and raise the same errors: `pydantic.ValidationError` (fix the
    payload), `KaizenInvalidRequestError` (fix the call), `KaizenRequestError` (no answer; may be repeated) and
    `KaizenAPIError` (the service refused; read `status_code` and `payload`).
    """

    @property
    def typed(self) -> TypedOperations[D]:
        """The same operations, answered with dicts that have named accessors (`kaizen_client.results`)."""
        return TypedOperations(self._session, self._driver)

    @blocking_or_awaited
    async def compress(self, payload: Payload) -> dict[str, Any]:
        """Write a JSON value as KTOF: `{"data": ...}`. POST /v1/compress."""
        return (await self._session.run(COMPRESS, payload)).body

    @blocking_or_awaited
    async def decompress(self, payload: Payload) -> dict[str, Any]:
        """Read KTOF back: `{"data": "..."}`. POST /v1/decompress."""
        return (await self._session.run(DECOMPRESS, payload)).body

    @blocking_or_awaited
    async def optimize(self, payload: Payload) -> dict[str, Any]:
        """Write a JSON value as KTOF and report what that saves. POST /v1/optimize."""
        return (await self._session.run(OPTIMIZE, payload)).body

    @blocking_or_awaited
    async def optimize_request(self, payload: Payload) -> dict[str, Any]:
        """Write the request to a model: `{"prompt": ...}`. POST /v1/optimize/request."""
        return (await self._session.run(OPTIMIZE_REQUEST, payload)).body

    @blocking_or_awaited
    async def optimize_response(self, payload: Payload) -> dict[str, Any]:
        """Read the answer of a model: `{"ktof": "..."}`. POST /v1/optimize/response."""
        return (await self._session.run(OPTIMIZE_RESPONSE, payload)).body

    @blocking_or_awaited
    async def prompts_encode(self, payload: Payload) -> dict[str, Any]:
        """Write a prompt as KTOF: `{"prompt": ..., "metadata": ...}`. POST /v1/prompts/encode."""
        return (await self._session.run(PROMPTS_ENCODE, payload)).body

    @blocking_or_awaited
    async def prompts_decode(self, payload: Payload) -> dict[str, Any]:
        """Read KTOF as a prompt or an answer: `{"ktof": "..."}`. POST /v1/prompts/decode."""
        return (await self._session.run(PROMPTS_DECODE, payload)).body

    @blocking_or_awaited
    async def health(self) -> dict[str, Any]:
        """Ask the service how it is. GET /."""
        return (await self._session.run(HEALTH)).body


class TypedOperations(_Driven[D]):
    """The operations of the service, answered with typed results. Payloads and errors are those of the client."""

    async def _result(self, kind: type[R], operation: Operation[dict[str, Any]], payload: object = None) -> R:
        answer = await self._session.run(operation, payload)
        result = kind(answer.body)
        result.request_id = answer.request_id
        return result

    @blocking_or_awaited
    async def compress(self, payload: Payload) -> CompressResponse:
        """Write a JSON value as KTOF: `{"data": ...}`. POST /v1/compress."""
        return await self._result(CompressResponse, COMPRESS, payload)

    @blocking_or_awaited
    async def decompress(self, payload: Payload) -> DecompressResponse:
        """Read KTOF back: `{"data": "..."}`. POST /v1/decompress."""
        return await self._result(DecompressResponse, DECOMPRESS, payload)

    @blocking_or_awaited
    async def optimize(self, payload: Payload) -> OptimizeResponse:
        """Write a JSON value as KTOF and report what that saves. POST /v1/optimize."""
        return await self._result(OptimizeResponse, OPTIMIZE, payload)

    @blocking_or_awaited
    async def optimize_request(self, payload: Payload) -> OptimizeResponse:
        """Write the request to a model: `{"prompt": ...}`. POST /v1/optimize/request."""
        return await self._result(OptimizeResponse, OPTIMIZE_REQUEST, payload)

    @blocking_or_awaited
    async def optimize_response(self, payload: Payload) -> OptimizedValueResponse:
        """Read the answer of a model: `{"ktof": "..."}`. POST /v1/optimize/response."""
        return await self._result(OptimizedValueResponse, OPTIMIZE_RESPONSE, payload)

    @blocking_or_awaited
    async def prompts_encode(self, payload: Payload) -> PromptEncodeResponse:
        """Write a prompt as KTOF: `{"prompt": ...}`. POST /v1/prompts/encode."""
        return await self._result(PromptEncodeResponse, PROMPTS_ENCODE, payload)

    @blocking_or_awaited
    async def prompts_decode(self, payload: Payload) -> PromptDecodeResponse:
        """Read KTOF as a prompt or an answer: `{"ktof": "..."}`. POST /v1/prompts/decode."""
        return await self._result(PromptDecodeResponse, PROMPTS_DECODE, payload)

    @blocking_or_awaited
    async def health(self) -> HealthResponse:
        """Ask the service how it is. GET /."""
        return await self._result(HealthResponse, HEALTH)
