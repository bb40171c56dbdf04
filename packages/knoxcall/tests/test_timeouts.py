"""Calls into code that knows no deadline: what comes too late is undone, a lock above all."""

import math
import threading
from typing import Any

import pytest
from sdk_engine.deadline import Deadline
from sdk_engine.drivers import SyncDriver
from sdk_engine.testing import FakeSyncWire

from knoxcall.stores.guarded import GuardedStore, Limits
from knoxcall.timeouts import in_time


def test_what_comes_too_late_is_undone() -> None:
    let_go, undone = threading.Event(), threading.Event()

    def slow() -> str:
        let_go.wait(10)
        return "late"

    def undo(result: str) -> None:
        assert result == "late"
        undone.set()
        raise OSError  # nobody is there to be told

    with pytest.raises(TimeoutError):
        in_time(slow, 0.01, undo=undo)
    with pytest.raises(TimeoutError):
        in_time(slow, 0.01)
    let_go.set()
    assert undone.wait(10)
    assert in_time(lambda: 5, 10) == 5
    with pytest.raises(KeyError):
        in_time(lambda: {}["x"], 10)


class SlowLock:
    """A store whose only lock is got when it is let go."""

    is_async = False

    def __init__(self, *, got: bool = True) -> None:
        self.got = got
        self.let_go, self.tried, self.given_back = threading.Event(), threading.Event(), threading.Event()

    def lock(self, key: str) -> Any:
        return self

    def acquire(self) -> bool:
        self.let_go.wait(10)
        self.tried.set()
        return self.got

    def release(self) -> None:
        self.given_back.set()


@pytest.mark.parametrize("got", [True, False])
def test_a_lock_that_is_got_too_late_is_given_back(got: bool) -> None:
    async def work() -> str:
        return "done"

    store = SlowLock(got=got)
    before = set(threading.enumerate())
    plan = GuardedStore(store).locked("k", Limits(0.3, Deadline(math.inf)), work)
    assert SyncDriver(FakeSyncWire([])).run(plan) == "done"
    store.let_go.set()
    for thread in set(threading.enumerate()) - before:
        thread.join(10)
    assert store.tried.is_set()
    assert store.given_back.is_set() == got
