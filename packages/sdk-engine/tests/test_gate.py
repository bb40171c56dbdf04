"""Gates, which threads and tasks wait for."""

from sdk_engine.steps import Gate


def test_a_forked_child_holds_nothing() -> None:
    gate = Gate()
    gate.thread_lock.acquire()
    assert gate.after_fork().thread_lock.locked()
    gate.pid = -1  # made in another process
    assert not gate.after_fork().thread_lock.locked()
