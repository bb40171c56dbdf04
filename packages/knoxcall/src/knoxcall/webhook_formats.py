"""How each webhook format carries its signature. Pure: headers in, claims out."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from knoxcall.errors import WebhookSignatureVerificationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

WebhookFormat: TypeAlias = Literal["legacy", "stripe", "github", "slack", "aws-sns", "custom"]

HEADERS: Mapping[str, str] = {
    "legacy": "X-Webhook-Signature",
    "github": "X-Hub-Signature-256",
    "aws-sns": "x-amz-sns-signature",
    "stripe": "Stripe-Signature",
    "slack": "X-Slack-Signature",
}
SLACK_TIMESTAMP = "X-Slack-Request-Timestamp"

_LONGEST_HEADER = 8192
_MOST_SIGNATURES = 16
_SECONDS = re.compile(r"[0-9]{1,12}", re.ASCII)


@dataclass(frozen=True)
class Claim:
    """What a delivery says of itself: one of `signatures` is over `prefix` + body, made at `timestamp` if given."""

    signatures: list[bytes]
    prefix: bytes = b""
    timestamp: str | None = None

    @property
    def seconds(self) -> int:
        """The timestamp as a number."""
        if self.timestamp is None or not _SECONDS.fullmatch(self.timestamp):
            raise WebhookSignatureVerificationError("the signature's timestamp is not a number of seconds")
        return int(self.timestamp)


def encode_mac(webhook_format: str, mac: bytes) -> bytes:
    """A MAC as this format writes it, without any prefix."""
    return base64.b64encode(mac) if webhook_format == "aws-sns" else mac.hex().encode()


def read_claim(webhook_format: str, headers: object, header_name: str | None) -> Claim:
    """What the headers claim, in the words of this format.

    Raises:
        WebhookSignatureVerificationError: the format is unknown, or the header missing, ambiguous or malformed.
    """
    name = signature_header(webhook_format, header_name)
    fields = list(_pairs(headers))
    value = _only(fields, name)
    if webhook_format == "stripe":
        return _stripe(value)
    if webhook_format == "slack":
        timestamp = _only(fields, SLACK_TIMESTAMP)
        return Claim([value.removeprefix("v0=").encode()], f"v0:{timestamp}:".encode(), timestamp)
    return Claim([value.removeprefix("sha256=").encode()])


def signature_header(webhook_format: str, header_name: str | None) -> str:
    """The name of the header that carries the signature."""
    if webhook_format == "custom":
        if not isinstance(header_name, str) or not header_name:
            raise WebhookSignatureVerificationError("format 'custom' needs header_name")
        return header_name
    if not isinstance(webhook_format, str) or webhook_format not in HEADERS:
        raise WebhookSignatureVerificationError(f"format must be one of {', '.join(HEADERS)} and custom")
    return HEADERS[webhook_format]


def _stripe(value: str) -> Claim:
    pairs = [part.strip().partition("=") for part in value.split(",")]
    times = [item for key, _, item in pairs if key == "t"]
    signatures = [item.encode() for key, _, item in pairs if key == "v1"]
    if len(times) != 1 or not 0 < len(signatures) <= _MOST_SIGNATURES:
        raise WebhookSignatureVerificationError("the signature header must have one t and some v1")
    return Claim(signatures, f"{times[0]}.".encode(), times[0])


def _only(fields: list[tuple[str, str]], name: str) -> str:
    """The value of a field that must be there once."""
    wanted = name.lower()
    values = [value for key, value in fields if key.lower() == wanted]
    if len(values) != 1 or not values[0]:
        raise WebhookSignatureVerificationError(f"there must be one {name} header")
    if len(values[0]) > _LONGEST_HEADER or not (values[0].isascii() and values[0].isprintable()):
        raise WebhookSignatureVerificationError(f"the {name} header is malformed")
    return values[0]


def _pairs(headers: Any) -> Iterable[tuple[str, str]]:
    """Header fields out of a mapping, a list of pairs (as ASGI has them, in bytes) or a WSGI environ."""
    items: Any = headers.items() if hasattr(headers, "items") else headers
    try:
        for name, value in items:
            key = _text(name)
            if key.startswith("HTTP_"):
                key = key[len("HTTP_") :].replace("_", "-")
            for one in value if isinstance(value, (list, tuple)) else (value,):
                if isinstance(one, (str, bytes, bytearray)):  # a WSGI environ holds other things too
                    yield key, _text(one)
    except (TypeError, ValueError):
        raise WebhookSignatureVerificationError("headers must be a mapping or a list of pairs") from None


def _text(value: Any) -> str:
    return value if isinstance(value, str) else bytes(value).decode("latin-1")
