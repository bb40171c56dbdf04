"""What the environment says of proxies and certificates: one rule for every library and mode."""

from __future__ import annotations

import base64
import functools
import os
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import pytest
import trustme
from sdk_engine.errors import Outcome
from sdk_engine.messages import Request, Response, WireFailure
from sdk_engine.wires import WireSettings, async_wire, environment, sync_wire
from sdk_engine.wires.environment import Proxy, Route, route_to
from sdk_engine.wires.settings import DEFAULT

from .loopback import answer

ENOUGH = 5.0
SOON = 2.0
ELSEWHERE = "http://example.invalid"
SECURE = "https://example.invalid"


def blocking(client: Any, request: Request, settings: WireSettings) -> Response:
    wire = sync_wire(client, settings)
    try:
        return wire.send(request, ENOUGH)
    finally:
        wire.close()


def awaiting(client: Any, backend: str, request: Request, settings: WireSettings) -> Response:
    async def send() -> Response:
        wire = async_wire(client, settings)
        try:
            return await wire.send(request, ENOUGH)
        finally:
            await wire.aclose()

    return anyio.run(send, backend=backend)


Send = Callable[..., Response]
MODES = pytest.mark.parametrize(
    "send",
    [pytest.param(functools.partial(blocking, client), id=f"sync-{client or 'default'}") for client in (None, "httpx")]
    + [
        pytest.param(functools.partial(awaiting, client, backend), id=f"{backend}-{client or 'default'}")
        for client in (None, "httpx")
        for backend in ("asyncio", "trio")
    ],
)


def get(base: str) -> Request:
    return Request("GET", base, "/x", {"Authorization": "s3cret"}, None)


def refusal(send: Send, base: str, settings: WireSettings = DEFAULT) -> str:
    with pytest.raises(WireFailure) as caught:
        send(get(base), settings)
    assert (caught.value.outcome, caught.value.transient) == (Outcome.NOT_SENT, False)
    return str(caught.value)


def set_both(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    monkeypatch.setenv(name.lower(), value)


# --- proxies


@MODES
def test_a_proxy_of_the_environment_is_for_other_machines(
    send: Send, serve: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    server, proxy = serve(answer(200, b"here")), serve(answer(200, b"proxy"))
    set_both(monkeypatch, "HTTP_PROXY", proxy.base)
    assert send(get(server.base), DEFAULT).content == b"here"
    assert send(get(ELSEWHERE), DEFAULT).content == b"proxy"
    assert proxy.requests[0].startswith(f"GET {ELSEWHERE}/x HTTP/1.1\r\n")


@MODES
@pytest.mark.parametrize("variable", ["HTTP_PROXY", "ALL_PROXY"])
def test_a_proxy_is_told_its_own_credentials_and_they_are_told_to_nobody_else(
    send: Send, variable: str, serve: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = serve(answer(200, b"proxy"))
    set_both(monkeypatch, variable, proxy.base.replace("//", "//us%40er:pa%3Ass@"))
    assert send(get(ELSEWHERE), DEFAULT).content == b"proxy"
    [request] = proxy.requests
    expected = base64.b64encode(b"us@er:pa:ss").decode()
    assert f"proxy-authorization: basic {expected}".lower() in request.lower()
    assert request.startswith(f"GET {ELSEWHERE}/x ")


@MODES
def test_a_tunnel_is_asked_for_with_the_proxys_credentials_only(
    send: Send, serve: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = serve(answer(407, b""))
    set_both(monkeypatch, "HTTPS_PROXY", proxy.base.replace("//", "//user:word@"))
    with pytest.raises(WireFailure, match=r"^no connection: .*407") as caught:
        send(get(SECURE), DEFAULT)
    assert caught.value.outcome is Outcome.NOT_SENT
    [request] = proxy.requests
    assert request.startswith("CONNECT example.invalid:443 HTTP/1.1\r\n")
    assert "proxy-authorization: basic " in request.lower()
    assert "s3cret" not in request


@MODES
@pytest.mark.parametrize("status", [503, 407, 502])
def test_a_proxy_that_makes_no_tunnel_is_a_connection_that_did_not_come_about(
    send: Send, status: int, serve: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = serve(answer(status, b""))
    set_both(monkeypatch, "HTTPS_PROXY", proxy.base)
    with pytest.raises(WireFailure, match=rf"^no connection: .*{status}") as caught:
        send(get(SECURE), DEFAULT)
    assert (caught.value.outcome, caught.value.transient, caught.value.timed_out) == (Outcome.NOT_SENT, True, False)


@MODES
@pytest.mark.parametrize("except_for", ["localhost,::1/128,example.invalid", "*", ".invalid", "example.invalid:80"])
def test_hosts_can_be_excepted(send: Send, except_for: str, serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = serve(answer())
    set_both(monkeypatch, "HTTP_PROXY", proxy.base)
    set_both(monkeypatch, "NO_PROXY", except_for)
    with pytest.raises(WireFailure, match=r"^no connection"):
        send(get(f"{ELSEWHERE}:80" if ":" in except_for[-4:] else ELSEWHERE), DEFAULT)
    assert proxy.requests == []


@MODES
@pytest.mark.parametrize("except_for", ["localhost,::1/128", "", "::1/128,[fe80::1]"])
def test_exceptions_that_fit_nothing_change_nothing(
    send: Send, except_for: str, serve: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = serve(answer(200, b"proxy"))
    set_both(monkeypatch, "HTTP_PROXY", proxy.base)
    set_both(monkeypatch, "NO_PROXY", except_for)
    assert send(get(ELSEWHERE), DEFAULT).content == b"proxy"


@MODES
@pytest.mark.parametrize(
    ("variable", "value"),
    [
        ("ALL_PROXY", "socks://127.0.0.1:7891/"),
        ("ALL_PROXY", "socks5://us:s3cr@127.0.0.1:1"),
        ("HTTP_PROXY", "ftp://127.0.0.1"),
        ("HTTP_PROXY", "http://"),
        ("HTTP_PROXY", "127.0.0.1:port"),
        ("HTTP_PROXY", "http://[::1"),
    ],
)
def test_a_proxy_that_cannot_be_used_is_an_error_that_names_the_variable_but_not_on_this_machine(
    send: Send, variable: str, value: str, serve: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_both(monkeypatch, variable, value)
    problem = refusal(send, ELSEWHERE)
    assert problem.startswith(f"the proxy that {variable} names is not usable: ")
    assert "s3cr" not in problem
    server = serve(answer())
    for base in (server.base, server.base.replace("127.0.0.1", "localhost")):
        assert send(get(base), DEFAULT).status_code == 200


@MODES
def test_a_proxy_of_the_settings_goes_before_that_of_the_environment(
    send: Send, serve: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = serve(answer(200, b"proxy"))
    set_both(monkeypatch, "HTTP_PROXY", "http://127.0.0.1:9")
    settings = WireSettings(proxy=proxy.base, proxy_auth=("user", "word"))
    assert send(get(ELSEWHERE), settings).content == b"proxy"
    assert "proxy-authorization: basic dxnlcjp3b3jk" in proxy.requests[0].lower()
    assert refusal(send, ELSEWHERE, WireSettings(proxy="socks5://h")).startswith("the proxy that `proxy` names")


def test_settings_do_not_show_the_proxy_which_may_hold_a_password() -> None:
    settings = WireSettings(proxy="http://user:s3cr@h", proxy_auth=("user", "s3cr"), max_connections=7)
    assert "s3cr" not in repr(settings)
    assert "max_connections=7" in repr(settings)
    route = route_to("http://example.com", settings)
    assert route == Route(Proxy("http://h", ("user", "s3cr")), None)
    assert "s3cr" not in repr(route)


def test_a_proxy_that_speaks_tls_itself_needs_certificates(monkeypatch: pytest.MonkeyPatch) -> None:
    set_both(monkeypatch, "HTTP_PROXY", "https://proxy.example")
    proxy, tls = route_to(ELSEWHERE, DEFAULT)
    assert proxy == Proxy("https://proxy.example", None)
    assert tls is not None


# --- certificates


@pytest.fixture
def bundle(authority: trustme.CA, tmp_path: Path) -> Path:
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return path


@MODES
def test_a_certificate_is_accepted_if_the_environment_vouches_for_it(
    send: Send, serve: Any, certificate: ssl.SSLContext, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve(answer(), tls=certificate)
    with pytest.raises(WireFailure, match="certificate"):
        send(get(server.base), DEFAULT)
    monkeypatch.setenv("SSL_CERT_FILE", str(bundle))
    assert send(get(server.base), DEFAULT).status_code == 200
    assert send(get(server.base), WireSettings(ca_bundle=bundle)).status_code == 200


@MODES
def test_certificates_of_the_settings_go_before_those_of_the_environment(
    send: Send, serve: Any, certificate: ssl.SSLContext, bundle: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = serve(answer(), tls=certificate)
    monkeypatch.setenv("SSL_CERT_FILE", "/none")
    assert send(get(server.base), WireSettings(ca_bundle=bundle)).status_code == 200
    assert send(get(server.base), WireSettings(verify=False)).status_code == 200
    problem = refusal(send, server.base, WireSettings(ca_bundle="/none"))
    assert problem == "the certificates that `ca_bundle` names cannot be loaded: No such file or directory"


@MODES
@pytest.mark.parametrize(
    ("file", "folder", "named"),
    [
        ("/none", None, "SSL_CERT_FILE"),
        ("/none", "/none", "SSL_CERT_DIR"),
        (None, "/none", "SSL_CERT_DIR"),
        ("empty", None, "SSL_CERT_FILE"),
        ("text", None, "SSL_CERT_FILE"),
        ("folder", None, "SSL_CERT_FILE"),
    ],
)
def test_certificates_that_cannot_be_read_are_an_error_of_https_only(
    send: Send,
    file: str | None,
    folder: str | None,
    named: str,
    serve: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    (tmp_path / "empty").touch()
    (tmp_path / "text").write_text("not a certificate")
    (tmp_path / "folder").mkdir()
    for name, value in (("SSL_CERT_FILE", file), ("SSL_CERT_DIR", folder)):
        if value is not None:
            monkeypatch.setenv(name, str(tmp_path / value))
    problem = refusal(send, SECURE)
    assert problem.startswith(f"the certificates that {named} names cannot be loaded: ")
    proxy = serve(answer())
    set_both(monkeypatch, "HTTP_PROXY", proxy.base)
    assert send(get(ELSEWHERE), DEFAULT).status_code == 200  # plain HTTP needs none


def test_certificates_are_read_once(monkeypatch: pytest.MonkeyPatch) -> None:
    first, second = (route_to(SECURE, WireSettings(keepalive=seconds)).tls for seconds in (1, 2))
    assert first is second
    assert first is not None
    assert (first.verify_mode, first.check_hostname) == (ssl.CERT_REQUIRED, True)


@pytest.mark.parametrize("known", [True, False])
def test_where_python_knows_no_certificates_those_of_certifi_are_used(
    known: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python's own builds for the Mac know none."""
    nothing = ssl.DefaultVerifyPaths(None, os.devnull if known else None, "", "", "", "")  # type: ignore[arg-type]
    bare = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    monkeypatch.setattr(environment.ssl, "get_default_verify_paths", lambda: nothing)
    monkeypatch.setattr(environment.ssl, "create_default_context", lambda: bare)
    context = environment._of_this_system()
    assert (context.cert_store_stats()["x509_ca"] > 0) is not known
