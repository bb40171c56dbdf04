"""Keys that make a repeated POST safe: the platform answers the second with the first one's result."""

from __future__ import annotations

from sdk_engine.ids import IDEMPOTENCY_KEY_HEADER, MAX_KEY_LENGTH, check_idempotency_key, random_uuid

__all__ = ["IDEMPOTENCY_KEY_HEADER", "MAX_KEY_LENGTH", "new_idempotency_key", "validate_idempotency_key"]


def new_idempotency_key() -> str:
    """A fresh key (UUID4 text), to share between attempts that your application makes itself."""
    return random_uuid()


def validate_idempotency_key(key: str) -> None:
    """Check a key before it is used.

    Raises:
        ValueError: the key is empty or blank, longer than `MAX_KEY_LENGTH`, or not plain printable ASCII.
    """
    check_idempotency_key(key)
