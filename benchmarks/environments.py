"""Where the benchmark runs: its environments under `.cache/bench-env`, and the cores of client and server."""

from __future__ import annotations

import datetime
import functools
import os
import platform
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent
CACHE = ROOT / ".cache" / "bench-env"

OURS = "ours"
PUBLISHED = "published"
PUBLISHED_KNOXCALL = "published-knoxcall"
PUBLISHED_KAIZEN = "published-kaizen"
TOON = "toon"
SHAPES = "shapes"

_PACKAGES = ("sdk-engine", "kneo-client", "knoxcall", "kaizen-client")

# sniffio is with everything: without it each call through httpx costs half as much again
_REQUIREMENTS = {
    OURS: [
        *(f"./packages/{name}" for name in _PACKAGES),
        "httpx==0.28.1",
        "sniffio==1.3.1",
        "httpx2==2.16.2",
        "aiohttp==3.14.5",
        "pyreqwest==0.15.1",
        "matplotlib>=3.10,<4",
    ],
    PUBLISHED: ["kneo-client==1.2.0", "httpx==0.28.1", "sniffio==1.3.1"],
    PUBLISHED_KNOXCALL: ["knoxcall==1.2.0", "httpx==0.28.1", "sniffio==1.3.1"],
    PUBLISHED_KAIZEN: ["kaizen-client==0.1.4", "httpx==0.28.1", "sniffio==1.3.1"],
    TOON: ["toon-format==1.2.0", "toons==0.9.0", "python-toon==0.2.0"],
    SHAPES: [
        "./packages/sdk-engine",
        "./packages/kaizen-client",
        "PyYAML==6.0.4",
        "toon-format==1.2.0",
        "bpe-openai==0.1.4",
    ],
}


def prepare(names: tuple[str, ...] = tuple(_REQUIREMENTS)) -> None:
    """Make the environments, with our packages as they are now: built and installed as users get them."""
    for name in names:
        folder = CACHE / name
        if not python(name).exists():
            _uv("venv", "--quiet", "--python", sys.executable, str(folder))
        renewed = [f"--reinstall-package={package}" for package in _PACKAGES] if name in (OURS, SHAPES) else []
        options = ["--quiet", "--compile-bytecode", "--no-sources", "--python", str(python(name))]
        _uv("pip", "install", *options, *renewed, *_REQUIREMENTS[name])


def variables() -> dict[str, str]:
    """Environment variables of whatever is measured: nobody's own settings, and nothing that starts by itself."""
    own = ("KNEO_", "KNOXCALL_", "KAIZEN_")
    return {name: value for name, value in os.environ.items() if not name.startswith(own)} | {
        "KNOXCALL_AUTOSTART": "off"
    }


def python(environment: str) -> Path:
    """The interpreter of an environment."""
    return CACHE / environment / "bin" / "python"


@functools.cache
def cores() -> tuple[int, int]:
    """A core for the client and another for the server; the same one twice where there is no other."""
    allowed = sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else [0]
    return allowed[0], allowed[-1]


def machine() -> dict[str, str]:
    """What the figures depend on."""
    cpu = Path("/proc/cpuinfo")
    models = (
        [line.partition(":")[2].strip() for line in cpu.open() if line.startswith("model name")] if cpu.exists() else []
    )
    load = f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown"
    return {
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "Python": platform.python_version(),
        "on": f"{models[0] if models else platform.machine()}, {len(set(cores()))} cores used",
        "load at the start": load,
    }


def _uv(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "uv", *arguments], cwd=ROOT, check=True)
