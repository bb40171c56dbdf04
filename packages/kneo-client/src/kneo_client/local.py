"""`LocalPlatform`: the real Kneo Agent Platform on this machine, for as long as a `with` block lasts."""

from __future__ import annotations

import http.client
import importlib.util
import os
import secrets
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Literal, get_args

from kneo_client.core.profiles import Profile

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from typing import Self

__all__ = ["LocalPlatform", "LocalPlatformError", "Role"]

Role = Literal["admin", "operator", "reviewer", "service", "viewer"]
"""The platform's roles, from every scope (admin) down to reading only (viewer)."""

_HOST = "127.0.0.1"
_PORT_FILE = "platform.port"
_LOG_FILE = "platform.log"
_LOG_TAIL = 20
_PROBE_INTERVAL = 0.05
_PROBE_TIMEOUT = 1.0
_STOP_TIMEOUT = 5.0
_IDLE_POLL = "0.05"  # seconds between the idle worker's looks at the queue; 1 by default, which a person notices
_INSTALL = "run: pip install 'kneo-client[local]'"

# Runs in the platform's interpreter. The kernel picks the port, so nobody else can hold it. Standard input is the
# lifeline: it ends when our process does, however that comes about.
_SERVE = f"""\
import os, pathlib, threading, uvicorn
config = uvicorn.Config("kneo_serv.service.app:app", host="{_HOST}", port=0, timeout_graceful_shutdown=2)
server = uvicorn.Server(config)
def stop_with_parent():
    os.read(0, 1)
    server.should_exit = True
threading.Thread(target=stop_with_parent, daemon=True).start()
listener = config.bind_socket()
pathlib.Path("{_PORT_FILE}").write_text(str(listener.getsockname()[1]))
server.run(sockets=[listener])
"""


class LocalPlatformError(RuntimeError):
    """The platform is not installed, did not start or is not running; the message says what to do."""


class LocalPlatform:
    """Runs the real platform (`kneo-serv`) on a free loopback port, with a folder of its own and fresh API keys.

        async with LocalPlatform() as platform, KneoClient(platform.profile) as client:
            ...

    Use it in `with` or `async with`, as often as you like. Entering returns when the platform is ready; leaving stops
    it. It also stops when this process dies.

    Args:
        folder: where it keeps its state (SQLite) and `platform.log`; made when missing. The next platform on the same
            folder finds the runs again. None means a temporary folder that goes when the platform stops.
        database: keep the state in a PostgreSQL database instead: its URL, `postgresql://user@host/name`. Platforms on
            the same database are one: they share runs and work.
        spec_root: the folder below which `spec_path` may point; None means the current directory.
        python: an interpreter that has kneo-serv; None means `$KNEO_SERV_PYTHON`, then the running interpreter. It
            decides which platform starts: `kneo-client[local]` brings 1.2.0; for 0.4.0 name the interpreter of an
            environment that holds it (`python -m venv old && old/bin/pip install kneo-serv==0.4.0`).
        pythonpath: folders with the modules that function components of specs name.
        environment: variables for the platform, such as `KNEO_SERV_MAX_INPUT_CHARS`; they win over what the other
            arguments set. It inherits this process's variables, except `KNEO_SERV_*`.
        startup_timeout: seconds that it may take to become ready.

    Entering raises `LocalPlatformError` when kneo-serv is not there or does not become ready.
    """

    def __init__(
        self,
        folder: str | os.PathLike[str] | None = None,
        *,
        database: str | None = None,
        spec_root: str | os.PathLike[str] | None = None,
        python: str | os.PathLike[str] | None = None,
        pythonpath: Sequence[str | os.PathLike[str]] = (),
        environment: Mapping[str, str] | None = None,
        startup_timeout: float = 30.0,
    ) -> None:
        self._given_folder = folder
        self._database = database
        self._spec_root = spec_root
        self._python = python
        self._pythonpath = pythonpath
        self._environment = environment or {}
        self._startup_timeout = startup_timeout
        self._keys: dict[str, str] = {role: secrets.token_urlsafe(24) for role in get_args(Role)}
        self._temporary: tempfile.TemporaryDirectory[str] | None = None
        self._process: subprocess.Popen[bytes] | None = None
        self._folder = Path()
        self._port = ""
        self._deadline = 0.0

    @property
    def folder(self) -> Path:
        """The running platform's current directory: `platform.log`, `.kneo/` with its state, `tmp/`."""
        self._require_running()
        return self._folder

    @property
    def url(self) -> str:
        """The running platform's base URL, such as `http://127.0.0.1:43210`; another one after each start."""
        self._require_running()
        return f"http://{_HOST}:{self._port}"

    @property
    def profile(self) -> Profile:
        """The profile of an administrator, who may do everything."""
        return self.profile_for("admin")

    def profile_for(self, role: Role) -> Profile:
        """The profile of somebody with that role, to see what they may and may not do."""
        return Profile(f"local-{role}", self.url, self._keys[role])

    def _require_running(self) -> None:
        if not self._port:
            raise LocalPlatformError("the platform is not running; use it inside its with block")

    def __enter__(self) -> Self:
        if self._process is not None:
            raise LocalPlatformError("this platform is already running; a second one is another LocalPlatform")
        try:
            self._launch()
            while not self._is_ready():
                pass
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._stop()

    async def __aenter__(self) -> Self:
        import anyio.to_thread

        return await anyio.to_thread.run_sync(self.__enter__)

    async def __aexit__(self, *exc_info: object) -> None:
        import anyio.to_thread

        with anyio.CancelScope(shield=True):
            await anyio.to_thread.run_sync(self._stop)

    def _launch(self) -> None:
        command = [self._interpreter(), "-P", "-c", _SERVE]
        folder = self._given_folder
        if folder is None:
            self._temporary = tempfile.TemporaryDirectory(prefix="kneo-platform-", ignore_cleanup_errors=True)
            folder = self._temporary.name
        self._folder = Path(folder).absolute()
        (self._folder / "tmp").mkdir(parents=True, exist_ok=True)
        (self._folder / _PORT_FILE).unlink(missing_ok=True)
        self._deadline = time.monotonic() + self._startup_timeout
        with (self._folder / _LOG_FILE).open("ab") as log:
            try:
                self._process = subprocess.Popen(  # noqa: S603 - the interpreter is the caller's choice
                    command,
                    cwd=self._folder,
                    env=self._variables(),
                    stdin=subprocess.PIPE,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,  # Ctrl-C comes to us; the platform lives until the block is left
                )
            except OSError as exc:
                raise LocalPlatformError(f"{command[0]} cannot be started: {exc}") from exc

    def _interpreter(self) -> str:
        named = self._python or os.environ.get("KNEO_SERV_PYTHON")
        if named:
            return os.path.abspath(named)  # not resolve(): a virtual environment is where its symlink is
        if importlib.util.find_spec("kneo_serv") is None:
            other = "or name an interpreter that has it, in python= or $KNEO_SERV_PYTHON"
            raise LocalPlatformError(f"{sys.executable} has no kneo-serv; {_INSTALL}, {other}")
        return sys.executable

    def _variables(self) -> dict[str, str]:
        inherited = {name: value for name, value in os.environ.items() if not name.startswith("KNEO_SERV_")}
        paths = [*(os.path.abspath(path) for path in self._pythonpath), inherited.get("PYTHONPATH", "")]
        temporary = str(self._folder / "tmp")  # every inline spec leaves a file there
        return {
            **inherited,
            **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), temporary),
            "PYTHONPATH": os.pathsep.join(filter(None, paths)),
            "KNEO_SERV_API_KEYS": ";".join(f"{role}:{key}:{role}" for role, key in self._keys.items()),
            "KNEO_SERV_SPEC_ROOT": os.path.abspath(self._spec_root or "."),
            "KNEO_SERV_WORKER_IDLE_POLL_SECONDS": _IDLE_POLL,
            **({} if self._database is None else {"KNEO_SERV_DATABASE_URL": self._database}),
            **self._environment,
        }

    def _is_ready(self) -> bool:
        """Pause a little, then look."""
        assert self._process is not None
        try:
            status = self._process.wait(_PROBE_INTERVAL)
        except subprocess.TimeoutExpired:
            pass
        else:
            raise self._failure(f"ended with status {status} before it was ready")
        if time.monotonic() > self._deadline:
            raise self._failure(f"was not ready within {self._startup_timeout:.6g} s")
        port_file = self._folder / _PORT_FILE
        self._port = port_file.read_text() if port_file.exists() else ""
        return bool(self._port) and self._answers()

    def _answers(self) -> bool:
        connection = http.client.HTTPConnection(_HOST, int(self._port), timeout=_PROBE_TIMEOUT)
        try:
            connection.request("GET", "/v1/readyz")
            return connection.getresponse().status == http.HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()

    def _failure(self, what: str) -> LocalPlatformError:
        lines = (self._folder / _LOG_FILE).read_text(encoding="utf-8", errors="replace").splitlines()
        tail = "\n".join(lines[-_LOG_TAIL:])
        hint = f"; {_INSTALL}" if "ModuleNotFoundError" in tail else ""
        return LocalPlatformError(f"the platform {what}{hint}. The end of its log:\n{tail}")

    def _stop(self) -> None:
        process, self._process, self._port = self._process, None, ""
        if process is not None:
            assert process.stdin is not None
            process.stdin.close()
            process.terminate()
            try:
                process.wait(_STOP_TIMEOUT)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        temporary, self._temporary = self._temporary, None
        if temporary is not None:
            temporary.cleanup()
