"""What becomes of a body on its way out."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from knoxcall.errors import InvalidRequestError

if TYPE_CHECKING:
    from collections.abc import Callable
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


class Encoding:
    """What one client makes of its bodies.

    Args:
        default: turns what JSON has no form for into what it has one for, instead of the rules of `encode_json`; what
            it raises reaches the caller.
    """

    def __init__(self, default: Callable[[Any], Any] | None = None) -> None:
        self._default = default

    def json(self, value: object) -> bytes:
        """JSON text.

        Raises:
            InvalidRequestError: the value has no JSON form.
        """
        return encode_json(value) if self._default is None else self._by(self._default, value)

    def _by(self, default: Callable[[Any], Any], value: object) -> bytes:
        raised: list[Exception] = []

        def plain(item: Any) -> Any:
            try:
                return default(item)
            except Exception as exc:
                raised.append(exc)
                raise

        try:
            return json.JSONEncoder(**_FORM, default=plain).encode(value).encode()
        except (TypeError, ValueError, RecursionError) as exc:
            if exc in raised:
                raise
            reason = "it holds a lone surrogate" if isinstance(exc, UnicodeEncodeError) else str(exc)
        raise InvalidRequestError(f"the body cannot be sent as JSON: {reason}")

    def content(self, body: object) -> bytes:
        """The bytes of a proxied body, as `encode_content` makes them."""
        return encode_content(body, self.json)


def encode_content(body: object, as_json: Callable[[object], bytes] = encode_json) -> bytes:
    """The bytes of a proxied body: text and bytes as they are, anything else as JSON.

    Raises:
        InvalidRequestError: it has no such form.
    """
    if isinstance(body, str):
        try:
            return body.encode()
        except UnicodeEncodeError:
            raise InvalidRequestError("the body holds a lone surrogate, which has no UTF-8 form") from None
    return bytes(body) if isinstance(body, (bytes, bytearray, memoryview)) else as_json(body)


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


_FORM: Any = {"allow_nan": False, "ensure_ascii": False, "separators": (",", ":")}
_encode_text = json.JSONEncoder(**_FORM, default=_plain).encode
