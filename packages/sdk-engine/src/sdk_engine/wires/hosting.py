"""What pyreqwest needs from the process it runs in. Both needs were measured with 0.15.1; ADR 004 has the figures.

It must be loaded on a thread that does not end: its allocator keeps its main heap with the thread that loads the
extension, and the next client made after that thread ended crashes the process.

It must be idle when the interpreter ends: its own thread hands results to asyncio under the GIL, and one that is still
at it during finalization aborts the process (26 of 150 short scripts; none when this module settles it first).
"""

from __future__ import annotations

import atexit
import contextlib
import sys
import threading
import weakref
from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sdk_engine.wires.pyreqwest import AsyncPyreqwestWire

_open_wires: weakref.WeakSet[AsyncPyreqwestWire] = weakref.WeakSet()


def load_pyreqwest() -> None:
    """Import it where it may stay; a second call finds it imported."""
    if threading.current_thread() is threading.main_thread():
        import pyreqwest.client  # noqa: F401  # pyright: ignore[reportUnusedImport]
    elif "pyreqwest" not in sys.modules:
        loaded = threading.Event()
        threading.Thread(target=_load_and_stay, args=(loaded,), name="pyreqwest-home", daemon=True).start()
        loaded.wait()


def _load_and_stay(loaded: threading.Event) -> None:
    try:
        import pyreqwest.client  # noqa: F401  # pyright: ignore[reportUnusedImport]
    finally:
        loaded.set()
    threading.Event().wait()


def settle_at_exit(wire: AsyncPyreqwestWire) -> None:
    """Close this wire when the interpreter ends, if it is still open then."""
    if not _open_wires:
        atexit.unregister(_settle)
        atexit.register(_settle)  # last registered, first run: before whatever the wire's users registered
    _open_wires.add(wire)


def _settle() -> None:
    """End what is under way, then wait until pyreqwest's thread has nothing left to do."""
    import asyncio

    from pyreqwest.client import SyncClientBuilder
    from pyreqwest.exceptions import PyreqwestError

    async def close_all() -> None:
        for wire in list(_open_wires):
            with contextlib.suppress(PyreqwestError, RuntimeError):
                await wire.aclose()

    asyncio.run(close_all())
    with contextlib.suppress(PyreqwestError, RuntimeError):  # RuntimeError: a forked child has no such thread
        # one more turn of that thread, which takes its work in order; no time is allowed, so nothing is sent
        SyncClientBuilder().no_proxy().build().get("http://127.0.0.1:9").timeout(timedelta(0)).build().send()
