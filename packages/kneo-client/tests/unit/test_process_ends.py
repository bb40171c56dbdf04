"""Calls at the end of a process, in one without free file descriptors, and in a child forked in a running loop."""

import os
import subprocess
import sys
import textwrap
from typing import Any

import pytest

PROGRAM = """
import asyncio, atexit, os, sys, threading
from contextlib import suppress

from kneo_client import KneoClient
from kneo_client.client import SyncKneoClient
from kneo_client.core.errors import KneoError, KneoNetworkError
from kneo_client.core.profiles import Profile
from kneo_client.core.retries import RetryPolicy
from kneo_client.core.transport import SyncTransport

profile = Profile("x", sys.argv[1], "k", timeout=20)

def portal(client):
    print(client.request("GET", "/v1/runs/r").json()["run_id"], flush=True)

def blocking(client):
    print(client.platform.runs.get("r").run_id, flush=True)

def awaited(client):
    print(asyncio.run(client.platform.runs.get("r")).run_id, flush=True)
"""
HOW = {"KneoClient": "awaited", "SyncKneoClient": "blocking", "SyncTransport": "portal"}
RUN = {"run_id": "r", "status": "running"}


def run(code: str, url: str) -> tuple[int, str, str]:
    """How the program ended, and its words; one that hangs fails the test after a minute."""
    done = subprocess.run(
        [sys.executable, "-c", PROGRAM + textwrap.dedent(code), url],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, " ".join(done.stdout.split()), done.stderr


each_client = pytest.mark.parametrize("name", HOW)


@each_client
@pytest.mark.parametrize("place", ["127.0.0.1", "localhost"])
def test_a_hook_at_the_exit_may_make_a_client(serve: Any, name: str, place: str) -> None:
    url = serve(RUN).url.replace("127.0.0.1", place)
    code = f"""
    atexit.register(lambda: {HOW[name]}({name}(profile)))
    {HOW[name]}({name}(profile))
    """
    assert run(code, url) == (0, "r r", "")


@each_client
@pytest.mark.parametrize("used", [True, False], ids=["used before", "first used there"])
def test_a_hook_of_before_the_first_request_may_use_the_client_of_before(serve: Any, name: str, used: bool) -> None:
    code = f"""
    client = {name}(profile)
    atexit.register(lambda: {HOW[name]}(client))
    if {used}:
        {HOW[name]}(client)
    """
    assert run(code, serve(RUN).url) == (0, "r r" if used else "r", "")


def test_a_hook_may_go_on_with_the_event_loop_of_before(serve: Any) -> None:
    code = """
    loop, client = asyncio.new_event_loop(), KneoClient(profile)
    ask = lambda: print(loop.run_until_complete(client.platform.runs.get("r")).run_id, flush=True)
    atexit.register(ask)
    ask()
    """
    assert run(code, serve(RUN).url) == (0, "r r", "")


@each_client
def test_a_thread_that_outlives_the_main_one_may_make_its_first_call(serve: Any, name: str) -> None:
    code = f"""
    def late():
        threading.main_thread().join()
        {HOW[name]}({name}(profile))

    threading.Thread(target=late).start()
    """
    assert run(code, serve(RUN).url) == (0, "r", "")


# --- no file descriptor is free

NO_FILES = """
import resource
resource.setrlimit(resource.RLIMIT_NOFILE, (96, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
held = []

def exhaust():
    with suppress(OSError):
        while True:
            held.append(os.dup(0))

def release():
    while held:
        os.close(held.pop())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such limit")
@pytest.mark.parametrize("call", ["runs.get('r')", "runs.create({'input': 'x'})", "runs.trace('r')"])
@pytest.mark.parametrize("retries", [True, False])
def test_no_free_descriptor_is_a_failed_connection(serve: Any, call: str, retries: bool) -> None:
    code = f"""
    async def main():
        client = KneoClient(profile, retry_policy=RetryPolicy(max_attempts=2 if {retries} else 1, base_delay=0.01))
        exhaust()
        try:
            await client.platform.{call}
        except KneoError as error:
            release()
            print(type(error).__name__, error.outcome.name, error.attempts, flush=True)
        release()
        print((await client.platform.runs.get("r")).run_id, flush=True)

    asyncio.run(main())
    """
    expected = f"KneoNetworkError NOT_SENT {2 if retries else 1} r"
    assert run(NO_FILES + textwrap.dedent(code), serve(RUN).url) == (0, expected, "")


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such limit")
def test_no_free_descriptor_in_the_middle_of_a_run(serve: Any) -> None:
    code = """
    async def main():
        client = KneoClient(profile, retry_policy=RetryPolicy(max_attempts=1))
        print((await client.platform.runs.get("r")).run_id, flush=True)
        exhaust()
        ends = await asyncio.gather(*(client.platform.runs.get("r") for _ in range(3)), return_exceptions=True)
        release()
        print(*sorted(type(end).__name__ for end in ends), flush=True)

    asyncio.run(main())
    """  # one has the connection that is open; the others need one each
    expected = "r KneoNetworkError KneoNetworkError RunStatusResponse"
    assert run(NO_FILES + textwrap.dedent(code), serve(RUN).url) == (0, expected, "")


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such limit")
@pytest.mark.parametrize("name", ["SyncKneoClient", "SyncTransport"])
def test_a_blocking_client_without_a_free_descriptor_goes_on_when_there_is_one(serve: Any, name: str) -> None:
    code = f"""
    client = {name}(profile)
    exhaust()
    try:
        {HOW[name]}(client)
    except KneoNetworkError as error:
        release()
        print(error.outcome.name, flush=True)
    release()
    {HOW[name]}(client)
    """
    assert run(NO_FILES + textwrap.dedent(code), serve(RUN).url) == (0, "NOT_SENT r", "")


# --- forked in a running event loop

FORKED = """
async def main():
    client = KneoClient(profile)
    print((await client.platform.runs.get("r")).run_id, flush=True)
    child = os.fork()
    if not child:
        code = 1
        try:
            {child}
            code = 0
        finally:
            os._exit(code)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
    print((await client.platform.runs.get("r")).run_id, flush=True)

asyncio.run(main())
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
@pytest.mark.parametrize(
    "child",
    [
        "with suppress(KneoError): await client.platform.runs.get('r')",
        "with suppress(KneoError): await client.platform.runs.create({'input': 'x'})",
        "with suppress(KneoError): await KneoClient(profile).platform.runs.get('r')",
        "asyncio.run(client.platform.runs.get('r'))",
        "SyncKneoClient(profile).platform.runs.get('r')",
        "SyncTransport(profile).request('GET', '/v1/runs/r')",
    ],
)
def test_a_child_forked_in_a_running_event_loop_gets_an_answer_or_a_typed_error(serve: Any, child: str) -> None:
    assert run(FORKED.format(child=child), serve(RUN).url) == (0, "r 0 r", "")
