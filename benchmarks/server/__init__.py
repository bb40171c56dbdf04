"""The server that all clients talk to: its own process, on its own core, never the bottleneck."""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.environments import CACHE, HERE, cores
from benchmarks.server.answers import answer, bodies

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Server:
    """A running server."""

    url: str
    pid: int
    kind: str

    def cpu(self) -> float:
        """Seconds of CPU it has used so far; 0 where that cannot be read."""
        with contextlib.suppress(OSError):
            fields = Path(f"/proc/{self.pid}/stat").read_text().rpartition(")")[2].split()
            return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
        return 0.0


@contextlib.contextmanager
def running() -> Iterator[Server]:
    """Start the server: the C one where a compiler is found, else the Python one."""
    routes = []
    for number, (prefix, body) in enumerate(bodies().items()):
        file = CACHE / f"answer-{number}.http"
        file.write_bytes(answer(body))
        routes.append(f"{prefix}={file}")
    binary = _compiled()
    command = [str(binary)] if binary else [sys.executable, str(HERE / "server" / "canned.py")]
    process = subprocess.Popen([*command, *routes], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(process.pid, {cores()[1]})
        assert process.stdout is not None
        port = int(process.stdout.readline())
        yield Server(f"http://127.0.0.1:{port}", process.pid, "C, epoll" if binary else "Python, asyncio")
    finally:
        process.communicate()  # it ends with its standard input, also when this process is killed


def _compiled() -> Path | None:
    compiler = shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if compiler is None or not sys.platform.startswith("linux"):
        return None
    binary = CACHE / "canned"
    source = HERE / "server" / "canned.c"
    if not binary.exists() or binary.stat().st_mtime < source.stat().st_mtime:
        subprocess.run([compiler, "-O2", "-o", str(binary), str(source)], check=True)
    return binary
