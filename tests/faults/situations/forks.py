"""Processes that are forked: with a live client, in a thread, by a pool, by gunicorn, inside a running event loop."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import suppress
from typing import Any

from tests.faults.situations.products import AWAITED, KINDS, Control, done, ours, say

_kept: list[Any] = []
PATIENCE = 20
"""Seconds after which a child that hangs is killed."""


def live(kind: str, url: str) -> None:
    """A client that has served, in an event loop that goes on; the child ends as processes do, hooks and all."""
    client, ask = _living(kind, url)
    _kept.append(client)
    print(ask("before"), flush=True)
    for number in range(2):
        child = os.fork()
        if not child:
            signal.alarm(PATIENCE)
            say(client, f"child{number}")
            sys.exit(7)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
    print(ask("after"), flush=True)


def live_new(kind: str, url: str) -> None:
    """The same, and the child makes a client of its own; the old one is dropped there."""
    client, ask = _living(kind, url)
    print(ask("before"), flush=True)
    child = os.fork()
    if not child:
        signal.alarm(PATIENCE)
        del client, ask
        say(KINDS[kind](url), "child")
        sys.exit(7)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
    print(ask("after"), flush=True)


def _living(kind: str, url: str) -> tuple[Any, Any]:
    client = KINDS[kind](url)
    if kind not in AWAITED:
        return client, client.call
    import asyncio

    loop = asyncio.new_event_loop()
    _kept.append(loop)
    return client, lambda name: loop.run_until_complete(client.call(name))


def in_a_thread(kind: str, url: str) -> None:
    """Five forks on a thread while four others are in the middle of calls: whatever lock they hold stays locked."""
    client, enough = KINDS[kind](url), threading.Event()
    say(client, "before")

    def busy(number: int) -> None:
        while not enough.is_set():
            done(client.call(f"busy{number}"))

    def fork() -> None:
        for number in range(5):
            child = os.fork()
            if not child:
                signal.alarm(PATIENCE)
                _say_and_end(client, f"child{number}")
            print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
        enough.set()

    threads = [threading.Thread(target=busy, args=(number,)) for number in range(4)]
    threads.append(threading.Thread(target=fork))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    say(client, "after")


def _say_and_end(client: Any, name: str) -> None:
    code = 1
    try:
        say(client, name)
        code = 0
    finally:
        os._exit(code)


def pool(kind: str, url: str) -> None:
    """The workers of a `multiprocessing` pool use the client of their parent."""
    import multiprocessing

    _kept.append(KINDS[kind](url))
    say(_kept[0], "before")
    with multiprocessing.get_context("fork").Pool(2) as workers:
        print(*sorted(workers.map(_in_worker, ["w0", "w1", "w2", "w3"], chunksize=1)), flush=True)
        workers.close()
        workers.join()
    say(_kept[0], "after")


def _in_worker(name: str) -> str:
    return done(_kept[0].call(name))


def in_a_running_loop(kind: str, url: str) -> None:
    """A child forked by a coroutine has no event loop of its own yet: a typed error is right, and so is an answer."""
    import asyncio

    client = KINDS[kind](url)

    async def ask(name: str) -> str:
        return await client.call(name) if kind in AWAITED else client.call(name)

    async def main() -> None:
        print(await ask("before"), flush=True)
        child = os.fork()
        if not child:
            signal.alarm(PATIENCE)
            code = 1
            try:
                await _typed_or_answered(client, ask("child"))
                say(KINDS[kind](url), "new")
                code = 0
            finally:
                os._exit(code)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
        print(await ask("after"), flush=True)

    asyncio.run(main())


async def _typed_or_answered(client: Any, call: Any) -> None:
    try:
        answer = await call
    except client.error:
        answer = "child"
    print(answer, flush=True)


DRIVER = """
import os, signal, sys
from http.client import HTTPConnection

try:
    for number in range(8):
        connection = HTTPConnection(sys.argv[1], timeout=30)
        connection.request("GET", f"/w{number % 2}")
        print(connection.getresponse().read().decode(), flush=True)
finally:
    os.kill(int(sys.argv[2]), signal.SIGTERM)
"""


def preload(kind: str, url: str) -> None:
    """A gunicorn that loads the application, and makes its first call, before it forks two workers."""
    from gunicorn.app.base import BaseApplication

    class Server(BaseApplication):  # type: ignore[misc]
        def load_config(self) -> None:
            settings = {"bind": "127.0.0.1:0", "workers": 2, "preload_app": True, "loglevel": "critical"}
            for name, value in {**settings, "when_ready": _drive, "control_socket_disable": True}.items():
                with suppress(AttributeError, KeyError):  # a setting that this gunicorn does not have
                    self.cfg.set(name, value)

        def load(self) -> Any:
            client = KINDS[kind](url)
            _kept.append(client)
            say(client, "before")

            def application(environ: dict[str, Any], start_response: Any) -> list[bytes]:
                said = done(client.call(environ["PATH_INFO"].strip("/")))
                start_response("200 OK", [("Content-Length", str(len(said)))])
                return [said.encode()]

            return application

    Server().run()


def _drive(server: Any) -> None:
    host, port = server.LISTENERS[0].sock.getsockname()
    _kept.append(subprocess.Popen([sys.executable, "-SEc", DRIVER, f"{host}:{port}", str(os.getpid())]))


def with_calls_under_way(kind: str, url: str) -> None:
    """Fork while daemon threads wait for answers: the child's end neither hangs nor touches what is its parent's."""
    client, control = KINDS[kind](url), Control(url)

    def wait(number: int) -> None:
        with suppress(Exception):
            print(done(client.call(ours("hang", number))), flush=True)

    for number in range(3):
        threading.Thread(target=wait, args=(number,), daemon=True).start()
    control.ask(ours("held", 3))
    mine = ours("left", 0)
    child = os.fork()
    if not child:
        signal.alarm(PATIENCE)
        say(client, "child")
        sys.exit(7)
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
    print(control.ask(mine), flush=True)
