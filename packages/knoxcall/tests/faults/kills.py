"""A process that dies while it renews the login leaves the old file or the new one: whole, private, and not locked.

Every call that Python makes into C, system calls among them, is a moment to die at. Each death is a real SIGKILL.
"""

import json
import os
import signal
import stat
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from sdk_engine.redaction import Secret

from knoxcall.auth import stored
from knoxcall.private_files import write_private
from knoxcall.token import Token

OLD, NEW = "rt_old", "rt_new"


def save(path: Path) -> None:
    """What a refresh does with the file once it has its answer."""
    lock = stored.RefreshLock(path)
    assert lock.take_turn()
    assert lock.mark()
    token = Token(Secret("kc_new"), "Bearer", time.time() + 3600, 3600.0, refresh_token=Secret(NEW))
    stored.StoredLogin(path, "default", None, None)._write(token)
    lock.release()


def begin(path: Path) -> None:
    profile = {"client_id": "cli", "refresh_token": OLD, "note": "x" * 20_000}
    write_private(path, json.dumps({"version": 1, "profiles": {"default": profile}}).encode())


def refresh_token(path: Path) -> str:
    """The token in the file, which must be whole, and private like everything beside it."""
    for file in path.parent.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
    found: str = json.loads(path.read_bytes())["profiles"]["default"]["refresh_token"]
    return found


def die_at(step: int) -> Callable[..., None]:
    """A profiler that kills the process before its step-th call into C."""
    left = step

    def profiler(frame: Any, event: str, argument: Any) -> None:
        nonlocal left
        left -= event == "c_call"
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    return profiler


def killed_at(step: int, path: Path) -> bool:
    """Save in a child that dies at this step; False if it had finished before."""
    child = os.fork()
    if child == 0:
        sys.setprofile(die_at(step))
        save(path)
        sys.setprofile(None)
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    if os.WIFSIGNALED(status):
        assert os.WTERMSIG(status) == signal.SIGKILL
        return True
    assert status == 0
    return False


def kill_at_every_step(folder: Path) -> tuple[int, int]:
    """Steps that were died at, and how many of them left the new file. The next process can always go on."""
    path = folder / "credentials.json"
    stored._STALE = -1.0  # the process that comes after need not wait for the marker's minute: nobody else is here
    step = new = 0
    while True:
        begin(path)
        step += 1
        if not killed_at(step, path):
            return step - 1, new
        found = refresh_token(path)
        assert found in (OLD, NEW)
        new += found == NEW
        save(path)
        assert refresh_token(path) == NEW


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        deaths, late = kill_at_every_step(Path(name) / "knoxcall")
    print(f"{deaths} deaths, {late} of them after the new file was there")
