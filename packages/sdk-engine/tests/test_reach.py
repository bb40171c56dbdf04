"""What a base URL reaches: this machine or another, over TLS or not."""

from __future__ import annotations

import pytest
from sdk_engine.messages import Reach, reach_of


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
