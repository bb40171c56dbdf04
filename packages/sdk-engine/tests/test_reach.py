"""Where a wire may go: past proxies on this machine, and nowhere without certificates but to plain HTTP there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sdk_engine.errors import Outcome
from sdk_engine.messages import Reach, Request, WireFailure, reach_of

from .loopback import Loopback, answer
from .sending import needs_pyreqwest, pyreqwest_wire

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


@pytest.mark.parametrize(
    ("base", "local", "secure"),
    [
        ("http://127.0.0.1:8000", True, False),
        ("http://127.8.9.10", True, False),
        ("HTTP://LocalHost/prefix", True, False),
        ("http://[::1]:1", True, False),
        ("https://127.0.0.1", True, True),
        ("HTTPS://127.0.0.1", True, True),
        ("https://kneo.example.com", False, True),
        ("http://localhost.example.com", False, False),
        ("http://127.0.0.1.example.com", False, False),
        ("http://127.evil.example.com", False, False),
        ("http://example.com/127.0.0.1", False, False),
    ],
)
def test_what_a_base_url_reaches(base: str, local: bool, secure: bool) -> None:
    assert reach_of(base) == Reach(local, secure)


@pytest.mark.parametrize("make", [DefaultSyncWire, SyncHttpxWire])
def test_this_machine_is_reached_past_a_proxy(
    make: Callable[[], Any], serve: Callable[..., Loopback], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    wire = make()
    assert wire.send(Request("GET", serve(answer()).base, "/x", {}, None), 5.0).status_code == 200
    wire.close()


@needs_pyreqwest
@pytest.mark.parametrize(
    "base", ["https://127.0.0.1:9", "HTTPS://127.0.0.1:9", "http://example.com", "https://example.com"]
)
def test_a_wire_without_certificates_stays_plain_and_local(base: str) -> None:
    wire = pyreqwest_wire("SyncPyreqwestWire", reach=Reach(local=True, secure=False))
    with pytest.raises(WireFailure, match="plain requests to this machine only") as failure:
        wire.send(Request("GET", base, "/x", {}, None), 5.0)
    assert failure.value.outcome is Outcome.NOT_SENT
    wire.close()
