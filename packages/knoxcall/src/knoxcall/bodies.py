"""What becomes of a body on its way out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from knoxcall.errors import InvalidRequestError

if TYPE_CHECKING:
    from decimal import Decimal


def encode_json(value: object) -> bytes:
    """JSON text, with dates as ISO 8601, durations as seconds, Decimals as numbers, UUIDs as text, sets as lists.

    Raises:
        InvalidRequestError: the value has no JSON form, or a Decimal has more digits than a JSON number keeps.
    """
    try:
        return _encode_text(value).encode()
    except (TypeError, ValueError, RecursionError) as exc:
        reason = "it holds a lone surrogate" if isinstance(exc, UnicodeEncodeError) else str(exc)
    raise InvalidRequestError(f"the body cannot be sent as JSON: {reason}")


def encode_content(body: object) -> bytes:
    """The bytes of a proxied body: text and bytes as they are, anything else as JSON.

    Raises:
        InvalidRequestError: it has no such form.
    """
    if isinstance(body, str):
        try:
            return body.encode()
        except UnicodeEncodeError:
            raise InvalidRequestError("the body holds a lone surrogate, which has no UTF-8 form") from None
    return bytes(body) if isinstance(body, (bytes, bytearray, memoryview)) else encode_json(body)


def is_raw(body: object) -> bool:
    """Whether the body goes out as it is."""
    return isinstance(body, (str, bytes, bytearray, memoryview))


def _plain(value: Any) -> Any:
    import datetime
    import uuid
    from decimal import Decimal

    if isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
        return value.isoformat()
    if isinstance(value, datetime.timedelta):
        return value.total_seconds()
    if isinstance(value, Decimal):
        return _number(value)
    if isinstance(value, uuid.UUID):
        return str(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value, key=str)
    if isinstance(value, Mapping):
        return dict(value)
    raise TypeError(f"an object of type {type(value).__name__} has no JSON form")


def _number(value: Decimal) -> int | float:
    if value == value.to_integral_value():
        return int(value)
    number = float(value)
    if type(value)(repr(number)) != value:
        raise ValueError("a Decimal has more digits than a JSON number keeps; send str(value)")
    return number


_encode_text = json.JSONEncoder(allow_nan=False, ensure_ascii=False, separators=(",", ":"), default=_plain).encode
