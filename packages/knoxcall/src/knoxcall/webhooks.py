"""Webhook deliveries: verified before anything in them is believed. No client is needed, and nothing is sent."""

from __future__ import annotations

import functools
import hashlib
import hmac
import json
import re
import time
from collections.abc import Sequence
from datetime import datetime, timezone
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias, TypeVar, Union, cast

from knoxcall.errors import WebhookSignatureVerificationError
from knoxcall.replays import Delivery, note_once, note_once_async
from knoxcall.webhook_formats import SLACK_TIMESTAMP, WebhookFormat, encode_mac, read_claim, signature_header

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from typing_extensions import ParamSpec

    from knoxcall.replays import DeliveryStore, ReplayStore
    from knoxcall.types import WebhookEvent
    from knoxcall.webhook_formats import Claim

    class HasItems(Protocol):
        """A mapping of names to values, or something like one: the headers of any framework."""

        def items(self) -> Iterable[tuple[Any, Any]]: ...

    HeadersLike = Union[HasItems, Iterable[tuple[str, str]], Iterable[tuple[bytes, bytes]]]  # noqa: UP007
    P = ParamSpec("P")

T = TypeVar("T")

Body: TypeAlias = "bytes | bytearray | memoryview | str"
Secrets: TypeAlias = "str | bytes | Sequence[str | bytes]"

DEFAULT_TOLERANCE = 300
_MOST_SECRETS = 16
_TIMESTAMP = re.compile(
    r"(?P<day>[0-9]{4}-[0-9]{2}-[0-9]{2})"
    r"(?:[T ](?P<time>[0-9]{2}:[0-9]{2}(?::[0-9]{2})?)(?:[.,](?P<fraction>[0-9]{1,9}))?"
    r"(?P<zone>[Zz]|[+-][0-9]{2}:?[0-9]{2})?)?",
    re.ASCII,
)


def _also_named_body(function: Callable[P, T]) -> Callable[P, T]:
    """Take `raw_body` under its second name, `body`, too."""

    @functools.wraps(function)
    def renamed(*args: P.args, **kwargs: P.kwargs) -> T:
        if "body" in kwargs and "raw_body" not in kwargs:
            kwargs["raw_body"] = kwargs.pop("body")
        return function(*args, **kwargs)

    return renamed


@_also_named_body
def construct_webhook_event(
    raw_body: Body,
    headers: HeadersLike,
    secret: Secrets,
    *,
    format: WebhookFormat = "legacy",  # noqa: A002
    tolerance_seconds: float | None = DEFAULT_TOLERANCE,
    header_name: str | None = None,
    replay_store: ReplayStore | None = None,
) -> WebhookEvent:
    """Verify a delivery and return the event in it.

    Args:
        raw_body: the raw request body, as it arrived; never JSON that was parsed and written again.
        headers: a mapping, a list of pairs as in an ASGI scope, or a WSGI environ.
        secret: the webhook's secret, or several while one is being replaced.
        format: the webhook's `hmac_format`.
        tolerance_seconds: how far the delivery's time may lie from now, either way; None turns the check off.
        header_name: the signature's header, for format `custom`.
        replay_store: refuses a delivery that was accepted before, also when its handler failed afterwards; where that
            would lose the event, use `receive_webhook`.

    Raises:
        WebhookSignatureVerificationError: whatever is wrong; answer 400. Its message holds no secret and no signature.
    """
    event, name, tolerance = _verified(raw_body, headers, secret, format, tolerance_seconds, header_name)
    note_once(replay_store, name, _remembered(tolerance))
    return event


async def construct_webhook_event_async(
    body: Body,
    headers: HeadersLike,
    secret: Secrets,
    *,
    format: WebhookFormat = "legacy",  # noqa: A002
    tolerance_seconds: float | None = DEFAULT_TOLERANCE,
    header_name: str | None = None,
    replay_store: ReplayStore | None = None,
) -> WebhookEvent:
    """`construct_webhook_event` for a replay store whose methods are coroutines; takes others, too."""
    event, name, tolerance = _verified(body, headers, secret, format, tolerance_seconds, header_name)
    await note_once_async(replay_store, name, _remembered(tolerance))
    return event


@_also_named_body
def receive_webhook(
    raw_body: Body,
    headers: HeadersLike,
    secret: Secrets,
    *,
    replay_store: DeliveryStore,
    format: WebhookFormat = "legacy",  # noqa: A002
    tolerance_seconds: float | None = DEFAULT_TOLERANCE,
    header_name: str | None = None,
    lease_seconds: float = 60.0,
) -> Delivery:
    """Verify a delivery, to be handled once: `with receive_webhook(...) as event:`, or `async with`.

    The delivery counts as accepted when the block has ended. If it ends with an exception, or the process dies, the
    sender's repetition is accepted: nothing is lost, and nothing handled twice that was handled to its end.

    Args:
        raw_body: as for `construct_webhook_event`, like all that is not named here.
        replay_store: has `add`, `commit` and `release`, as `MemoryReplayStore` does.
        lease_seconds: how long the block may take; after that a repetition is let in beside it.

    Raises:
        WebhookSignatureVerificationError: whatever is wrong; answer 400. The block raises it at its start for a
            delivery that was accepted before, or is being handled.
    """
    if not all(callable(getattr(replay_store, name, None)) for name in ("add", "commit", "release")):
        raise WebhookSignatureVerificationError("replay_store must have the methods add, commit and release")
    event, name, tolerance = _verified(raw_body, headers, secret, format, tolerance_seconds, header_name)
    return Delivery(event, name, replay_store, _remembered(tolerance), lease_seconds)


def _verified(
    body: Body,
    headers: HeadersLike,
    secret: Secrets,
    webhook_format: WebhookFormat,
    tolerance_seconds: float | None,
    header_name: str | None,
) -> tuple[WebhookEvent, str, float]:
    """The event, a name for what was signed (whichever key has signed it), and the tolerance."""
    content = _raw(body)
    claim = read_claim(webhook_format, headers, header_name)
    _verify(webhook_format, claim, content, _keys(secret))
    tolerance = _tolerance(tolerance_seconds)
    if tolerance and claim.timestamp is not None:
        _check_age(claim.seconds, tolerance)
    event = _parsed(content)
    if tolerance and claim.timestamp is None:
        _check_age(_moment(event.get("timestamp")), tolerance)
    return cast("WebhookEvent", event), hashlib.sha256(claim.prefix + content).hexdigest(), tolerance


def _remembered(tolerance: float) -> float:
    """Seconds for which a delivery must be known: as long as its time is taken for one of now, either way."""
    return 2 * (tolerance or DEFAULT_TOLERANCE)


def verify_webhook_signature(
    *,
    raw_body: Body,
    signature: str,
    secret: Secrets,
    timestamp: float | None = None,
    tolerance_seconds: float | None = None,
) -> bool:
    """Whether a `legacy` signature is the body's; `construct_webhook_event` checks more and is the better choice.

    Args:
        raw_body: the raw request body, as it arrived.
        signature: the header's value, with or without `sha256=`.
        secret: the webhook's secret, or several.
        timestamp: when the delivery was made, in seconds since the epoch, if known.
        tolerance_seconds: how far that may lie from now.
    """
    try:
        claim = read_claim("legacy", {"X-Webhook-Signature": signature}, None)
        _verify("legacy", claim, _raw(raw_body), _keys(secret))
        if timestamp is not None and tolerance_seconds:
            _check_age(timestamp, _tolerance(tolerance_seconds))
    except WebhookSignatureVerificationError:
        return False
    return True


def sign_webhook(
    body: Body,
    secret: str | bytes,
    *,
    format: WebhookFormat = "legacy",  # noqa: A002
    timestamp: int | None = None,
    header_name: str | None = None,
) -> dict[str, str]:
    """The headers that KnoxCall would send with this body, to test an endpoint with.

    Args:
        body: the body to sign; all but stripe and slack take their time from its `timestamp`.
        secret: the webhook's secret.
        format: the webhook's `hmac_format`.
        timestamp: seconds since the epoch for stripe and slack; now when left out.
        header_name: the signature's header, for format `custom`.

    Raises:
        WebhookSignatureVerificationError: an argument is unusable.
    """
    name = signature_header(format, header_name)
    moment = int(time.time()) if timestamp is None else timestamp
    prefix = {"stripe": f"{moment}.", "slack": f"v0:{moment}:"}.get(format, "").encode()
    (key,) = _keys(secret)
    signature = encode_mac(format, hmac.digest(key, prefix + _raw(body), "sha256")).decode()
    if format == "stripe":
        return {name: f"t={moment},v1={signature}"}
    if format == "slack":
        return {name: f"v0={signature}", SLACK_TIMESTAMP: str(moment)}
    return {name: signature if format == "aws-sns" else f"sha256={signature}"}


def _raw(body: object) -> bytes:
    if isinstance(body, (bytes, bytearray, memoryview)):
        return bytes(body)
    if isinstance(body, str):
        try:
            return body.encode()
        except UnicodeEncodeError:
            raise WebhookSignatureVerificationError("the body is not text that could have been sent") from None
    raise WebhookSignatureVerificationError("the body must be the raw bytes or text of the request")


def _keys(secret: object) -> list[bytes]:
    several = [secret] if isinstance(secret, (str, bytes)) else secret
    if not isinstance(several, Sequence) or not 0 < len(several) <= _MOST_SECRETS:
        raise WebhookSignatureVerificationError(f"there must be 1 to {_MOST_SECRETS} secrets")
    keys: list[bytes] = []
    for item in several:
        if not isinstance(item, (str, bytes)) or not item:
            raise WebhookSignatureVerificationError("a secret is empty or not text; is its variable set?")
        keys.append(item.encode("utf-8", "surrogatepass") if isinstance(item, str) else item)
    return keys


def _verify(webhook_format: str, claim: Claim, content: bytes, keys: list[bytes]) -> None:
    """Refuse what no key has signed. All keys and signatures are compared, whether or not one has matched."""
    matching = False
    for key in keys:
        mac = hmac.digest(key, claim.prefix + content, hashlib.sha256)
        expected = encode_mac(webhook_format, mac)
        for signature in claim.signatures:
            if hmac.compare_digest(expected, signature):
                matching = True
    if not matching:
        problem = "the signature is not that of this body and secret"
        if any(len(key.strip()) < len(key) for key in keys):
            problem += "; a secret begins or ends in white space: was it read from a file with its line break?"
        raise WebhookSignatureVerificationError(problem)


def _tolerance(tolerance_seconds: object) -> float:
    """Seconds, 0 for no check."""
    if tolerance_seconds is None:
        return 0.0
    if not isinstance(tolerance_seconds, (int, float)) or not tolerance_seconds >= 0:
        raise WebhookSignatureVerificationError("tolerance_seconds must be a number of seconds, or None")
    return tolerance_seconds


def _check_age(moment: float, tolerance: float) -> None:
    if not abs(time.time() - moment) <= tolerance:
        raise WebhookSignatureVerificationError("the delivery's time is too far from now")


def _moment(timestamp: object) -> float:
    """Seconds since the epoch out of ISO 8601; without a zone it is UTC."""
    match = _TIMESTAMP.fullmatch(timestamp) if isinstance(timestamp, str) else None
    if match is None:
        raise WebhookSignatureVerificationError("the event has no usable timestamp")
    zone = (match["zone"] or "Z").upper().replace("Z", "+00:00")
    zone = zone if ":" in zone else f"{zone[:3]}:{zone[3:]}"
    fraction = ((match["fraction"] or "") + "000000")[:6]
    clock = match["time"] or "00:00"
    clock = clock if clock.count(":") == 2 else f"{clock}:00"
    try:
        moment = datetime.fromisoformat(f"{match['day']}T{clock}.{fraction}{zone}")
    except ValueError:
        raise WebhookSignatureVerificationError("the event has no usable timestamp") from None
    return (moment - datetime(1970, 1, 1, tzinfo=timezone.utc)).total_seconds()


def _parsed(content: bytes) -> dict[str, Any]:
    try:
        event: Any = json.loads(content)
    except (ValueError, RecursionError):
        event = None
    if not isinstance(event, dict):
        raise WebhookSignatureVerificationError("the body is not a JSON object")
    return event
