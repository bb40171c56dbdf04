"""How waits end that do not end well."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING

from kneo_client.core.errors import KneoError, KneoWaitTimeoutError

if TYPE_CHECKING:
    from kneo_client.platform.shared_poll import SharedPoll
    from kneo_client.platform.watch import Watch

_PATIENCE = 600.0  # seconds without any answer after which a wait without end gives up


def time_is_up(poll: SharedPoll, watch: Watch) -> KneoError:
    """The error for a watch whose time is up."""
    first = next(iter(watch.open))
    error = KneoWaitTimeoutError(
        f"{_described(watch, first)} did not end within {watch.timeout:.6g} s; {_last_seen(poll, first)}"
        f"{_failures(poll)}",
        run_id=first,
        last_status=poll.runs[first].last_seen(),
        open_run_ids=tuple(watch.open),
    )
    error.__cause__ = poll.last_error if poll.failures else None
    return error


def given_up(poll: SharedPoll, watch: Watch) -> KneoError | None:
    """The error for a wait without end whose platform has been away for too long."""
    error = poll.last_error
    if not (watch.endless and poll.failures and error and poll.ended - poll.failing_since > _PATIENCE):
        return None
    first = next(iter(watch.open))
    failure = copy.copy(error)
    seen = f"{_described(watch, first)}: {_last_seen(poll, first)}{_failures(poll)}, and it goes on"
    failure.args = (f"{seen}. {error}",)
    return failure


def _described(watch: Watch, first: str) -> str:
    return f"run {first}" if watch.count == 1 else f"{len(watch.open)} of {watch.count} runs, {first} among them,"


def _last_seen(poll: SharedPoll, run_id: str) -> str:
    status = poll.runs[run_id].status
    return "it was never seen" if status is None else f"it was last seen {status!r}"


def _failures(poll: SharedPoll) -> str:
    return f"; the last {poll.failures} polls failed" if poll.failures else ""
