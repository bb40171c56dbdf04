"""A product, served by its own server program on a loopback port, until the `with` block is left."""

from __future__ import annotations

import os
import socket
import subprocess
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx

from tests.downstream import environments

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kneo_client.local import LocalPlatform

_ALIVE = {"dash": "/api/livez", "studio": "/api/me"}
_STARTUP = 30.0


@dataclass
class Product:
    """A product that is served."""

    name: str
    client: str
    url: str
    folder: Path
    http: httpx.Client
    notes: dict[str, Any] = field(default_factory=dict)

    def call(self, method: str, path: str, json: Any = None) -> httpx.Response:
        """One request to its API."""
        return self.http.request(method, path, json=json)


@contextmanager
def serving(name: str, client: str, platform: LocalPlatform, folder: Path) -> Iterator[Product]:
    """The product with one of the clients, for an administrator of that platform."""
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    programs = environments.python(name, client).parent
    if name == "dash":
        command = [str(programs / "uvicorn"), "kneo_dash.app:app", "--port", str(port)]
        settings = {"KNEO_DASH_DEV_MODE": "1", "KNEO_DASH_DB_URL": f"sqlite:///{folder}/dash.db"}
    else:
        command = [str(programs / "kneo-studio")]
        (folder / "project").mkdir()
        settings = {
            "KNEO_STUDIO_DEFAULT_PROFILE": "default",
            "KNEO_STUDIO_PROJECT_ROOT": str(folder / "project"),
            "KNEO_STUDIO_PORT": str(port),
        }
    inherited = {key: value for key, value in os.environ.items() if not key.startswith("KNEO_")}
    own = {"KNEO_URL": platform.url, "KNEO_API_KEY": platform.profile.api_key, "HOME": str(folder)}
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            command, env={**inherited, **own, **settings}, cwd=folder, stdout=log, stderr=subprocess.STDOUT
        )
    try:
        with httpx.Client(base_url=url, headers={"Origin": url}, timeout=30) as http:
            _wait(process, http, _ALIVE[name], folder / "log")
            yield Product(name, client, url, folder, http)
    finally:
        process.terminate()
        process.wait()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def _wait(process: subprocess.Popen[bytes], http: httpx.Client, path: str, log: Path) -> None:
    end = time.monotonic() + _STARTUP
    while process.poll() is None and time.monotonic() < end:
        with suppress(httpx.TransportError):
            if http.get(path).is_success:
                return
        time.sleep(0.05)
    raise RuntimeError(f"it did not start:\n{log.read_text()[-3000:]}")
