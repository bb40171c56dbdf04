"""Which wire carries a client's requests: the engine's default, httpx with settings, or a client passed in."""

from __future__ import annotations

import json
import math
import ssl
from typing import TYPE_CHECKING, Any, TypeVar

from sdk_engine import wires
from sdk_engine.errors import ConfigurationError, Outcome
from sdk_engine.messages import Response, WireFailure, connect_limit, safe_cause
from sdk_engine.wires import WireSettings
from sdk_engine.wires.settings import DEFAULT

from kaizen_client.errors import KaizenConfigurationError

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping

    from sdk_engine.messages import Request
    from sdk_engine.wires import AsyncWire, SyncWire

    from kaizen_client.config import KaizenClientConfig

W = TypeVar("W")

_HTTP_LIBRARIES = ("httpx", "httpx2")


def async_wire(config: KaizenClientConfig, client: Any = None) -> AsyncWire:
    """The wire of an async client."""
    if client is not None and client != "httpx":
        return InjectedAsyncWire(client)
    return _chosen(wires.async_wire, client, config)


def sync_wire(config: KaizenClientConfig, client: Any = None) -> SyncWire:
    """The wire of a sync client."""
    if client is not None and client != "httpx":
        return InjectedSyncWire(client)
    return _chosen(wires.sync_wire, client, config)


def _chosen(choose: Callable[[Any, WireSettings], W], client: Any, config: KaizenClientConfig) -> W:
    try:
        return choose(client, _settings(config))
    except ConfigurationError as exc:
        problem = str(exc)
    raise KaizenConfigurationError(problem)


def _settings(config: KaizenClientConfig) -> WireSettings:
    if config.ca_bundle is not None:
        _check_certificates(config.ca_bundle)
    return WireSettings(
        max_connections=config.max_connections or DEFAULT.max_connections,
        keepalive=DEFAULT.keepalive if config.keepalive_expiry is None else config.keepalive_expiry,
        connect_timeout=config.connect_timeout or connect_limit(config.timeout),
        max_body=config.max_response_bytes,
        max_idle=config.max_keepalive_connections,
        read_timeout=config.read_timeout,
        write_timeout=config.write_timeout,
        slot_timeout=config.pool_timeout,
        verify=config.verify_ssl,
        ca_bundle=config.ca_bundle,
        proxy=config.proxy,
        proxy_auth=config.proxy_auth,
    )


def _check_certificates(ca_bundle: str | os.PathLike[str]) -> None:
    try:
        ssl.create_default_context(cafile=ca_bundle)
    except (ssl.SSLError, OSError) as exc:
        problem = f"ca_bundle holds no certificates that can be read: {exc}"
    else:
        return
    raise KaizenConfigurationError(problem)


class InjectedAsyncWire:
    """Sends through a client that the caller passed in.

    Of the client only `request(method, url, json=, headers=)` is called, of its answers only `status_code`,
    `headers`, `json()` and `text` are read, so a small double will do. It is never closed.
    """

    def __init__(self, client: Any) -> None:
        self._client = client

    async def send(self, request: Request, timeout: float, patience: float = math.inf) -> Response:
        """Send one request. The client's own timeouts apply; `timeout` is finite when the call has a deadline."""
        import anyio

        try:
            with anyio.fail_after(timeout):
                return _response(await self._client.request(request.method, request.url, **_arguments(request)))
        except Exception as exc:
            failure = _failure(exc)
            if failure is None:
                raise
        raise failure

    async def aclose(self) -> None:
        """Leave the client open: it is the caller's."""


class InjectedSyncWire:
    """The same for a sync client."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def send(self, request: Request, timeout: float, patience: float = math.inf) -> Response:
        """Send one request; the client's own timeouts apply."""
        try:
            return _response(self._client.request(request.method, request.url, **_arguments(request)))
        except Exception as exc:
            failure = _failure(exc)
            if failure is None:
                raise
        raise failure

    def close(self) -> None:
        """Leave the client open: it is the caller's."""


def _arguments(request: Request) -> dict[str, Any]:
    body = None if request.content is None else json.loads(request.content)
    return {"json": body, "headers": dict(request.headers)}


def _response(answer: Any) -> Response:
    """The answer as the engine knows it: a body that is not JSON is passed on as text."""
    headers: Mapping[str, str] = answer.headers
    try:
        content = json.dumps(answer.json()).encode()
    except (ValueError, TypeError, RecursionError):
        content = (answer.text or "").encode(errors="replace")
    return Response(answer.status_code, content, [(str(name), str(value)) for name, value in headers.items()])


def _failure(exc: Exception) -> WireFailure | None:
    """What a failure of the client means, or None for one that is no trouble of the network."""
    classes = [(cls.__module__.partition(".")[0], cls.__name__) for cls in type(exc).__mro__]
    of_library = any(module in _HTTP_LIBRARIES for module, _ in classes)
    if not of_library and not isinstance(exc, OSError) and "client has been closed" not in str(exc):
        return None
    names = {name for module, name in classes if module in _HTTP_LIBRARIES}
    not_sent = bool(names & {"ConnectError", "ConnectTimeout", "PoolTimeout", "ProxyError"})
    transient = "TransportError" in names or isinstance(exc, OSError)
    failure = WireFailure(
        f"failed to reach the Kaizen API: {str(exc) or type(exc).__name__}",
        outcome=Outcome.NOT_SENT if not_sent or not transient else Outcome.UNKNOWN,
        transient=transient and not names & {"UnsupportedProtocol", "LocalProtocolError"},
    )
    failure.__cause__ = safe_cause(exc)
    return failure
