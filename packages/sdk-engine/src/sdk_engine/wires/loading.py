"""Loads pyreqwest on a thread that does not end.

Its allocator keeps its main heap with the thread that loads the extension: when that thread ends, the next client
crashes the process (measured with pyreqwest 0.15.1, the test is `test_loading_on_a_thread_that_ends`). The main thread
will do; any other gets a parked daemon thread to load it.
"""

from __future__ import annotations

import sys
import threading


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
