"""Deliveries that come twice: accepted once, and not lost when what handles them fails."""

import asyncio
import logging
import os
import time
from typing import Any

import anyio
import pytest

from knoxcall import (
    MemoryReplayStore,
    WebhookSignatureVerificationError,
    construct_webhook_event,
    construct_webhook_event_async,
    receive_webhook,
    sign_webhook,
)

NOW = 1767225600
SECRET = "whsec_test_secret"
BODY = b'{"event":"request.server_error","timestamp":"2026-01-01T00:00:00Z","data":{"response":{"status":502}}}'


@pytest.fixture(autouse=True)
def _frozen_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("knoxcall.webhooks.time.time", lambda: float(NOW))


@pytest.fixture(params=["asyncio", "trio"])
def anyio_backend(request: pytest.FixtureRequest) -> str:
    backend: str = request.param
    return backend


def sign(format: Any, body: bytes = BODY, secret: str = SECRET, **options: Any) -> dict[str, str]:
    return sign_webhook(body, secret, format=format, header_name="X-Acme-Sig", **options)


def construct(format: Any, headers: Any, *, secret: Any = SECRET, **options: Any) -> Any:
    return construct_webhook_event(BODY, headers, secret, format=format, header_name="X-Acme-Sig", **options)


class Awaited:
    """A store to be awaited; it can be told to fail."""

    def __init__(self) -> None:
        self.inner, self.calls = MemoryReplayStore(), [""]
        self.fails = ""

    async def _do(self, name: str, *arguments: Any) -> Any:
        await anyio.lowlevel.checkpoint()
        self.calls.append(name)
        if name == self.fails:
            raise OSError("down")
        return getattr(self.inner, name)(*arguments)

    async def add(self, delivery: str, ttl_seconds: float) -> bool:
        accepted: bool = await self._do("add", delivery, ttl_seconds)
        return accepted

    async def commit(self, delivery: str, ttl_seconds: float) -> None:
        await self._do("commit", delivery, ttl_seconds)

    async def release(self, delivery: str) -> None:
        await self._do("release", delivery)


class Blocking(Awaited):
    """The same, for what blocks."""

    def _do(self, name: str, *arguments: Any) -> Any:  # type: ignore[override]
        self.calls.append(name)
        if name == self.fails:
            raise OSError("down")
        return getattr(self.inner, name)(*arguments)

    add = lambda self, *arguments: self._do("add", *arguments)  # type: ignore[assignment]  # noqa: E731
    commit = lambda self, *arguments: self._do("commit", *arguments)  # type: ignore[assignment]  # noqa: E731
    release = lambda self, *arguments: self._do("release", *arguments)  # type: ignore[assignment]  # noqa: E731


# --- noted at once


@pytest.mark.promise("knox.webhooks.replay")
def test_a_delivery_is_accepted_once() -> None:
    store = MemoryReplayStore()
    signed = sign("stripe")
    assert construct("stripe", signed, replay_store=store)
    with pytest.raises(WebhookSignatureVerificationError):
        construct("stripe", signed, replay_store=store)
    assert construct("stripe", sign("stripe", timestamp=NOW + 1), replay_store=store)
    assert MemoryReplayStore().add("a", 0)
    forgetful = MemoryReplayStore()
    assert forgetful.add("a", 0)
    assert forgetful.add("a", 10)

    both = sign("stripe", timestamp=NOW + 2)["Stripe-Signature"]
    other = sign("stripe", timestamp=NOW + 2, secret="new")["Stripe-Signature"]
    twice = {"Stripe-Signature": f"{both},{other.partition(',')[2]}"}
    assert construct("stripe", twice, secret=[SECRET, "new"], replay_store=store)
    for one in (both, other):  # the same delivery with one of its signatures taken away
        with pytest.raises(WebhookSignatureVerificationError):
            construct("stripe", {"Stripe-Signature": one}, secret=[SECRET, "new"], replay_store=store)

    class Broken:
        def add(self, delivery: str, ttl_seconds: float) -> bool:
            raise OSError

    with pytest.raises(WebhookSignatureVerificationError):
        construct("stripe", signed, replay_store=Broken())


def test_known_deliveries_are_forgotten_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("knoxcall.replays.time.monotonic", lambda: now[0])
    store = MemoryReplayStore()
    assert [store.add(name, ttl) for name, ttl in (("long", 100), ("short", 10), ("later", 50))] == [True] * 3
    now[0] = 20.0
    assert [store.add(name, 50) for name in ("long", "short", "later")] == [False, True, False]
    now[0] = 110.0
    assert [store.add(name, 50) for name in ("long", "short", "later")] == [True] * 3
    assert len(store._known) == 3


# --- stores to be awaited


def disguised(store: Any) -> Any:
    """A store whose methods do not show that their answers are to be awaited."""
    return type("Disguised", (), {name: staticmethod(_through(store, name)) for name in ("add", "commit", "release")})()


def _through(store: Any, name: str) -> Any:
    return lambda *arguments: getattr(store, name)(*arguments)


@pytest.mark.promise("knox.webhooks.replay")
@pytest.mark.parametrize("kind", ["plain", "disguised", "only its end"])
def test_what_blocks_refuses_a_store_to_be_awaited(kind: str) -> None:
    store: Any = Awaited() if kind == "plain" else disguised(Awaited())
    if kind == "only its end":
        store = Blocking()
        store.commit = Awaited().commit
    for _ in range(2):
        with pytest.raises(WebhookSignatureVerificationError, match="construct_webhook_event_async"):
            construct("legacy", sign("legacy"), replay_store=store)
        with (
            pytest.raises(WebhookSignatureVerificationError, match="async with"),
            receive_webhook(BODY, sign("legacy"), SECRET, replay_store=store),
        ):
            pytest.fail("nothing may be handled")


@pytest.mark.parametrize("store", [Awaited, Blocking, MemoryReplayStore])
async def test_what_is_awaited_takes_every_store(store: Any) -> None:
    kept = store()
    event = await construct_webhook_event_async(BODY, sign("legacy"), SECRET, replay_store=kept)
    assert event["event"] == "request.server_error"
    with pytest.raises(WebhookSignatureVerificationError, match="before"):
        await construct_webhook_event_async(BODY, sign("legacy"), SECRET, replay_store=kept)
    assert await construct_webhook_event_async(BODY, sign("legacy"), SECRET)
    with pytest.raises(WebhookSignatureVerificationError, match="signature"):
        await construct_webhook_event_async(BODY, sign("legacy", secret="forged"), SECRET, replay_store=kept)


async def test_a_store_that_fails_accepts_nothing() -> None:
    store = Awaited()
    store.fails = "add"
    with pytest.raises(WebhookSignatureVerificationError, match="failed"):
        await construct_webhook_event_async(BODY, sign("legacy"), SECRET, replay_store=store)


# --- verify, handle, commit


def receive(store: Any, **options: Any) -> Any:
    return receive_webhook(BODY, sign("legacy"), SECRET, replay_store=store, **options)


@pytest.mark.promise("knox.webhooks.replay")
@pytest.mark.parametrize("store", [MemoryReplayStore, Blocking])
def test_a_delivery_whose_handler_failed_is_let_in_again(store: Any) -> None:
    kept = store()
    for failure in (KeyError, KeyboardInterrupt, SystemExit):
        with pytest.raises(failure), receive(kept):
            raise failure
    with receive(kept) as event:
        assert event["data"]["response"]["status"] == 502
        with pytest.raises(WebhookSignatureVerificationError, match="before"), receive(kept):
            pytest.fail("it is being handled")
    with pytest.raises(WebhookSignatureVerificationError, match="before"), receive(kept):
        pytest.fail("it was handled")


@pytest.mark.promise("knox.webhooks.replay")
@pytest.mark.parametrize("store", [MemoryReplayStore, Blocking, Awaited])
async def test_the_same_where_handlers_are_awaited(store: Any) -> None:
    kept = store()
    with pytest.raises(KeyError):
        async with receive(kept):
            raise KeyError
    async with anyio.create_task_group() as group:

        async def cancelled() -> None:
            async with receive(kept):
                group.cancel_scope.cancel()
                await anyio.sleep_forever()

        group.start_soon(cancelled)
    async with receive(kept) as event:
        assert event["event"] == "request.server_error"
    with pytest.raises(WebhookSignatureVerificationError, match="before"):
        async with receive(kept):
            pytest.fail("it was handled")


def test_a_task_that_asyncio_cancels_lets_its_delivery_in_again() -> None:
    async def main() -> None:
        kept = Awaited()

        async def handle() -> None:
            async with receive(kept):
                await asyncio.sleep(30)

        task = asyncio.ensure_future(handle())
        while "add" not in kept.calls:
            await asyncio.sleep(0)
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        async with receive(kept) as event:
            assert event

    asyncio.run(main())


def test_the_lease_of_a_process_that_died_runs_out(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr("knoxcall.replays.time.monotonic", lambda: now[0])
    kept = MemoryReplayStore()
    receive(kept, lease_seconds=5).__enter__()  # and never comes back
    with pytest.raises(WebhookSignatureVerificationError), receive(kept):
        pass
    now[0] = 6.0
    with receive(kept):
        pass
    now[0] = 6.0 + 599
    with pytest.raises(WebhookSignatureVerificationError), receive(kept):
        pass


@pytest.mark.parametrize("fails", ["commit", "release"])
@pytest.mark.parametrize("awaited", [False, True])
async def test_a_store_that_fails_at_the_end_changes_nothing(
    fails: str, awaited: bool, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "knoxcall.webhooks")
    store: Any = Awaited() if awaited else Blocking()
    store.fails = fails
    failure = KeyError if fails == "release" else None
    with pytest.raises(failure) if failure else caplog.at_level(logging.WARNING):
        if awaited:
            async with receive(store):
                if failure:
                    raise failure
        else:
            with receive(store):
                if failure:
                    raise failure
    assert "OSError" in caplog.text


@pytest.mark.parametrize("store", [None, object(), type("Old", (), {"add": lambda self, *arguments: True})()])
def test_a_store_that_cannot_settle_is_refused(store: Any) -> None:
    with pytest.raises(WebhookSignatureVerificationError, match="add, commit and release"):
        receive(store)


def test_what_is_forged_is_not_noted() -> None:
    kept = Blocking()
    with pytest.raises(WebhookSignatureVerificationError, match="signature"):
        receive_webhook(BODY, sign("legacy", secret="forged"), SECRET, replay_store=kept)
    assert kept.calls == [""]


# --- after a fork


def test_a_child_does_not_wait_for_what_its_parent_was_doing() -> None:
    kept = MemoryReplayStore()
    lock = kept._gate.thread_lock
    lock.acquire()
    child = os.fork()
    if child == 0:
        began = time.monotonic()
        with receive(kept):
            pass
        os._exit(int(time.monotonic() - began > 20))
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    lock.release()
