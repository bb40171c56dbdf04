"""The way to a server as the environment describes it: proxies and certificates. One rule for every library.

This machine is reached without any of it. Plain HTTP asks for no certificates, whatever the variables say. What a
request needs and cannot use is an error that names the variable.
"""

from __future__ import annotations

import functools
import os
import ssl
from base64 import b64encode
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import SplitResult, unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from sdk_engine.errors import Outcome
from sdk_engine.messages import WireFailure, reach_of

if TYPE_CHECKING:
    from sdk_engine.wires.settings import WireSettings

_FILE, _FOLDER = "SSL_CERT_FILE", "SSL_CERT_DIR"


class Proxy(NamedTuple):
    """A proxy to go through; `url` holds no credentials."""

    url: str
    auth: tuple[str, str] | None

    @property
    def headers(self) -> dict[str, str]:
        """What the proxy wants to be told."""
        if self.auth is None:
            return {}
        return {"Proxy-Authorization": "Basic " + b64encode(":".join(self.auth).encode()).decode()}

    @property
    def secure(self) -> bool:
        """Whether TLS is spoken with the proxy itself."""
        return self.url.startswith("https:")

    def __repr__(self) -> str:
        return f"<Proxy {self.url}>"


class Route(NamedTuple):
    """How to get to a base URL: through which proxy, with which certificates (None: neither side speaks TLS)."""

    proxy: Proxy | None
    tls: ssl.SSLContext | None


def route_to(base: str, settings: WireSettings) -> Route:
    """The way to this base URL.

    Raises:
        WireFailure: the base URL, or a setting or variable that this way needs, is not usable.
    """
    reach = reach_of(base)
    if reach.local:
        proxy = None
    elif settings.proxy is not None:
        proxy = _usable_proxy(settings.proxy, "`proxy`", settings.proxy_auth)
    else:
        proxy = _proxy_of_the_environment(base)
    needs_tls = reach.secure or (proxy is not None and proxy.secure)
    return Route(proxy, _tls(settings) if needs_tls else None)


def _proxy_of_the_environment(base: str) -> Proxy | None:
    parts = urlsplit(base)
    proxies = getproxies()  # the system's settings, too, on a Mac and on Windows
    scheme = parts.scheme.lower() if parts.scheme.lower() in proxies else "all"
    found = proxies.get(scheme)
    if not found or proxy_bypass(parts.netloc.rpartition("@")[2]):
        return None
    return _usable_proxy(found, f"{scheme.upper()}_PROXY", None)


def _usable_proxy(found: str, source: str, auth: tuple[str, str] | None) -> Proxy:
    found = found if "://" in found else f"http://{found}"
    parts = _taken_apart(found)
    if parts is None:
        raise _not_usable(f"the proxy that {source} names is not usable: its host or port makes no sense")
    scheme = parts.scheme.lower()
    if scheme not in ("http", "https"):
        raise _not_usable(
            f"the proxy that {source} names is not usable: it is a {scheme} proxy, and only http and https are"
            " supported (NO_PROXY names hosts to reach without it; a client of your own may know more kinds)"
        )
    if auth is None and parts.username:
        auth = unquote(parts.username), unquote(parts.password or "")
    return Proxy(f"{scheme}://{parts.netloc.rpartition('@')[2]}", auth)


def _taken_apart(url: str) -> SplitResult | None:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        return None
    return parts if parts.hostname else None


def _tls(settings: WireSettings) -> ssl.SSLContext:
    if not settings.verify:
        return _trusting_anybody()
    if settings.ca_bundle is not None:
        return _trusting(os.fspath(settings.ca_bundle), None, "`ca_bundle`")
    return _trusting(os.environ.get(_FILE) or None, os.environ.get(_FOLDER) or None, _FILE)


@functools.cache
def _trusting(file: str | None, folder: str | None, file_source: str) -> ssl.SSLContext:
    """Made once in a process: reading the system's certificates takes 10 to 20 ms."""
    if file is None and folder is None:
        return _prepared(_of_this_system())
    if folder is not None and not os.path.isdir(folder):
        raise _not_usable(f"the certificates that {_FOLDER} names cannot be loaded: it is no folder")
    try:
        return _prepared(ssl.create_default_context(cafile=file, capath=folder))
    except OSError as exc:  # ssl.SSLError is one
        problem = "it holds none that can be read" if isinstance(exc, ssl.SSLError) else str(exc.strerror)
    raise _not_usable(f"the certificates that {file_source} names cannot be loaded: {problem}")


def _of_this_system() -> ssl.SSLContext:
    """What this system trusts; where Python knows of nothing (its builds for the Mac), what certifi brings along."""
    context, paths = ssl.create_default_context(), ssl.get_default_verify_paths()
    if not (context.cert_store_stats()["x509_ca"] or paths.cafile or paths.capath):
        import certifi

        context.load_verify_locations(certifi.where())
    return context


def _prepared(context: ssl.SSLContext) -> ssl.SSLContext:
    context.set_alpn_protocols(["http/1.1"])
    return context


@functools.cache
def _trusting_anybody() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return _prepared(context)


def _not_usable(problem: str) -> WireFailure:
    return WireFailure(problem, outcome=Outcome.NOT_SENT, transient=False)
