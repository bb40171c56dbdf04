"""How a client is set up. The environment is read when a configuration is made, never at import."""

from __future__ import annotations

import math
import os
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import urlsplit

from sdk_engine.errors import ConfigurationError
from sdk_engine.messages import DEFAULT_MAX_BODY
from sdk_engine.redaction import Secret, check_header, header_problem
from sdk_engine.retries import RetryPolicy

from kaizen_client.errors import DEFAULT_RETRY_STATUS_CODES, KaizenConfigurationError

if TYPE_CHECKING:
    from collections.abc import Collection

    from kaizen_client.cache import CacheBackend
    from kaizen_client.metrics import MetricsCollector

DEFAULT_BASE_URL = "https://api.getkaizen.io/"
DEFAULT_TIMEOUT = 30.0
DEFAULT_API_KEY: str | None = None
ENV_BASE_URL = "KAIZEN_BASE_URL"
ENV_API_KEY = "KAIZEN_API_KEY"
ENV_TIMEOUT = "KAIZEN_TIMEOUT"

Auth = Literal["both", "x-api-key", "bearer"]
_FRAMING = frozenset({"host", "content-length", "transfer-encoding", "connection"})
_AUTH = ("both", "x-api-key", "bearer")
_SECONDS = ("deadline", "connect_timeout", "read_timeout", "write_timeout", "pool_timeout", "keepalive_expiry")


def _env_base_url() -> str:
    value = os.environ.get(ENV_BASE_URL)
    return _check_url(value, f"${ENV_BASE_URL}") if value else DEFAULT_BASE_URL


def _env_api_key() -> str | None:
    value = os.environ.get(ENV_API_KEY)
    return _check_key(value, f"${ENV_API_KEY}") if value else DEFAULT_API_KEY


def _env_timeout() -> float:
    text = os.environ.get(ENV_TIMEOUT)
    if not text:
        return DEFAULT_TIMEOUT
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds < math.inf:
        raise KaizenConfigurationError(f"${ENV_TIMEOUT} must be seconds greater than 0, got {text!r}")
    return seconds


@dataclass(slots=True)
class KaizenClientConfig:
    """Where the service is, who calls it, and what may be switched on.

    Attributes:
        base_url: `https://host[:port][/prefix]`; else `$KAIZEN_BASE_URL`, else the public service.
        api_key: else `$KAIZEN_API_KEY`. Without one, requests carry no credentials. Never shown in a repr.
        timeout: seconds for one attempt, from connecting to the last byte; else `$KAIZEN_TIMEOUT`, else 30.
        verify_ssl: False accepts any certificate; for experiments only.
        default_headers: sent with every request. They win over the client's own, credentials included.
        auth: which headers carry the key: `x-api-key` and `Authorization: Bearer` ("both"), or one of them.
        retry: when to try again; None never does.
        retry_on_status_codes: the statuses that `retry` retries.
        deadline: seconds for a whole call, waits and attempts included; None sets no limit of its own.
        connect_timeout, read_timeout, write_timeout, pool_timeout: seconds for one phase, below `timeout`.
        max_connections, max_keepalive_connections, keepalive_expiry: the pool's limits; seconds for the last.
        proxy: URL of a proxy for all requests; `proxy_auth` is its (user, password).
        ca_bundle: path of a PEM file with the certificates to trust instead of the system's.
        max_request_bytes: largest JSON body that is sent; a larger one is refused before anything happens.
        max_response_bytes: largest body, decompressed, that is read; 32 MiB.
        cache: where answers are kept and looked up, for callers with the same key and headers; see
            `kaizen_client.cache`. `cache_ttl` is in seconds.
        metrics: is told about every call; see `kaizen_client.metrics`.
        max_requests_per_second: calls above this rate wait their turn.

    Raises:
        KaizenConfigurationError: a value is unusable; the message names the field or the variable, never a secret.
    """

    base_url: str = field(default_factory=_env_base_url)
    api_key: str | None = field(default_factory=_env_api_key, repr=False)
    timeout: float = field(default_factory=_env_timeout)
    verify_ssl: bool = True
    default_headers: dict[str, str] = field(default_factory=dict[str, str], repr=False)
    _: KW_ONLY
    auth: Auth = "both"
    retry: RetryPolicy | None = None
    retry_on_status_codes: Collection[int] = DEFAULT_RETRY_STATUS_CODES
    deadline: float | None = None
    connect_timeout: float | None = None
    read_timeout: float | None = None
    write_timeout: float | None = None
    pool_timeout: float | None = None
    max_connections: int | None = None
    max_keepalive_connections: int | None = None
    keepalive_expiry: float | None = None
    proxy: str | None = field(default=None, repr=False)
    proxy_auth: tuple[str, str] | None = field(default=None, repr=False)
    ca_bundle: str | os.PathLike[str] | None = None
    max_request_bytes: int | None = None
    max_response_bytes: int = DEFAULT_MAX_BODY
    cache: CacheBackend | None = None
    cache_ttl: float = 3600.0
    metrics: MetricsCollector | None = None
    max_requests_per_second: float | None = None

    def __post_init__(self) -> None:
        self.base_url = _check_url(self.base_url, "base_url")
        self.api_key = _check_key(self.api_key, "api_key") if self.api_key else None
        self.timeout = check_seconds(self.timeout, "timeout")
        self.default_headers = _check_headers(self.default_headers)
        if self.auth not in _AUTH:
            raise KaizenConfigurationError(f"auth must be one of {', '.join(_AUTH)}, got {self.auth!r}")
        for name in _SECONDS:
            if getattr(self, name) is not None:
                check_seconds(getattr(self, name), name)
        for name in ("max_connections", "max_keepalive_connections", "max_request_bytes", "max_response_bytes"):
            _check_count(getattr(self, name), name)
        if self.max_requests_per_second is not None:
            check_seconds(self.max_requests_per_second, "max_requests_per_second", "a finite number")
        check_seconds(self.cache_ttl, "cache_ttl")
        if self.retry is not None and not isinstance(self.retry, RetryPolicy):
            raise KaizenConfigurationError(f"retry must be a RetryPolicy or None, got {self.retry!r}")
        self.retry_on_status_codes = _check_statuses(self.retry_on_status_codes)
        if self.ca_bundle is not None and not os.path.isfile(self.ca_bundle):
            raise KaizenConfigurationError(f"ca_bundle is not a file: {os.fspath(self.ca_bundle)}")
        if self.proxy is not None:
            _check_url(self.proxy, "proxy", may_hold_user=True)
        elif self.proxy_auth is not None:
            raise KaizenConfigurationError("proxy_auth needs a proxy to go with it")

    def headers(self) -> dict[str, str]:
        """The header fields of every request, the credentials included; `default_headers` win."""
        from kaizen_client._version import __version__

        headers = {
            "Content-Type": "application/json",
            "Accept": "application/json",
            "Accept-Encoding": "gzip, deflate",
            "User-Agent": f"kaizen-client/{__version__}",
        }
        if self.api_key:
            if self.auth != "bearer":
                headers["x-api-key"] = self.api_key
            if self.auth != "x-api-key":
                headers["Authorization"] = f"Bearer {self.api_key}"
        own = {name.lower(): name for name in headers}
        for name, value in self.default_headers.items():
            headers[own.get(name.lower(), name)] = value
        return headers


def _check_url(url: object, label: str, *, may_hold_user: bool = False) -> str:
    if not isinstance(url, str):
        raise KaizenConfigurationError(f"{label} must be a string, got {type(url).__name__}")
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:  # an unclosed bracket, a port beyond 65535
        parts = urlsplit("")
    if not parts.hostname or parts.scheme not in ("http", "https"):
        problem = f"must be an absolute http or https URL, such as {DEFAULT_BASE_URL}"
    elif parts.username is not None and not may_hold_user:
        problem = "must not hold a user or password; the key belongs into api_key"
    elif parts.query or parts.fragment:
        problem = "must not hold a query or fragment"
    elif not (url.isascii() and url.isprintable()) or " " in url or "\\" in url:
        problem = "holds characters that a URL cannot (blank, control, backslash or non-ASCII)"
    else:
        return url
    raise KaizenConfigurationError(f"{label} {problem}")


def _check_key(key: object, label: str) -> Secret:
    if problem := header_problem(key):
        raise KaizenConfigurationError(f"{label} {problem}")
    return key if isinstance(key, Secret) else Secret(key)


def check_seconds(value: Any, label: str, kind: str = "a finite number of seconds") -> float:
    """The number, if it is one above 0; `label` is its name in the error."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < math.inf:
        raise KaizenConfigurationError(f"{label} must be {kind} greater than 0, got {value!r}")
    return float(value)


def _check_count(value: Any, label: str) -> None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 1):
        raise KaizenConfigurationError(f"{label} must be an integer of at least 1, got {value!r}")


def _check_statuses(codes: Any) -> frozenset[int]:
    try:
        if all(isinstance(code, int) for code in codes):
            return frozenset(codes)
    except TypeError:  # one status alone
        pass
    raise KaizenConfigurationError(f"retry_on_status_codes must hold statuses such as 503, got {codes!r}")


def _check_headers(headers: object) -> dict[str, str]:
    if not isinstance(headers, Mapping):
        raise KaizenConfigurationError(f"default_headers must be a mapping, got {type(headers).__name__}")
    try:
        for name, value in headers.items():
            check_header(name, value)
            if name.lower() in _FRAMING:
                raise ConfigurationError(f"{name} is set by the connection")
    except ConfigurationError as exc:
        problem = str(exc)
    else:
        return dict(headers)
    raise KaizenConfigurationError(f"default_headers: {problem}")
