"""What all calls of one client have in common, and what one call may set for itself."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from sdk_engine.answers import ErrorTypes
from sdk_engine.bodies import encode_json
from sdk_engine.budget import RetryBudget
from sdk_engine.deadline import FOREVER
from sdk_engine.ids import IDEMPOTENCY_KEY_HEADER, REQUEST_ID_HEADER, random_uuid
from sdk_engine.retries import IDEMPOTENT_METHODS, RetryPolicy

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import httpx

    from sdk_engine.auth import AuthFlow
    from sdk_engine.observe import Observer

FRAMING = frozenset({"host", "connection", "content-length", "transfer-encoding"})
"""Header fields that say how a request is framed: never a caller's."""


@dataclass
class ClientSettings:
    """What every call of one client has in common. Holds the credentials: never shown in a repr.

    Attributes:
        base_url: what targets are appended to, without a slash at its end.
        headers: fields of every request, the credential among them.
        timeout: seconds for one attempt, body included, `math.inf` for no end.
        retry: when to try again.
        errors: the exceptions to raise, and what answers mean.
        auth: a plan around each attempt, for credentials that are more than a header.
        budget: what retries are paid from; clients may share one.
        keyed_methods: methods that carry an idempotency key, and so may be sent twice.
        key_header: where they carry it.
        new_key: makes a fresh key.
        request_id_header: where the call's id goes; None sends no id.
        encode: turns a body into bytes; a `ValueError` refuses it.
        repeatable_methods: methods that may be sent twice without a key.
        repeat_unsent: whether what has certainly not been sent may be tried again by any method.
        reserved: lower-case names that callers' headers cannot replace; None means all of `headers` and the body's
            type.
        observers: told of every attempt, retry and call.
        clock: seconds that only go forward.
    """

    base_url: str = field(repr=False)
    headers: dict[str, str] = field(repr=False)
    timeout: float = 30.0
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    errors: ErrorTypes = field(default_factory=ErrorTypes, repr=False)
    auth: AuthFlow | None = field(default=None, repr=False)
    budget: RetryBudget = field(default_factory=RetryBudget, repr=False)
    keyed_methods: frozenset[str] = frozenset({"POST"})
    key_header: str = IDEMPOTENCY_KEY_HEADER
    new_key: Callable[[], str] = field(default=random_uuid, repr=False)
    request_id_header: str | None = REQUEST_ID_HEADER
    encode: Callable[[object], bytes] = field(default=encode_json, repr=False)
    repeatable_methods: frozenset[str] = IDEMPOTENT_METHODS
    repeat_unsent: bool = False
    reserved: frozenset[str] | None = field(default=None, repr=False)
    observers: tuple[Observer, ...] = field(default=(), repr=False)
    clock: Callable[[], float] = field(default=time.monotonic, repr=False)

    def __post_init__(self) -> None:
        self.timeout = min(self.timeout, FOREVER)
        own = {"content-type", *map(str.lower, self.headers)} if self.reserved is None else self.reserved
        self.not_callers = FRAMING | own | {(self.request_id_header or "").lower()}
        self.longest_total = min(self.retry.longest_total(self.timeout), FOREVER)


@dataclass(frozen=True)
class RequestOptions:
    """What one call may set for itself.

    Attributes:
        headers: extra header fields; those the client sets itself cannot be replaced.
        idempotency_key: the key to send instead of a fresh one; only methods that carry one use it.
        request_id: the id to send instead of a fresh one.
        timeout: seconds for one attempt, body included, `math.inf` for no end; None means the client's.
        deadline: seconds for the whole call, back-off included, `math.inf` for no end; None means what the retry
            policy can use up.
        retry: when to try again; None means the client's.
        on_response: called with the answer as it came, once it is known to be no failure and before it is decoded.
        streamed: whether the answer's body is left unread, for wires that can do so.
    """

    headers: Mapping[str, str] | None = field(default=None, repr=False)
    idempotency_key: str | None = None
    request_id: str | None = None
    timeout: float | None = None
    deadline: float | None = None
    retry: RetryPolicy | None = None
    on_response: Callable[[httpx.Response], object] | None = field(default=None, repr=False)
    streamed: bool = False


DEFAULT_OPTIONS = RequestOptions()
