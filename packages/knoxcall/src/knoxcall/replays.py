"""Accepting each delivery once: what was handled is remembered, what failed may come again."""

from __future__ import annotations

import contextlib
import inspect
import logging
import time
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Protocol

from sdk_engine.steps import Gate

from knoxcall.errors import WebhookSignatureVerificationError

if TYPE_CHECKING:
    from collections.abc import Awaitable
    from types import TracebackType

    from knoxcall.types import WebhookEvent

_FINISHING = 5.0
_log = logging.getLogger("knoxcall.webhooks")


class ReplayStore(Protocol):
    """Remembers deliveries. Its methods may be coroutine functions; then only what is awaited can use it."""

    def add(self, delivery: str, ttl_seconds: float) -> bool | Awaitable[bool]:
        """Remember the delivery for that long, in one step; False if it is known already."""
        ...


class DeliveryStore(ReplayStore, Protocol):
    """A store that also learns what came of a delivery, so that one whose handler failed is let in again."""

    def commit(self, delivery: str, ttl_seconds: float) -> object:
        """It was handled: remember it for that long from now."""
        ...

    def release(self, delivery: str) -> object:
        """It was not handled: forget it."""
        ...


class MemoryReplayStore:
    """Remembers deliveries in this process; several processes need a store that they share."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, float] = OrderedDict()
        self._gate = Gate()

    def add(self, delivery: str, ttl_seconds: float) -> bool:
        """Remember the delivery for that long; False if it is known already."""
        now = time.monotonic()
        with self._gate.after_fork().thread_lock:
            while self._known and next(iter(self._known.values())) <= now:
                self._known.popitem(last=False)
            if self._known.get(delivery, now) > now:
                return False
            self._remember(delivery, now + ttl_seconds)
            return True

    def commit(self, delivery: str, ttl_seconds: float) -> None:
        """It was handled: remember it for that long from now."""
        with self._gate.after_fork().thread_lock:
            self._remember(delivery, time.monotonic() + ttl_seconds)

    def release(self, delivery: str) -> None:
        """It was not handled: forget it."""
        with self._gate.after_fork().thread_lock:
            self._known.pop(delivery, None)

    def _remember(self, delivery: str, until: float) -> None:
        self._known[delivery] = until
        self._known.move_to_end(delivery)


class Delivery:
    """A verified delivery, to be handled in a `with` or `async with` block, whose value is the event.

    The block's end commits the delivery, an exception releases it: the sender's next try is then let in. While the
    block runs, for `lease_seconds` at most, the same delivery is refused; so a process that dies loses nothing.
    """

    def __init__(self, event: WebhookEvent, name: str, store: Any, ttl: float, lease: float) -> None:
        self.event = event
        self._name = name
        self._store = store
        self._ttl = ttl
        self._lease = lease

    def __enter__(self) -> WebhookEvent:
        note_once(self._store, self._name, self._lease)
        return self.event

    def __exit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        with _reported():
            self._settle(handled=exc is None)

    async def __aenter__(self) -> WebhookEvent:
        await note_once_async(self._store, self._name, self._lease)
        return self.event

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        import anyio

        with _reported(), anyio.fail_after(_FINISHING, shield=True):  # also when the handler was cancelled
            settled = self._settle(handled=exc is None)
            if inspect.isawaitable(settled):
                await settled

    def _settle(self, *, handled: bool) -> Any:
        return self._store.commit(self._name, self._ttl) if handled else self._store.release(self._name)


@contextlib.contextmanager
def _reported() -> Any:
    """What comes of the event is decided by now; a store that fails here costs a repetition at most."""
    try:
        yield
    except Exception as exc:  # noqa: BLE001 - stores are other people's code
        _log.warning("the replay store failed after the delivery was handled: %s", type(exc).__name__)


def note_once(store: Any, delivery: str, ttl_seconds: float) -> None:
    """Remember the delivery.

    Raises:
        WebhookSignatureVerificationError: it is known already, the store failed, or is to be awaited.
    """
    if store is None:
        return
    if any(inspect.iscoroutinefunction(getattr(store, name, None)) for name in ("add", "commit", "release")):
        raise _to_be_awaited()
    try:
        is_new = store.add(delivery, ttl_seconds)
    except Exception as exc:
        raise WebhookSignatureVerificationError("the replay store failed") from exc
    if inspect.isawaitable(is_new):
        getattr(is_new, "close", bool)()
        raise _to_be_awaited()
    _check(is_new)


async def note_once_async(store: Any, delivery: str, ttl_seconds: float) -> None:
    """`note_once`, for both kinds of store."""
    if store is None:
        return
    try:
        is_new = store.add(delivery, ttl_seconds)
        if inspect.isawaitable(is_new):
            is_new = await is_new
    except Exception as exc:
        raise WebhookSignatureVerificationError("the replay store failed") from exc
    _check(is_new)


def _check(is_new: object) -> None:
    if not is_new:
        raise WebhookSignatureVerificationError("this delivery was accepted before")


def _to_be_awaited() -> WebhookSignatureVerificationError:
    return WebhookSignatureVerificationError(
        "the replay store is to be awaited, which cannot be done here; use construct_webhook_event_async or "
        "'async with receive_webhook(...)'"
    )
