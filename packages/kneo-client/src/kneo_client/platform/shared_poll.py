"""What to ask the platform next, on behalf of everybody who waits for runs: decisions, no I/O.

A list costs the platform about 0.05 ms for every stored run that its filters let through and 0.6 ms for every row it
gives; a single run costs 1 to 2 ms and a request. So one look reads the list from the newest change down to where the
last look began, in pages as long as the last one needed, below the creation of the oldest run that is waited for;
what cannot be found there is asked for by itself; and few runs are asked for by themselves from the start.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sdk_engine.retries import RetryPolicy
from sdk_engine.steps import Gate

from kneo_client.core.logging import get_logger

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from msgspec import Raw

    from kneo_client.core.errors import KneoError
    from kneo_client.platform.run_rows import RunRow
    from kneo_client.platform.watch import Watch
    from kneo_client.types import RunStatusResponse

LONGEST_PAGE = 1000
"""Rows that the platform gives at most."""

_SHORTEST_PAGE = 10
_MATCHING_MS, _ROW_MS, _GET_MS = 0.05, 0.6, 2.5
_STAY = 3  # so much dearer may the list become before runs are asked for by themselves: what it costs is yesterday's
_FEW = 25  # runs that may be asked for one by one; so many requests of ours cost more than they spare the platform
_UNSEEN = 30.0  # seconds after which a run is asked for by itself, whatever the list did not say
_QUIET_SHARE = 30  # a look waits for a part of the time in which nothing happened
_LONGEST_PAUSE = 5.0
_APART = 0.25  # seconds between looks for deadlines that are close to each other
_LONGEST_HINT = 30.0
_BETWEEN_FAILED = RetryPolicy(base_delay=0.5, max_delay=_LONGEST_PAUSE)


class OpenRun:
    """A run that somebody waits for."""

    __slots__ = ("continuation_id", "created_at", "run_id", "seen", "status", "watches", "whole")

    def __init__(self, run_id: str, now: float) -> None:
        self.run_id = run_id
        self.watches: list[Watch] = []
        self.seen = now
        self.status: str | None = None
        self.continuation_id: str | None = None
        self.whole: RunStatusResponse | None = None  # where it was asked for by itself
        self.created_at: str | None = None  # once its row was found: its changes will be, too

    def last_seen(self) -> RunStatusResponse | None:
        """Its last state; of what the list said, only id, status and human task are kept."""
        if self.whole is not None or self.status is None:
            return self.whole
        from kneo_client.types import RunStatusResponse

        return RunStatusResponse(run_id=self.run_id, status=self.status, continuation_id=self.continuation_id)


class SharedPoll:
    """Everybody who waits in one place (an event loop, or a process's threads), and what the next look asks for."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self.clock = clock
        self.lock = Gate().thread_lock
        self.runs: dict[str, OpenRun] = {}
        self.watches: set[Watch] = set()
        self.leader: Watch | None = None
        self.due = clock()
        self.started = self.ended = float("-inf")  # of the last look
        self.failures = 0
        self.failing_since = 0.0
        self.last_error: KneoError | None = None
        self.listing = False  # this look reads the list
        self.list_refused = False
        self.filters_refused = False
        self._began = 0.0
        self._hurried = False  # the last look came before its time, since somebody's was up
        self._wakes = float("inf")  # when the leader wakes by itself
        self._changed = clock()
        self.new: set[str] = set()  # nobody has looked for them yet
        self.later: set[str] = set()  # they may have moved while the list was read: the next look will find them
        self.recent: dict[str, str] = {}  # rows of the last look that nobody waited for: id and creation
        self.newest = ""  # the newest change that the last look saw
        self.matching = 0
        self.settled = ""  # the newest change that the look before it saw
        self.expected = 0.0  # rows that the next look will need

    # -- who waits

    def join(self, watch: Watch) -> None:
        """Begin to look for the watch's runs."""
        now = self.clock()
        with self.lock:
            for run_id in watch.open:
                run = self.runs.get(run_id)
                if run is None:
                    run = self.runs[run_id] = OpenRun(run_id, now)
                    run.created_at = self.recent.pop(run_id, None)
                    if run.created_at is None:
                        self.new.add(run_id)
                run.watches.append(watch)
            self.watches.add(watch)
            self._changed = now
            if not self.failures:
                self.due = min(self.due, max(now, self.started + watch.interval))
            if self.leader is not None and min(self.due, watch.expires) < self._wakes:
                self.leader.signal.set()

    def leave(self, watch: Watch) -> bool:
        """Look for them no more; whether nobody is left."""
        with self.lock:
            self.watches.discard(watch)
            for run_id in list(watch.open):
                self._drop(run_id, watch)
            return not self.watches

    def lead(self, watch: Watch) -> bool:
        """Whether this watch is the one that looks for all, which it becomes when nobody is."""
        with self.lock:
            if self.leader is None:
                self.leader = watch
            return self.leader is watch

    def hand_on(self, watch: Watch) -> None:
        """The watch waits no more: if nobody looks now, another who waits does."""
        with self.lock:
            if self.leader is watch:
                self.leader = None
            if self.leader is None:
                heir = next((each for each in self.watches if each.waiting), None)
                if heir is not None:
                    heir.signal.set()

    def _drop(self, run_id: str, watch: Watch) -> None:
        del watch.open[run_id]
        run = self.runs[run_id]
        run.watches.remove(watch)
        if not run.watches:
            del self.runs[run_id]
            self.new.discard(run_id)

    # -- when

    def pause(self) -> float:
        """Seconds until the next look: at its time, or when somebody's time is up."""
        with self.lock:
            waiting = (watch.expires for watch in self.watches if watch.waiting and watch.expires > self.started)
            earliest = max(min(waiting, default=self.due), self.ended + (_APART if self._hurried else 0.0))
            self._wakes = min(self.due, earliest)
            return self._wakes - self.clock()

    def _interval(self) -> float:
        return min((watch.interval for watch in self.watches), default=1.0)

    def begin(self) -> None:
        """A look begins."""
        self._began = self.clock()
        self._hurried = self._began < self.due
        self._wakes = float("-inf")
        self.listing = not self.list_refused and self._list_is_cheaper()

    def succeeded(self) -> None:
        """The look is complete: tell those whose time it was the last for, and set the time of the next."""
        now = self._end()
        self.failures = 0
        interval = self._interval()
        pause = interval
        if self.listing:
            quiet = min((now - self._changed) / _QUIET_SHARE, _LONGEST_PAUSE)
            pause = max(interval, quiet, 2 * (now - self.started))
        spread = RetryPolicy(base_delay=pause, max_delay=pause).delay_for(2)  # give or take a tenth
        self.due = max(self.started + spread, now)

    def failed(self, error: KneoError) -> None:
        """The look failed for a reason that passes: look again, later and later."""
        now = self._end()
        self.failing_since = self.failing_since if self.failures else self.started
        self.failures += 1
        self.last_error = error
        pause = min(_BETWEEN_FAILED.delay_for(self.failures + 1, error.retry_after), _LONGEST_HINT)
        self.due = now + max(self._interval(), pause)

    def refused(self, error: KneoError) -> None:
        """The platform lets nobody look: the end of all that wait."""
        with self.lock:
            for watch in self.watches:
                watch.broken = error
        self.succeeded()

    def _end(self) -> float:
        self.started, self.ended = self._began, self.clock()
        with self.lock:
            for watch in self.watches:
                if watch.expires <= self.started or watch.broken is not None:
                    watch.signal.set()
        return self.ended

    # -- what to ask

    def refuse_list(self) -> None:
        """The platform has no such list: ask for each run by itself from now on."""
        self.list_refused, self.listing = True, False

    def _list_is_cheaper(self) -> bool:
        count = len(self.runs)
        rows = min(self.first_page(), max(self.matching, count)) if self.matching else self.first_page()
        listed = max(self.matching, count) * _MATCHING_MS + rows * _ROW_MS
        bias = _STAY if self.listing else 1
        return count > _FEW or listed < bias * count * _GET_MS

    def first_page(self) -> int:
        """Rows of the first page: expected changes, and runs whose place is not known.

        Rows too many cost as much as a second page when there are so many that asking again costs the same.
        """
        wanted = self.expected + len(self.new) * 1.1 if self.newest else len(self.runs) * 1.1
        worth_a_page = self.matching * _MATCHING_MS / _ROW_MS / 2
        return int(max(_SHORTEST_PAGE, min(max(wanted + 5, worth_a_page), LONGEST_PAGE)))

    def one_by_one(self) -> Iterator[str]:
        """Runs to ask for by themselves, the longest unseen first, for as long as looks are apart."""
        limit = self._began - _UNSEEN
        with self.lock:
            asked = sorted(
                (run.seen, run_id)
                for run_id, run in self.runs.items()
                if not self.listing or run.seen < limit or self._is_stray(run_id, run)
            )
            self.new.difference_update(run_id for _, run_id in asked)
            enough = self._began + max(self._interval(), 1.0)
        for _, run_id in asked:
            yield run_id
            if self.clock() >= enough:
                return

    def _is_stray(self, run_id: str, run: OpenRun) -> bool:
        """Whether the list was read and it was not there."""
        return run.created_at is None and run.seen <= self._began and run_id not in self.later

    # -- what was seen

    def saw(self, run_id: str, run: RunStatusResponse) -> None:
        """The run, asked for by itself, is in this state."""
        continuation_id = run.continuation_id or None
        with self.lock:
            entry = self.runs.get(run_id)
            if entry is not None:
                entry.whole = run
                self._note(entry, run.status, continuation_id, lambda: run)

    def saw_row(self, row: RunRow, raw: Raw) -> None:
        """The list says that the run is in this state."""
        from kneo_client.platform.run_rows import run_of

        with self.lock:
            entry = self.runs.get(row.id)
            if entry is None:
                return
            if isinstance(row.created_at, str):
                entry.created_at = row.created_at
                self.new.discard(row.id)
            entry.whole = None
            self._note(entry, row.status, row.continuation_id, lambda: run_of(raw))

    def _note(
        self, entry: OpenRun, status: str, continuation_id: str | None, whole: Callable[[], RunStatusResponse | None]
    ) -> None:
        entry.seen = self.clock()
        if status != entry.status:
            self._changed = entry.seen
            if status == "blocked":
                get_logger("runs").info("run %s waits for a person: human task %s", entry.run_id, continuation_id)
        entry.status, entry.continuation_id = status, continuation_id
        done = [watch for watch in entry.watches if status in watch.terminal]
        run = whole() if done else None
        if done and run is None:
            entry.created_at = None  # its row cannot be read: ask for it by itself
        elif run is not None:
            for watch in done:
                self._deliver(entry.run_id, watch, run)

    def lost(self, run_id: str, error: KneoError) -> None:
        """The platform refuses to speak of this run, as when there is none."""
        with self.lock:
            entry = self.runs.get(run_id)
            for watch in list(entry.watches) if entry else ():
                self._deliver(run_id, watch, error)

    def _deliver(self, run_id: str, watch: Watch, outcome: RunStatusResponse | KneoError) -> None:
        self._drop(run_id, watch)
        watch.arrived.append((run_id, outcome))
        watch.signal.set()
