"""Ids that tie a call to the server's logs."""

from __future__ import annotations

from sdk_engine.idempotency import random_uuid

REQUEST_ID_HEADER = "X-Request-ID"


def generate_request_id() -> str:
    """A fresh request id (UUID4 text)."""
    return random_uuid()
