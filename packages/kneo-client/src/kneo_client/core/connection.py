"""What every call of a client goes through: its settings, and what performs them."""

from __future__ import annotations

import logging
from logging import LoggerAdapter
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from sdk_engine.call import call, exchange
from sdk_engine.httpx_response import httpx_response
from sdk_engine.methods import blocking_or_awaited
from sdk_engine.observe import LogObserver, log_as_asked
from sdk_engine.operation import raw_target
from sdk_engine.retries import RetryPolicy
from sdk_engine.settings import DEFAULT_OPTIONS, ClientSettings, RequestOptions

from kneo_client._version import __version__
from kneo_client.core.auth import auth_header
from kneo_client.core.errors import KneoErrors, KneoInvalidRequestError
from kneo_client.core.logging import get_logger
from kneo_client.core.mode import D
from kneo_client.core.profiles import Profile

if TYPE_CHECKING:
    from collections.abc import Mapping

    import httpx
    from sdk_engine.operation import Operation

T = TypeVar("T")


class Requests(Generic[D]):
    """Requests that no method describes, for whatever has a connection."""

    if TYPE_CHECKING:

        @property
        def driver(self) -> D: ...
        @property
        def _connection(self) -> Connection[D]: ...

    @blocking_or_awaited
    async def request(
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
        """Send a request and return its successful (2xx) answer; for endpoints that have no method here.

        Args:
            method: HTTP method.
            path: path below the profile's URL, such as `/v1/runs`. An absolute URL is refused.
            json: body, anything JSON can carry.
            params: query parameters; None values are left out, lists repeat their name.
            headers: extra headers. Auth and X-Request-ID cannot be replaced here.
            idempotency_key: key for a POST instead of a fresh one; ignored for other methods.
            request_id: X-Request-ID instead of a fresh one.
            retry_policy: for this request instead of the client's.

        Raises:
            KneoInvalidRequestError: the arguments are unusable; nothing was sent.
            KneoNetworkError: no usable answer; see its `outcome` before repeating a POST.
            KneoError: the platform answered with anything but 2xx; the subclass says what to do.
        """
        connection = self._connection
        connection.check_open()
        options = RequestOptions(headers, idempotency_key, request_id, retry=retry_policy)
        answer = await exchange(connection.settings, method, path, query=params, json=json, options=options)
        return httpx_response(answer, method, connection.settings.base_url + raw_target(path, params))


class Connection(Requests[D]):
    """One client's way to its platform. The groups of methods hold one of these.

    Attributes:
        settings: what all calls have in common; holds the key.
        closed: set when the client was closed; calls are refused from then on.
    """

    def __init__(self, profile: Profile, settings: ClientSettings, driver: D) -> None:
        self._profile = profile
        self.settings = settings
        self._driver: D = driver
        self.closed = False

    @property
    def driver(self) -> D:
        """What performs the plans; its type says whether methods block."""
        return self._driver

    @property
    def _connection(self) -> Connection[D]:
        return self

    @property
    def profile(self) -> Profile:
        """The profile this client is bound to."""
        return self._profile

    async def call(
        self,
        operation: Operation[T],
        segments: Mapping[str, object] | None = None,
        *,
        query: Mapping[str, object] | None = None,
        json: object = None,
        idempotency_key: str | None = None,
    ) -> T:
        """A plan: call one operation and decode its result. The groups' methods are made of this."""
        self.check_open()
        if json is not None and not isinstance(json, dict):
            json = checked(json)
        options = RequestOptions(idempotency_key=idempotency_key) if idempotency_key is not None else DEFAULT_OPTIONS
        return await call(self.settings, operation, segments or {}, query=query, json=json, options=options)

    def check_open(self) -> None:
        """Refuse calls of a client that was closed."""
        if self.closed:
            raise KneoInvalidRequestError("this client is closed; create a new one")


def connection_settings(profile: Profile, http_client: Any, retry_policy: RetryPolicy | None) -> ClientSettings:
    """The settings for a profile. A caller's own HTTP client keeps its base URL, auth and headers."""
    if not isinstance(profile, Profile):
        raise KneoInvalidRequestError(
            f"profile must be a Profile, got {type(profile).__name__}: make one with load_profile(url=..., api_key=...)"
        )
    own: Any = None if isinstance(http_client, str) else http_client
    base_url = ("" if own is None else str(own.base_url)) or profile.url
    headers = {"Accept-Encoding": "gzip, deflate"}
    if own is None:
        name, value = auth_header(profile.api_key, profile.auth_scheme)
        headers |= {"Accept": "application/json", "User-Agent": f"kneo-client/{__version__}", name: value}
    log_as_asked("KNEO_LOG", logging.getLogger("kneo_client"))
    return ClientSettings(
        base_url=base_url.rstrip("/"),
        headers=headers,
        timeout=profile.timeout,
        retry=retry_policy or RetryPolicy(),
        errors=KneoErrors(),
        observers=(LogObserver(LoggerAdapter(get_logger("transport"), {"profile": profile.name})),),
    )


def checked(body: Any) -> Any:
    """A typed body as plain values, after its fields were held against their types; anything else as it is."""
    from kneo_client.core.models import Model

    if not isinstance(body, Model):
        return body
    try:
        values = body.to_dict()
        type(body).from_dict(values)
    except ValueError as exc:
        problem = str(exc)
    except RecursionError:
        problem = "it is nested too deeply"
    else:
        return values
    raise KneoInvalidRequestError(f"{type(body).__name__} is not usable: {problem}")
