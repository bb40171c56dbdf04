"""What pyreqwest needs from its process: a thread that stays, and rest before the interpreter ends."""

from __future__ import annotations

import asyncio
import importlib
import sys
import threading
from typing import Any

import pytest
from sdk_engine.messages import Request
from sdk_engine.wires import hosting

from .loopback import answer
from .sending import needs_pyreqwest, pyreqwest_wire, run_script

pytestmark = needs_pyreqwest


def test_loading_on_a_thread_that_ends(serve: Any) -> None:
    """Without `load_pyreqwest` the second client kills the process."""
    script = """
        import sys, threading

        def send():
            from sdk_engine.messages import Request
            from sdk_engine.wires.pyreqwest import SyncPyreqwestWire

            wire = SyncPyreqwestWire()
            print(wire.send(Request("GET", sys.argv[1], "/x", {}, None), 5.0).status_code, flush=True)
            wire.close()

        for _ in range(5):
            thread = threading.Thread(target=send)
            thread.start()
            thread.join()
        send()
    """
    assert run_script(script, serve(answer()).base) == ["200"] * 6


def test_ending_in_the_middle_of_a_call(serve: Any) -> None:
    """Without `settle_at_exit` one script in six is killed."""
    script = """
        import asyncio, sys

        from sdk_engine.messages import Request
        from sdk_engine.wires.pyreqwest import AsyncPyreqwestWire

        async def main():
            wire, request = AsyncPyreqwestWire(), Request("GET", sys.argv[1], "/x", {}, None)
            calls = [asyncio.create_task(wire.send(request, 5.0)) for _ in range(8)]
            await calls[0]
            print("bye", flush=True)

        asyncio.run(main())
    """
    assert run_script(script, serve(answer()).base) == ["bye"]


def test_a_thread_that_may_end_leaves_the_loading_to_one_that_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    importlib.import_module("pyreqwest.client")
    for load in (True, False):
        with monkeypatch.context() as context:
            if load:
                context.delitem(sys.modules, "pyreqwest")
            loading = threading.Thread(target=hosting.load_pyreqwest)
            loading.start()
            loading.join()
        assert [thread.name for thread in threading.enumerate()].count("pyreqwest-home") == 1


def test_wires_left_open_are_closed_at_the_end(serve: Any) -> None:
    server = serve(answer())

    async def leave_open() -> Any:
        wire = pyreqwest_wire("AsyncPyreqwestWire")
        await wire.send(Request("GET", server.base, "/x", {}, None), 5.0)
        return wire

    wires = [asyncio.run(leave_open()) for _ in range(2)]
    hosting._settle()
    assert all(wire._closed for wire in wires)
