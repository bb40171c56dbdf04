"""Wires when their process ends: left open, used in exit hooks, with calls under way, without a descriptor left."""

from __future__ import annotations

import os
import sys
import textwrap

import pytest

from .loopback import KeepAlive, answer
from .sending import run_script

CLIENTS = pytest.mark.parametrize("client", ["", "httpx"], ids=["default", "httpx"])
BEGINNING = textwrap.dedent("""
    import asyncio, atexit, sys, threading

    from sdk_engine.messages import Request, WireFailure
    from sdk_engine.wires import async_wire, sync_wire

    request = Request("GET", sys.argv[1], "/x", {}, None)
    choice = sys.argv[2] or None

    def run(wire):
        if "trio" in sys.argv:
            import trio
            return trio.run(wire.send, request, 5.0)
        return asyncio.run(wire.send(request, 5.0))
""")


@CLIENTS
def test_a_process_ends_quietly_although_its_wires_are_open(client: str) -> None:
    script = """
        wires, loop = (sync_wire(choice), async_wire(choice)), asyncio.new_event_loop()
        print(wires[0].send(request, 5.0).status_code, run(wires[1]).status_code)
        print(loop.run_until_complete(wires[1].send(request, 5.0)).status_code)  # a loop that is never finished
    """
    with KeepAlive() as server:
        assert run_script(BEGINNING + textwrap.dedent(script), server.base, client) == ["200", "200", "200"]
    assert server.left_open == 0


@CLIENTS
@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@pytest.mark.parametrize("registered", ["before", "after"], ids=["before the first request", "after it"])
@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_exit_hooks_use_clients_of_before_and_new_ones(
    client: str, backend: str, registered: str, host: str, serve: object
) -> None:
    if client == "httpx" and host == "localhost":
        pytest.skip("httpx looks names up on threads, and none can be started any more")
    script = """
        old = sync_wire(choice), async_wire(choice)

        def use(blocking, awaited):
            print(blocking.send(request, 5.0).status_code, run(awaited).status_code)

        def hook():
            use(*old)
            use(sync_wire(choice), async_wire(choice))

        if "before" in sys.argv:
            atexit.register(hook)
        use(*old)
        if "before" not in sys.argv:
            atexit.register(hook)
    """
    with KeepAlive() as server:
        base = server.base.replace("127.0.0.1", host)
        assert run_script(BEGINNING + textwrap.dedent(script), base, client, backend, registered) == ["200"] * 6


@CLIENTS
def test_an_event_loop_of_the_users_own_may_be_left_as_it_is(client: str) -> None:
    """Nothing waits for it, nothing complains, and an exit hook goes on using it."""
    script = """
        loop, wire = asyncio.new_event_loop(), async_wire(choice)

        def use():
            print(loop.run_until_complete(wire.send(request, 5.0)).status_code)

        atexit.register(use)
        use()
        atexit.register(use)
    """
    with KeepAlive() as server:
        assert run_script(BEGINNING + textwrap.dedent(script), server.base, client) == ["200"] * 3


@CLIENTS
def test_a_process_ends_in_the_middle_of_calls(client: str) -> None:
    script = """
        blocking = sync_wire(choice)

        async def main():
            wire = async_wire(choice)
            calls = [asyncio.create_task(wire.send(request, 5.0)) for _ in range(8)]
            await asyncio.sleep(0.2)

        for _ in range(4):
            threading.Thread(target=lambda: blocking.send(request, 5.0), daemon=True).start()
        asyncio.run(main())
        print("bye", flush=True)
    """
    with KeepAlive() as server:
        server.hold.clear()
        assert run_script(BEGINNING + textwrap.dedent(script), server.base, client) == ["bye"]


@pytest.mark.skipif(sys.platform == "win32", reason="there are no such limits")
@pytest.mark.parametrize("warm", ["warm", "cold"])
@pytest.mark.parametrize("backend", ["threads", "asyncio", "trio"])
def test_without_a_descriptor_left_a_call_is_a_typed_error_and_the_next_one_works(
    backend: str, warm: str, serve: object
) -> None:
    script = """
        import os, resource

        def without_descriptors():
            resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))
            taken = []
            try:
                while True:
                    taken.append(os.open(os.devnull, os.O_RDONLY))
            except OSError:
                return taken

        def send(wire):
            return wire.send(request, 5.0)

        async def tasks():
            wire = async_wire()
            wire.load()
            if "warm" in sys.argv:
                await send(wire)
            taken = without_descriptors()
            try:
                await send(wire)
            except WireFailure as failure:
                print(failure.outcome.name, failure.transient, "oo many open files" in str(failure))
            for descriptor in taken:
                os.close(descriptor)
            print((await send(wire)).status_code)
            await wire.aclose()

        def threads():
            wire = sync_wire()
            wire.load()
            if "warm" in sys.argv:
                send(wire)
            taken = without_descriptors()
            try:
                send(wire)
            except WireFailure as failure:
                print(failure.outcome.name, failure.transient, "oo many open files" in str(failure))
            for descriptor in taken:
                os.close(descriptor)
            print(send(wire).status_code)
            wire.close()

        if "threads" in sys.argv:
            threads()
        elif "trio" in sys.argv:
            import trio
            trio.run(tasks)
        else:
            asyncio.run(tasks())
    """
    server = serve(answer())  # type: ignore[operator]
    assert run_script(BEGINNING + textwrap.dedent(script), server.base, "", backend, warm) == [
        "NOT_SENT",
        "True",
        "True",
        "200",
    ]


@pytest.mark.skipif(sys.version_info < (3, 12), reason="subinterpreters are otherwise named")
def test_a_subinterpreter_ends_although_connections_of_its_own_are_idle(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [each for each in os.environ if each.startswith("COVERAGE_PROCESS")]:
        monkeypatch.delenv(name)  # coverage cannot measure there
    module = "_interpreters" if sys.version_info >= (3, 13) else "_xxsubinterpreters"
    script = """
        import sys, textwrap
        import {module} as interpreters

        config = {config}
        interpreter = interpreters.create(config) if config is not None else interpreters.create(isolated=False)
        interpreters.run_string(interpreter, textwrap.dedent('''
            from sdk_engine.messages import Request
            from sdk_engine.wires import sync_wire

            wire = sync_wire()
            wire.send(Request("GET", %r, "/x", {{}}, None), 5.0)
        ''' % sys.argv[1]))
        interpreters.destroy(interpreter)
        print("bye")
    """.format(module=module, config="'legacy'" if sys.version_info >= (3, 13) else None)
    with KeepAlive() as server:
        assert run_script(script, server.base) == ["bye"]
