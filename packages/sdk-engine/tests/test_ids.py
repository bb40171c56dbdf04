"""Idempotency keys and request ids."""

from __future__ import annotations

import os
import uuid
from typing import Any

import pytest
from sdk_engine.ids import (
    IDEMPOTENCY_KEY_HEADER,
    MAX_KEY_LENGTH,
    REQUEST_ID_HEADER,
    check_idempotency_key,
    generate_request_id,
    random_uuid,
)


@pytest.mark.promise("kneo.idempotency.header-constant", "kneo.request-id.header-constant")
def test_the_headers_are_the_documented_ones() -> None:
    assert (IDEMPOTENCY_KEY_HEADER, REQUEST_ID_HEADER) == ("Idempotency-Key", "X-Request-ID")


@pytest.mark.promise("kneo.idempotency.fresh-uuid4", "kneo.request-id.generate")
@pytest.mark.parametrize("make", [random_uuid, generate_request_id])
def test_fresh_ids_are_version_4_uuids(make: Any) -> None:
    ids = [make() for _ in range(500)]
    assert len(set(ids)) == 500
    for each in ids:
        parsed = uuid.UUID(each)
        assert (parsed.version, parsed.variant, str(parsed)) == (4, uuid.RFC_4122, each)


@pytest.mark.parametrize("byte", [0x00, 0xFF])
def test_version_and_variant_hold_for_any_randomness(byte: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "urandom", lambda size: bytes([byte]) * size)
    assert random_uuid() == str(uuid.UUID(bytes=bytes([byte]) * 16, version=4))


@pytest.mark.parametrize("key", ["a", "order-42", "a b", "k" * MAX_KEY_LENGTH, "!~", '"quoted"'])
def test_keys_that_servers_accept(key: str) -> None:
    check_idempotency_key(key)


@pytest.mark.promise("kneo.idempotency.empty-key", "kneo.idempotency.long-key")
@pytest.mark.parametrize(
    ("key", "message"),
    [
        ("", "must not be empty or blank"),
        (" \t", "must not be empty or blank"),
        ("s3cr" * 65, "has at most 256 characters, got 260"),
        ("s3cret\n", "must be printable ASCII without surrounding blanks"),
        (" s3cret", "must be printable ASCII without surrounding blanks"),
        ("s3cr\x00et", "must be printable ASCII without surrounding blanks"),
        ("s3crét", "must be printable ASCII without surrounding blanks"),
        (5, "must be a string, got int"),
        (b"key", "must be a string, got bytes"),
        (None, "must be a string, got NoneType"),
    ],
)
def test_a_key_that_no_server_would_accept_is_refused_without_being_shown(key: Any, message: str) -> None:
    with pytest.raises(ValueError, match=f"^an idempotency key {message}") as caught:
        check_idempotency_key(key)
    assert "s3cr" not in str(caught.value)
