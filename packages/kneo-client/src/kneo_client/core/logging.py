"""Loggers of the client, and header redaction for everything that is logged.

Records of the transport carry the profile's name: `%(profile)s` in a format, `record.profile` in a filter.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from sdk_engine.redaction import REDACTED
from sdk_engine.redaction import redact_headers as _redact

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["REDACTED", "get_logger", "redact_headers"]

_ROOT = "kneo_client"


def get_logger(name: str = _ROOT) -> logging.Logger:
    """A logger of the `kneo_client` hierarchy; a bare name such as "transport" is put under it."""
    inside = name == _ROOT or name.startswith(f"{_ROOT}.")
    return logging.getLogger(name if inside else f"{_ROOT}.{name}")


def redact_headers(headers: Mapping[str, str]) -> dict[str, str]:
    """A copy of the headers whose sensitive values read `<redacted>`.

    Sensitive are names that contain, in any case, `authorization`, `x-kneo-api-key` or any other api-key, `cookie`
    or `dpop`.
    """
    return _redact(headers)
