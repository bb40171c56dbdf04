"""What may be said about a wait, checked before anything is sent."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sdk_engine.deadline import FOREVER
from sdk_engine.errors import ConfigurationError

from kneo_client.core.errors import KneoInvalidRequestError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sdk_engine.operation import Operation

DEFAULT_TERMINAL_STATUSES = frozenset({"completed", "failed", "cancelled", "timed_out", "expired"})
"""Statuses in which the platform leaves a run for good."""

TRACE_OFFSET_MAX = 10_000
"""The largest `offset` of `runs.trace`: the platform gives no event behind the next page from there."""


def check_times(timeout: float | None, poll_interval: float) -> None:
    """Refuse what is no number of seconds."""
    if timeout is not None and not (isinstance(timeout, (int, float)) and timeout >= 0):
        raise KneoInvalidRequestError(f"timeout must be a number of seconds >= 0 or None, got {timeout!r}")
    if not (isinstance(poll_interval, (int, float)) and 0 <= poll_interval < FOREVER):
        raise KneoInvalidRequestError(f"poll_interval must be a number of seconds >= 0, got {poll_interval!r}")


def checked_ids(given: Iterable[str], get: Operation[Any]) -> list[str]:
    """The ids, each of which can be asked for."""
    if isinstance(given, str):
        raise KneoInvalidRequestError("run_ids must be the ids of runs, not one string")
    run_ids = list(given)
    try:
        for run_id in run_ids:
            get.target({"run_id": run_id})
    except ConfigurationError as error:
        problem = str(error)
    else:
        return run_ids
    raise KneoInvalidRequestError(problem)


def checked_statuses(given: Iterable[str] | None) -> frozenset[str]:
    """The statuses to return at; None means `DEFAULT_TERMINAL_STATUSES`."""
    if given is None:
        return DEFAULT_TERMINAL_STATUSES
    try:
        statuses = frozenset(given)
    except TypeError:
        statuses = None
    if statuses is None or isinstance(given, str) or not all(isinstance(status, str) for status in statuses):
        raise KneoInvalidRequestError("terminal_statuses must be a set of statuses, not one string")
    if not statuses:
        raise KneoInvalidRequestError("terminal_statuses is empty: such a wait could never end")
    return statuses
