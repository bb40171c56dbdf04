"""`SyncTransport`: the same request, blocking, from any thread, and a background thread that is in nobody's way."""

import asyncio
import contextlib
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from sdk_engine.places import Process

from kneo_client.core import transport as transport_module
from kneo_client.core.errors import KneoInvalidRequestError, KneoNetworkError, KneoServerError, Outcome
from kneo_client.core.profiles import Profile
from kneo_client.core.retries import RetryPolicy
from kneo_client.core.transport import SyncTransport

AT_ONCE = RetryPolicy(base_delay=0, jitter=0)
OPEN = """
import sys
from kneo_client.core.profiles import Profile
from kneo_client.core.transport import SyncTransport

def make():
    return SyncTransport(Profile("x", sys.argv[1], "k", timeout=20))
"""


def profile_of(platform: Any) -> Profile:
    return Profile("x", platform.url, "secret-key", timeout=20)


def loop_threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "kneo-sync-transport"]


@pytest.fixture(autouse=True)
def no_thread_is_left_behind() -> Any:
    before = set(loop_threads())
    yield
    assert set(loop_threads()) == before


@pytest.mark.promise("kneo.sync.same-semantics", "kneo.sync.lifecycle")
def test_request_is_the_same_as_the_async_one(serve: Any) -> None:
    platform = serve(503, (201, {"a": 1}, {"X-Request-ID": "r"}))
    with SyncTransport(profile_of(platform), retry_policy=AT_ONCE) as transport:
        assert transport.profile == profile_of(platform)
        response = transport.request(
            "POST",
            "/v1/x",
            json={"b": 2},
            params={"q": "1"},
            headers={"X-Trace": "t"},
            idempotency_key="mine",
            request_id="r",
        )
    assert type(response) is httpx.Response
    assert (response.status_code, response.json(), response.headers["X-Request-ID"]) == (201, {"a": 1}, "r")
    assert len(platform.requests) == 2
    for sent in (request.decode().lower() for request in platform.requests):
        assert sent.startswith("post /v1/x?q=1 http/1.1\r\n")
        assert {"x-trace: t", "idempotency-key: mine", "x-request-id: r", "authorization: bearer secret-key"} <= set(
            sent.split("\r\n")
        )
        assert sent.endswith('\r\n\r\n{"b":2}')


@pytest.mark.promise("kneo.sync.same-semantics")
def test_errors_are_the_same(serve: Any) -> None:
    platform = serve(503)
    with SyncTransport(profile_of(platform), retry_policy=AT_ONCE) as transport:
        with pytest.raises(KneoServerError) as caught:
            transport.request("GET", "/v1/x")
        assert caught.value.attempts == len(platform.requests) == 3
        with pytest.raises(KneoInvalidRequestError):
            transport.request("GET", "https://elsewhere.example/v1/x")


@pytest.mark.promise("kneo.sync.blocking-portal")
def test_calls_run_in_one_event_loop_behind_a_blocking_portal(serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[str, int]] = []
    original = transport_module.Transport.request

    async def noting(self: Any, *args: Any, **settings: Any) -> Any:
        seen.append((threading.current_thread().name, id(asyncio.get_running_loop())))
        return await original(self, *args, **settings)

    monkeypatch.setattr(transport_module.Transport, "request", noting)
    platform = serve({})
    with SyncTransport(profile_of(platform)) as transport:
        assert not loop_threads(), "the thread starts with the first call"
        transport.request("GET", "/v1/x")
        transport.request("GET", "/v1/x")
        assert type(transport._loop._portal).__name__ == "BlockingPortal"  # type: ignore[union-attr]
        assert [thread.daemon for thread in loop_threads()] == [True]
    assert len(set(seen)) == 1
    assert seen[0][0] == "kneo-sync-transport"
    assert platform.connections == 1


async def test_callers_own_event_loop_is_no_obstacle(serve: Any) -> None:
    with SyncTransport(profile_of(serve({"ok": True}))) as transport:
        assert transport.request("GET", "/v1/healthz").json() == {"ok": True}


@pytest.mark.promise("kneo.sync.no-adapters")
def test_adapters_are_not_mounted(profile: Profile) -> None:
    with SyncTransport(profile) as transport:
        assert {name for name in dir(transport) if not name.startswith("_")} == {"close", "profile", "request"}


@pytest.mark.promise("kneo.sync.double-close", "kneo.sync.lifecycle")
@pytest.mark.parametrize("used", [True, False])
def test_closing_twice_is_quiet_and_ends_everything(serve: Any, used: bool) -> None:
    platform = serve({})
    transport = SyncTransport(profile_of(platform))
    if used:
        transport.request("GET", "/v1/x")
    transport.close()
    transport.close()
    if used:
        platform.wait_until_hung_up()
    with pytest.raises(KneoInvalidRequestError, match="closed"):
        transport.request("GET", "/v1/x")


def test_many_threads_share_one_transport(serve: Any) -> None:
    platform = serve({"ok": True})
    with SyncTransport(profile_of(platform)) as transport, ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: transport.request("GET", f"/v1/{n}").status_code, range(40)))
        assert len(loop_threads()) == 1
    assert answers == [200] * 40
    assert len({request.split()[1] for request in platform.requests}) == 40


@pytest.fixture
def heeding_interrupts() -> Iterator[None]:
    """A job in the background is started ignoring them."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heeding_interrupts")
def test_interrupt_here_cancels_the_call_over_there(serve: Any) -> None:
    def interrupts(connection: socket.socket) -> None:
        signal.pthread_kill(caller, signal.SIGINT)
        with contextlib.suppress(OSError):
            connection.recv(1)

    caller = threading.get_ident()
    platform = serve(interrupts, {"ok": True})
    with SyncTransport(profile_of(platform)) as transport:
        with pytest.raises(KeyboardInterrupt):
            transport.request("GET", "/v1/slow")
        assert transport.request("GET", "/v1/healthz").json() == {"ok": True}


def test_a_transport_closed_during_a_call_says_so(serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    transport = SyncTransport(profile_of(serve((503, {}, {"Retry-After": "20"}))))
    resting, sleep = threading.Event(), asyncio.sleep

    async def rest(seconds: float) -> None:
        resting.set()
        await sleep(seconds)

    monkeypatch.setattr(asyncio, "sleep", rest)
    with ThreadPoolExecutor(1) as pool:
        calling = pool.submit(transport.request, "POST", "/v1/x", idempotency_key="mine")
        assert resting.wait(20)
        transport.close()
        with pytest.raises(KneoNetworkError, match=r"^this client was closed during the call$") as caught:
            calling.result()
    assert (caught.value.outcome, caught.value.idempotency_key) == (Outcome.UNKNOWN, "mine")


def test_calls_that_wait_for_their_answers_when_another_thread_closes_are_told(serve: Any) -> None:
    def keeps_waiting(connection: socket.socket) -> None:
        waiting.release()
        with contextlib.suppress(OSError):
            connection.recv(1)

    waiting = threading.Semaphore(0)
    transport = SyncTransport(profile_of(serve(keeps_waiting)))
    with ThreadPoolExecutor(4) as pool:
        calls = [pool.submit(transport.request, "GET", "/v1/x") for _ in range(4)]
        for _ in calls:
            assert waiting.acquire(timeout=20)
        transport.close()
        for call in calls:
            with pytest.raises(KneoNetworkError, match="closed during the call"):
                call.result()


def test_thread_that_cannot_start_its_loop_is_an_error_and_the_next_call_starts_another(
    serve: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuses(*arguments: object) -> None:
        raise OSError(24, "Too many open files")

    with SyncTransport(profile_of(serve({"ok": True}))) as transport:
        with monkeypatch.context() as patched:
            patched.setattr("anyio.run", refuses)
            with pytest.raises(KneoNetworkError, match=r"did not start: \[Errno 24\]") as caught:
                transport.request("GET", "/v1/x")
        assert caught.value.outcome is Outcome.NOT_SENT
        assert transport.request("GET", "/v1/x").json() == {"ok": True}


def test_calls_are_made_here_where_no_thread_can_start(serve: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuses(self: threading.Thread) -> None:
        if self.name == "kneo-sync-transport":
            raise RuntimeError("can't create new thread at interpreter shutdown")
        start(self)

    start = threading.Thread.start
    platform = serve({"ok": True})
    monkeypatch.setattr(threading.Thread, "start", refuses)
    with SyncTransport(profile_of(platform)) as transport:
        for _ in range(2):
            assert transport.request("POST", "/v1/x", json={"a": 1}, idempotency_key="k").json() == {"ok": True}
    platform.wait_until_hung_up()
    assert platform.connections == 1
    with pytest.raises(KneoInvalidRequestError, match="closed"):
        transport.request("GET", "/v1/x")


@pytest.mark.parametrize("first", ["", "transport.request('GET', '/v1/before')"], ids=["first", "again"])
def test_hooks_of_the_interpreters_end_can_make_calls(serve: Any, first: str) -> None:
    platform = serve({"ok": True})
    code = f"""
import atexit
transport = make()
atexit.register(lambda: print(transport.request("GET", "/v1/at-the-end").status_code))
{first}
"""
    assert run(code, platform.url) == "200\n"


def test_a_transport_closed_just_before_a_call_refuses_it(serve: Any) -> None:
    transport = SyncTransport(profile_of(serve({})))
    loop = transport._running_loop()
    transport.close()
    with pytest.raises(KneoInvalidRequestError, match="closed"):
        loop.request("GET", "/v1/x")


def test_a_lock_that_a_thread_held_during_the_fork_does_not_stop_the_child(serve: Any) -> None:
    with SyncTransport(profile_of(serve({"ok": True}))) as transport:
        transport._gate.thread_lock.acquire()
        transport._gate.process = Process()  # as in a child
        assert transport.request("GET", "/v1/x").json() == {"ok": True}


def run(code: str, *arguments: str) -> str:
    """What the program printed; one that hangs fails the test after a minute."""
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", OPEN + code, *arguments], capture_output=True, text=True, timeout=60
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.promise("kneo.sync.open-transport-does-not-block-exit")
@pytest.mark.parametrize("use", ["", "transport.request('GET', '/v1/healthz')"], ids=["unused", "used"])
def test_transport_left_open_does_not_keep_the_interpreter_alive(serve: Any, use: str) -> None:
    output = run(f"transport = make()\n{use}\nprint('end')", serve({"ok": True}).url)
    assert output == "end\n"


FORK = """
import os
transport = make()
{before}
child = os.fork()
if child == 0:
    try:
        print(transport.request("GET", "/v1/child").status_code, flush=True)
        transport.close()
    finally:
        os._exit(0)
assert os.waitpid(child, 0)[1] == 0
print(transport.request("GET", "/v1/parent").status_code)
transport.close()
"""


@pytest.mark.promise("kneo.sync.no-hang-after-fork")
@pytest.mark.skipif(sys.platform == "win32", reason="there is no fork")
@pytest.mark.parametrize("before", ["", "transport.request('GET', '/v1/before')"], ids=["unused", "used"])
def test_forked_child_and_its_parent_both_go_on(serve: Any, before: str) -> None:
    platform = serve({"ok": True})
    output = run(FORK.format(before=before), platform.url)
    assert output.split() == ["200", "200"]
    paths = [request.split()[1] for request in platform.requests]
    assert paths == [b"/v1/before"] * bool(before) + [b"/v1/child", b"/v1/parent"]


def test_lost_platform_is_a_network_error() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    gone = Profile("x", f"http://127.0.0.1:{port}", "k")
    with SyncTransport(gone, retry_policy=AT_ONCE) as transport, pytest.raises(KneoNetworkError):
        transport.request("GET", "/v1/x")
