"""Loads pyreqwest on a thread that does not end.

Its allocator keeps its main heap with the thread that loads the extension: when that thread ends, the next client
crashes the process (measured with pyreqwest 0.15.1, the test is `test_loading_on_a_thread_that_ends`). The main thread
will do; any other gets a parked daemon thread to load it.
"""

from __future__ import annotations

import threading


def _load(loaded: threading.Event | None = None) -> None:
    try:
        import pyreqwest.client  # noqa: F401  # pyright: ignore[reportUnusedImport]
    finally:
        if loaded is not None:
            loaded.set()
    if loaded is not None:
        threading.Event().wait()


if threading.current_thread() is threading.main_thread():
    _load()
else:
    _loaded = threading.Event()
    threading.Thread(target=_load, args=(_loaded,), name="pyreqwest-home", daemon=True).start()
    _loaded.wait()
