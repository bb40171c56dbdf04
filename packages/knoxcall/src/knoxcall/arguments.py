"""Arguments that many methods share, and how left-out ones differ from null."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, TypeVar, Union

from typing_extensions import TypedDict

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import httpx

    from knoxcall.bootstrap import Bootstrap
    from knoxcall.settings import DPoPMode
    from knoxcall.stores import CoroutineStore, TokenStore

T = TypeVar("T")


class NotGiven:
    """The type of `NOT_GIVEN`."""

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "NOT_GIVEN"

    def __reduce__(self) -> str:
        return "NOT_GIVEN"


NOT_GIVEN: Final = NotGiven()
"""The value of an argument that was left out, where None means null."""

if TYPE_CHECKING:
    Clearable = Union[T, None, NotGiven]  # noqa: UP007 - a generic alias, which "|" would not make on 3.10


class ClientArguments(TypedDict, total=False):
    """What `KnoxCall` takes besides its mode and HTTP client; said there."""

    client_id: str | None
    client_secret: str | None
    api_key: str | None
    access_token: str | None
    tenant: str | None
    environment: str | None
    sandbox: bool
    base_url: str | None
    proxy_base_url: str | None
    dpop: DPoPMode
    scope: Sequence[str]
    token_store: TokenStore | CoroutineStore | None
    timeout: float
    retry_max_attempts: int
    retry_base_delay: float
    retry_max_delay: float
    max_connections: int
    bootstrap: Bootstrap | None
    user_agent: str | None
    api_version: str | None
    json_default: Callable[[Any], Any] | None


class RouteDefaults(TypedDict, total=False):
    """What may be said for all calls through a route: see `KnoxCall.call`."""

    environment: str | None
    headers: Mapping[str, str] | None
    timeout: float | None


class ReadArguments(RouteDefaults, total=False):
    """What calls through a route take that read."""

    query: Mapping[str, object] | None


class SendArguments(ReadArguments, total=False):
    """The same, and what those take that may send something."""

    body: object


class ProxyArguments(SendArguments, total=False):
    """The same, and what makes it a whole call."""

    method: str
    path: str


class CallOptions(TypedDict, total=False):
    """What every method takes besides its own arguments.

    timeout: seconds for one attempt, body included; the client's when left out.
    headers: extra header fields; those the client sets itself cannot be replaced.
    on_response: called with the successful answer as it came: status, headers (rate limits, request id), body.
    """

    timeout: float | None
    headers: Mapping[str, str] | None
    on_response: Callable[[httpx.Response], object] | None


class WriteOptions(CallOptions, total=False):
    """What every method that changes something takes besides its own arguments.

    idempotency_key: the key to send instead of a fresh one; a repeated call with the same key takes effect once.
    """

    idempotency_key: str | None


def given(body: dict[str, Any]) -> dict[str, Any]:
    """The fields that were given; None stays, as null."""
    return {name: value for name, value in body.items() if value is not NOT_GIVEN}


def present(body: dict[str, Any]) -> dict[str, Any]:
    """The fields that are not None."""
    return {name: value for name, value in body.items() if value is not None}
