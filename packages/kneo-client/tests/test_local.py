"""`LocalPlatform`: the real platform starts, is what it says, and is gone afterwards."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import anyio
import pytest

from kneo_client import KneoClient, local
from kneo_client.core.errors import KneoError, KneoPermissionError
from kneo_client.core.transport import SyncTransport
from kneo_client.local import LocalPlatform, LocalPlatformError

ROOT = Path(__file__).resolve().parents[3]
PLATFORM_PYTHON = ROOT / ".venv-platform" / "bin" / "python"
OLDER_PYTHON = ROOT / ".venv-platform-0.4" / "bin" / "python"
SPEC = {
    "version": "v1",
    "agent": {"name": "echo"},
    "components": {"functions": {"shout": {"implementation": "shouting.shout"}}},
    "workflow": {"type": "sequential", "name": "shouts", "steps": [{"id": "one", "kind": "function", "ref": "shout"}]},
}


ECHO = {
    "version": "v1",
    "agent": {"name": "echo"},
    "components": {"agents": {"echo": {"name": "echo", "runtime_preferences": {"preferred_mode": "bridge"}}}},
    "workflow": {"type": "sequential", "name": "echoes", "steps": [{"id": "one", "kind": "agent", "ref": "echo"}]},
}


@pytest.fixture
def postgres(tmp_path: Path) -> Iterator[str]:
    """The URL of a PostgreSQL database that lives as long as the test; it is reached over a socket in its folder."""
    servers = sorted(Path("/usr/lib/postgresql").glob("*/bin/postgres"))  # where Debian puts it, outside of PATH
    server = shutil.which("postgres") or (servers[-1] if servers else pytest.skip("needs the programs of PostgreSQL"))
    programs = Path(server).resolve().parent
    with tempfile.TemporaryDirectory(prefix="pg-") as folder:  # the path of a socket must be short
        user = "nobody" if os.geteuid() == 0 else None  # it refuses to run as root
        if user:
            shutil.chown(folder, user)
        settings: dict[str, Any] = {"user": user, "check": True, "stdout": subprocess.DEVNULL, "cwd": folder}
        data = f"{folder}/data"
        subprocess.run([programs / "initdb", "-D", data, "-U", "kneo", "-A", "trust", "--no-sync"], **settings)
        options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"
        subprocess.run(
            [programs / "pg_ctl", "-D", data, "-w", "-l", f"{folder}/log", "-o", options, "start"], **settings
        )
        try:
            yield f"postgresql://kneo@/postgres?host={folder}"
        finally:
            subprocess.run([programs / "pg_ctl", "-D", data, "-m", "immediate", "stop"], **settings)


@pytest.fixture(autouse=True)
def platform_python(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KNEO_SERV_PYTHON", os.environ.get("KNEO_SERV_PYTHON", str(PLATFORM_PYTHON)))


@pytest.fixture
def functions(tmp_path: Path) -> Path:
    """A folder with the module that `SPEC` needs."""
    folder = tmp_path / "functions"
    folder.mkdir()
    (folder / "shouting.py").write_text("def shout(text): return text.upper()\n")
    return folder


def listens(url: str) -> bool:
    parts = urlsplit(url)
    with socket.socket() as probe:
        return probe.connect_ex((str(parts.hostname), int(parts.port or 0))) == 0


def process_of(platform: LocalPlatform) -> "subprocess.Popen[bytes]":
    assert platform._process is not None
    return platform._process


@pytest.mark.promise(
    "kneo.client.local-platform-starts-the-real-server",
    "kneo.client.local-platform-loopback",
    "kneo.client.local-platform-waits-until-ready",
    "kneo.client.local-platform-stops-cleanly",
)
def test_platform_serves_and_leaves_nothing_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KNEO_SERV_API_KEYS", "somebody:else:admin")  # not passed on
    with LocalPlatform() as platform:
        process, url, folder = process_of(platform), platform.url, platform.folder
        with SyncTransport(platform.profile) as transport:
            ready = transport.request("GET", "/v1/readyz").json()
            created = transport.request("POST", "/v1/specs/validate", json={"spec": SPEC}).json()
        assert (ready["ok"], ready["version"], created["valid"]) == (True, "1.2.0", True)
        assert urlsplit(url).hostname == "127.0.0.1"
        assert (folder / ".kneo" / "kneo_runs.sqlite").is_file()
        assert "GET /v1/readyz" in (folder / "platform.log").read_text()
        assert platform.profile.api_key not in repr(platform.profile)
    assert process.returncode is not None
    assert not listens(url)
    assert not folder.exists()
    with pytest.raises(LocalPlatformError, match="not running"):
        _ = platform.url


async def test_spec_files_lie_below_the_current_directory_or_the_folder_that_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec = {"version": "v1", "agent": {"name": "echo"}, "workflow": {"type": "sequential", "steps": []}}
    (tmp_path / "here").mkdir()
    (tmp_path / "named").mkdir()
    for folder in ("here", "named"):
        (tmp_path / folder / "spec.yaml").write_text(json.dumps(spec), encoding="utf-8")
    monkeypatch.chdir(tmp_path / "here")
    for root, folder in ((None, "here"), (tmp_path / "named", "named")):
        async with LocalPlatform(spec_root=root) as platform, KneoClient(platform.profile) as client:
            for place in ("here", "named"):
                path = {"spec_path": str(tmp_path / place / "spec.yaml")}
                if place == folder:
                    assert isinstance((await client.agent.specs.validate(path)).valid, bool)
                else:
                    with pytest.raises(KneoError, match="spec_path_confined"):
                        await client.agent.specs.validate(path)


async def test_older_platform_starts_from_an_environment_of_its_own() -> None:
    python = os.environ.get("KNEO_SERV_0_4_PYTHON", str(OLDER_PYTHON))
    async with LocalPlatform(python=python) as platform, KneoClient(platform.profile) as client:
        assert (await client.platform.health.readyz()).version == "0.4.0"


async def test_state_is_kept_in_the_database_that_is_named(tmp_path: Path, postgres: str) -> None:
    async with LocalPlatform(tmp_path / "a", database=postgres) as one, KneoClient(one.profile) as client:
        run = await client.platform.runs.create({"input": "hello", "spec": ECHO})
        assert not (one.folder / ".kneo" / "kneo_runs.sqlite").exists()
    async with LocalPlatform(tmp_path / "b", database=postgres) as other, KneoClient(other.profile) as client:
        assert (await client.platform.runs.get(run.run_id)).output_text == run.output_text


async def test_state_stays_in_a_folder_of_ones_own(tmp_path: Path, functions: Path) -> None:
    """One platform object twice on one folder, with a function component and a setting."""
    folder = tmp_path / "state"
    settings = {"KNEO_SERV_MAX_INPUT_CHARS": "5"}
    platform = LocalPlatform(folder, pythonpath=[functions], environment=settings)
    async with platform, KneoClient(platform.profile) as client:
        assert platform.folder == folder
        run = await client.platform.runs.create({"input": "hello", "spec": SPEC})
        assert run.output_text == "HELLO"
        with pytest.raises(KneoError, match="maximum length of 5"):
            await client.platform.runs.create({"input": "hello!", "spec": SPEC})
        with pytest.raises(LocalPlatformError, match="already running"):
            await platform.__aenter__()
    async with platform, KneoClient(platform.profile_for("viewer")) as client:
        assert run.run_id
        assert (await client.platform.runs.get(run.run_id)).output_text == "HELLO"
        with pytest.raises(KneoPermissionError):
            await client.platform.runs.cancel(run.run_id)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_event_loop_goes_on_while_it_starts_and_cancelling_stops_it(backend: str) -> None:
    async def main() -> "tuple[int, subprocess.Popen[bytes]]":
        ticks = 0
        async with anyio.create_task_group() as group:

            async def start() -> None:
                async with LocalPlatform() as platform:
                    group.cancel_scope.cancel()
                    started.append(process_of(platform))
                    await anyio.sleep_forever()

            started: list[subprocess.Popen[bytes]] = []
            group.start_soon(start)
            while not started:
                ticks += 1
                await anyio.sleep(0.01)
        return ticks, started[0]

    ticks, process = anyio.run(main, backend=backend)
    assert ticks > 10
    assert process.returncode is not None


@pytest.mark.promise("kneo.client.local-platform-stops-cleanly")
def test_platform_that_does_not_react_is_killed_also_when_the_body_raises(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(local, "_STOP_TIMEOUT", 0.1)
    processes = []

    def raise_inside() -> None:
        with LocalPlatform() as platform:
            processes.append(process_of(platform))
            processes[0].send_signal(signal.SIGSTOP)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        raise_inside()
    (process,) = processes
    assert process.returncode == -signal.SIGKILL


def test_platform_stops_when_its_parent_is_killed() -> None:
    script = (
        "import os, signal\n"
        "from kneo_client.local import LocalPlatform\n"
        "with LocalPlatform() as platform:\n"
        "    print(platform.url, platform.folder, flush=True)\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    parent = subprocess.run([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True, check=False)
    url, folder = parent.stdout.split()
    assert parent.returncode == -signal.SIGKILL
    end = time.monotonic() + 10
    while listens(url) and time.monotonic() < end:
        time.sleep(0.05)
    assert not listens(url)
    assert Path(folder).is_dir()  # nobody was left to remove it
    subprocess.run(["rm", "-r", folder], check=True)


def test_start_that_takes_too_long_is_given_up() -> None:
    with pytest.raises(LocalPlatformError, match=r"was not ready within 0\.2 s"), LocalPlatform(startup_timeout=0.2):
        pytest.fail("it started")


def test_log_is_shown_when_the_platform_does_not_start(tmp_path: Path) -> None:
    broken = {"KNEO_SERV_MAX_BODY_BYTES": "not a number"}
    with (
        pytest.raises(LocalPlatformError, match=r"(?s)ended with status 1.*must be an integer"),
        LocalPlatform(tmp_path, environment=broken),
    ):
        pytest.fail("it started")
    assert "must be an integer" in (tmp_path / "platform.log").read_text()


def test_interpreter_without_the_platform(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """From the running interpreter, from a named one, and from one that is not there."""
    with pytest.raises(LocalPlatformError, match="cannot be started"), LocalPlatform(python=tmp_path / "python"):
        pytest.fail("it started")
    monkeypatch.delenv("KNEO_SERV_PYTHON")
    with pytest.raises(LocalPlatformError, match=r"pip install 'kneo-client\[local\]'"), LocalPlatform():
        pytest.fail("it started")
    (tmp_path / "kneo_serv.py").touch()
    monkeypatch.syspath_prepend(tmp_path)
    with (
        pytest.raises(LocalPlatformError, match=r"(?s)pip install 'kneo-client\[local\]'.*ModuleNotFoundError"),
        LocalPlatform(),
    ):
        pytest.fail("it started")
