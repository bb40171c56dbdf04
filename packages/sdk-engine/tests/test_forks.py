"""Wires in a forked child: connections of its own, and hands off its parent's."""

from __future__ import annotations

import os
import textwrap

import pytest

from .loopback import KeepAlive
from .sending import run_script

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="no fork on this platform")
CLIENTS = pytest.mark.parametrize("client", ["", "httpx"], ids=["default", "httpx"])

BEGINNING = textwrap.dedent("""
    import asyncio, os, sys

    if sys.version_info < (3, 13):  # where a thread that was joined may still be counted
        import warnings
        warnings.simplefilter("ignore", DeprecationWarning)

    from sdk_engine.messages import Request
    from sdk_engine.wires import async_wire, sync_wire

    request = Request("GET", sys.argv[1], "/x", {}, None)
    blocking, awaited = sync_wire(sys.argv[2] or None), async_wire(sys.argv[2] or None)
""")


@CLIENTS
def test_a_forked_child_sends_on_connections_of_its_own(client: str) -> None:
    """No warning, either, about a fork with threads: the one that closes idle connections has ended by then."""
    script = """
        def send():
            answers = blocking.send(request, 5.0), asyncio.run(awaited.send(request, 5.0))
            print(*(answer.status_code for answer in answers), flush=True)

        send()
        child = os.fork()
        if child:
            assert os.waitpid(child, 0)[1] == 0
        send()
        blocking.close()
        if not child:
            os._exit(0)
    """
    with KeepAlive() as server:
        assert run_script(BEGINNING + textwrap.dedent(script), server.base, client) == ["200"] * 6
    # the parent's thread keeps one connection, the child makes one, and every event loop makes one
    assert (server.connections, server.left_open) == (5, 0)


@CLIENTS
def test_a_child_that_closes_its_clients_leaves_its_parents_connections_open(client: str) -> None:
    script = """
        loop = asyncio.new_event_loop()

        def send():
            print(blocking.send(request, 5.0).status_code, flush=True)
            print(loop.run_until_complete(awaited.send(request, 5.0)).status_code, flush=True)

        send()
        child = os.fork()
        if child:
            assert os.waitpid(child, 0)[1] == 0
            send()
        blocking.close()
        if child:
            loop.run_until_complete(awaited.aclose())
            loop.close()
        else:
            loop.run_until_complete(loop.shutdown_asyncgens())
            os._exit(0)
    """
    with KeepAlive() as server:
        assert run_script(BEGINNING + textwrap.dedent(script), server.base, client) == ["200"] * 4
    assert (server.connections, server.left_open) == (2, 0)


@CLIENTS
def test_a_child_forked_in_a_running_loop_gets_a_typed_error_or_sends_on_a_thread(client: str) -> None:
    script = """
        from sdk_engine.messages import WireFailure

        async def main():
            await awaited.send(request, 5.0)
            child = os.fork()
            if child:
                assert os.waitpid(child, 0)[1] == 0
                return
            try:
                await awaited.send(request, 5.0)
            except WireFailure as failure:
                print(failure.outcome.name, "no event loop runs here" in str(failure), flush=True)
            print(blocking.send(request, 5.0).status_code, flush=True)
            os._exit(0)

        asyncio.run(main())
    """
    with KeepAlive() as server:
        assert run_script(BEGINNING + textwrap.dedent(script), server.base, client) == ["NOT_SENT", "True", "200"]


def test_threads_that_fork_at_the_same_time() -> None:
    script = """
        import threading

        blocking.send(request, 5.0)
        together, states = threading.Barrier(4), []

        def fork():
            together.wait()
            child = os.fork()
            if not child:
                os._exit(blocking.send(request, 5.0).status_code != 200)
            states.append(os.waitpid(child, 0)[1])

        import warnings
        warnings.simplefilter("ignore")  # Python's own, about forking with threads
        threads = [threading.Thread(target=fork) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        print(blocking.send(request, 5.0).status_code, *states)
    """
    with KeepAlive() as server:
        assert run_script(BEGINNING + textwrap.dedent(script), server.base, "") == ["200", "0", "0", "0", "0"]
