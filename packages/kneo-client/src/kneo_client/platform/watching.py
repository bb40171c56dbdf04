"""Waiting for runs to end, for one or for thousands: one look at the platform serves everybody who waits.

Who waits first becomes the one that looks, for all (`SharedPoll` decides what it asks for), and hands over when it has
what it came for, or is cancelled. Nothing runs in the background. These are plans (see `sdk_engine.steps`), so tasks
and threads wait in the same way.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, Generic

from sdk_engine.bodies import typed
from sdk_engine.budget import RetryBudget
from sdk_engine.call import call
from sdk_engine.operation import Operation
from sdk_engine.settings import RequestOptions
from sdk_engine.steps import Invoke

from kneo_client.core.errors import (
    KneoAuthError,
    KneoError,
    KneoNetworkError,
    KneoPermissionError,
    KneoProtocolError,
    KneoRateLimited,
    KneoServerError,
    KneoWaitTimeoutError,
)
from kneo_client.core.mode import AsyncDriver, D, SyncDriver
from kneo_client.platform.list_read import ListRead
from kneo_client.platform.shared_poll import SharedPoll
from kneo_client.platform.wait_arguments import check_times, checked_ids, checked_statuses
from kneo_client.platform.wait_errors import given_up, time_is_up
from kneo_client.platform.watch import TaskSignal, ThreadSignal, Watch, place

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Hashable, Iterable, Iterator

    from sdk_engine.settings import ClientSettings

    from kneo_client.core.connection import Connection
    from kneo_client.platform.run_rows import RunPage
    from kneo_client.types import RunStatusResponse

_SHORTEST_INTERVAL = 0.05
_SHORTEST_LOOK = 1.0  # seconds that a look gets, however little time is left
_LAST_CHANCE = 2.0  # seconds that somebody else's last look may take
_MOST_UNREADABLE = 5
"""Looks in a row without a usable answer, after which another answer than the platform's is taken for its answer."""

_PASSING = (KneoNetworkError, KneoServerError, KneoRateLimited)


def _page_type() -> type[RunPage]:
    from kneo_client.platform.run_rows import RunPage

    return RunPage


LIST_ROWS = Operation("GET", "/v1/runs", typed(_page_type))


class Watching:
    """The waits of one client.

    Args:
        connection: the client's; looks are paid from a retry budget of their own.
        get: the operation that asks for one run.
    """

    def __init__(self, connection: Connection[Any], get: Operation[RunStatusResponse]) -> None:
        self._connection = connection
        self._blocking = isinstance(connection.driver, SyncDriver)  # threads wait here, instead of tasks
        self._budget = RetryBudget()
        self.get = get
        self._polls: dict[Hashable, SharedPoll] = {}

    # -- the public plans

    async def wait(
        self,
        run_id: str,
        timeout: float | None = None,
        poll_interval: float = 1.0,
        terminal_statuses: Iterable[str] | None = None,
    ) -> RunStatusResponse:
        """The plan of `wait_for_completion`."""
        (run,) = await self.wait_many([run_id], timeout, poll_interval, terminal_statuses)
        return run

    async def wait_many(
        self,
        run_ids: Iterable[str],
        timeout: float | None = None,
        poll_interval: float = 1.0,
        terminal_statuses: Iterable[str] | None = None,
    ) -> list[RunStatusResponse]:
        """The plan of `wait_many`: the ended runs, in the order of the ids."""
        run_ids = checked_ids(run_ids, self.get)
        ended = await self.until(self.watch(run_ids, timeout, poll_interval, terminal_statuses))
        return [ended[run_id] for run_id in run_ids]

    async def until(self, watch: Watch) -> dict[str, RunStatusResponse]:
        """A plan: all runs of this watch by their ids, once it has ended for all."""
        ended: dict[str, RunStatusResponse] = {}
        with Joined(self, watch) as joined:
            try:
                while len(ended) < watch.count:
                    run_id, outcome = await joined.next()
                    if isinstance(outcome, KneoError):
                        raise outcome
                    ended[run_id] = outcome
            except KneoWaitTimeoutError as error:
                error.ended = tuple(ended.values())
                raise
        return ended

    def watch(
        self,
        run_ids: Iterable[str],
        timeout: float | None = None,
        poll_interval: float = 1.0,
        terminal_statuses: Iterable[str] | None = None,
    ) -> Watch:
        """A wait that has not begun, its arguments checked."""
        check_times(timeout, poll_interval)
        return Watch(
            run_ids,
            timeout=timeout,
            interval=max(poll_interval, _SHORTEST_INTERVAL),
            terminal=checked_statuses(terminal_statuses),
            clock=self._clock,
            signal=ThreadSignal() if self._blocking else TaskSignal(),
        )

    # -- who looks, and when

    def _clock(self) -> float:
        return self._connection.settings.clock()

    def poll(self) -> SharedPoll:
        """The poll of this event loop, or of the threads of this process."""
        return self._polls.setdefault(place(blocking=self._blocking), SharedPoll(self._clock))

    def forget(self, poll: SharedPoll) -> None:
        """Drop a poll for which nobody waits any more."""
        for key in [key for key, each in self._polls.items() if each is poll]:
            del self._polls[key]

    async def look(self, poll: SharedPoll, watch: Watch) -> None:
        """One look at everything that is open, in the name of this watch."""
        self._connection.check_open()
        poll.begin()
        left = max(watch.expires - self._clock(), _SHORTEST_LOOK)
        settings = replace(self._connection.settings, budget=self._budget)
        options = RequestOptions(deadline=min(left, settings.longest_total))
        try:
            if poll.listing:
                await _read_list(poll, settings, options)
            for run_id in poll.one_by_one():
                await _ask(poll, run_id, settings, self.get, options)
        except _PASSING as error:
            poll.failed(error)
        except KneoProtocolError as error:  # a proxy's page in its place; or it is no platform
            if poll.failures < _MOST_UNREADABLE:
                poll.failed(error)
            else:
                poll.refused(error)
        except KneoError as error:
            poll.refused(error)
        else:
            poll.succeeded()

    def out_of_time(self, poll: SharedPoll, watch: Watch) -> bool:
        """Whether the time for waiting is up, and the last look has been.

        A look that began before counts if it has just ended; after a late wake, when the process or the machine was
        stopped, there is one more.
        """
        now = self._clock()
        late = now - watch.expires
        if late < 0:
            return False
        had_it = poll.started >= watch.expires or (poll.ended >= watch.expires and late < _SHORTEST_LOOK / 2)
        return had_it or (watch.last_chance is not None and now >= watch.last_chance)

    def patience(self, watch: Watch) -> float:
        """Seconds until who does not look itself has to see to its time."""
        now = self._clock()
        if now >= watch.expires and watch.last_chance is None:
            watch.last_chance = now + _LAST_CHANCE
        return max((watch.last_chance or watch.expires) - now, 0.0)


class Joined:
    """A watch that takes part in the poll, inside a with block."""

    def __init__(self, watching: Watching, watch: Watch) -> None:
        self._watching = watching
        self._watch = watch

    def __enter__(self) -> Joined:
        self._poll = self._watching.poll()
        self._poll.join(self._watch)
        return self

    def __exit__(self, *exc_info: object) -> None:
        if self._poll.leave(self._watch):
            self._watching.forget(self._poll)

    @property
    def left(self) -> int:
        """Runs that were not taken yet."""
        return len(self._watch.open) + len(self._watch.arrived)

    def take(self) -> tuple[str, RunStatusResponse | KneoError] | None:
        """What has come in already, if anything has."""
        return self._watch.arrived.popleft() if self._watch.arrived else None

    async def next(self) -> tuple[str, RunStatusResponse | KneoError]:
        """A plan: the next run that has ended, or what the platform says instead."""
        watching, poll, watch = self._watching, self._poll, self._watch
        watch.waiting = True
        try:
            while not watch.arrived:
                self._check()
                if poll.lead(watch):
                    await self._lead()
                else:
                    await Invoke(partial(watch.signal.wait, watching.patience(watch)))
        finally:
            watch.waiting = False
            poll.hand_on(watch)
        return watch.arrived.popleft()

    def _check(self) -> None:
        poll, watch = self._poll, self._watch
        problem = watch.broken or given_up(poll, watch)
        if problem is None and self._watching.out_of_time(poll, watch):
            problem = time_is_up(poll, watch)
        if problem is not None:
            raise problem

    async def _lead(self) -> None:
        poll, watch = self._poll, self._watch
        while not watch.arrived:
            self._check()
            pause = poll.pause()
            if pause > 0:
                await Invoke(partial(watch.signal.wait, pause))
            else:
                await self._watching.look(poll, watch)


async def _read_list(poll: SharedPoll, settings: ClientSettings, options: RequestOptions) -> None:
    reading = ListRead(poll)
    try:
        while reading.take(await call(settings, LIST_ROWS, query=reading.query(), options=options)):
            pass
    except (*_PASSING, KneoAuthError, KneoPermissionError):
        raise
    except KneoError as error:  # an older or another platform
        if isinstance(error, KneoProtocolError) and not poll.failures:
            raise
        if error.code == "unknown_query_parameters" and not poll.filters_refused:
            poll.filters_refused = True
        else:
            poll.refuse_list()


async def _ask(
    poll: SharedPoll, run_id: str, settings: ClientSettings, get: Operation[RunStatusResponse], options: RequestOptions
) -> None:
    try:
        run = await call(settings, get, {"run_id": run_id}, options=options)
    except (*_PASSING, KneoProtocolError):
        raise
    except KneoError as error:
        poll.lost(run_id, error)
    else:
        poll.saw(run_id, run)


class EndedRuns(Generic[D]):
    """Runs in the order in which they end: `async for` on a `KneoClient`, `for` on a blocking client.

    Every loop begins anew. Time counts from the beginning of the loop.
    """

    def __init__(self, driver: D, watching: Watching, run_ids: Iterable[str], *arguments: Any) -> None:
        self._driver: D = driver
        run_ids = checked_ids(run_ids, watching.get)
        watching.watch(run_ids, *arguments)  # which refuses unusable ones

        def begin() -> Joined:
            return Joined(watching, watching.watch(run_ids, *arguments))

        self._begin = begin

    def __iter__(self: EndedRuns[SyncDriver]) -> Iterator[RunStatusResponse]:
        problem: KneoError | None = None
        with self._begin() as joined:
            while joined.left:
                came = joined.take()
                _, outcome = self._driver.run(joined.next()) if came is None else came
                if not isinstance(outcome, KneoError):
                    yield outcome
                else:
                    problem = problem or outcome
        if problem is not None:
            raise problem

    async def __aiter__(self: EndedRuns[AsyncDriver]) -> AsyncIterator[RunStatusResponse]:
        problem: KneoError | None = None
        with self._begin() as joined:
            while joined.left:
                came = joined.take()
                _, outcome = await self._driver.run(joined.next()) if came is None else came
                if not isinstance(outcome, KneoError):
                    yield outcome
                else:
                    problem = problem or outcome
        if problem is not None:
            raise problem
