"""Many processes with one expired login at once: its refresh token, which works once, is used once."""

import json
import multiprocessing
import os
import sys
import tempfile
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1]))

from contract_server import ContractServer

from knoxcall import KnoxCall
from knoxcall.private_files import write_private


def store_login(path: Path, base_url: str, **fields: Any) -> None:
    """A login whose access token has expired."""
    profile = {
        "tenant": "acme",
        "base_url": base_url,
        "client_id": "cli_real",
        "refresh_token": "rt_1",
        "access_token": "kc_live_old",
        "access_token_expires_at": "2026-01-01T00:00:00Z",
        "scope": "a",
    } | fields
    document = {"version": 1, "profiles": {"default": profile, "other": {"client_id": "x"}}}
    write_private(path, json.dumps(document).encode())


def profile_of(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_bytes())["profiles"]["default"]
    return found


def call_once(path: str, barrier: Any, failures: Any) -> None:
    os.environ["KNOXCALL_CREDENTIALS_FILE"] = path
    try:
        with KnoxCall() as client:
            barrier.wait()
            client.account.get()
    except BaseException as exc:
        failures.put(repr(exc))


def refresh_at_once(count: int, folder: Path) -> None:
    """Start `count` processes, let them call at the same moment, and see that one refresh served them all."""
    path = folder / "knoxcall" / "credentials.json"
    with ContractServer() as server:
        store_login(path, server.url)
        context = multiprocessing.get_context("spawn")
        barrier, failures = context.Barrier(count), context.Queue()
        children = [context.Process(target=call_once, args=(str(path), barrier, failures)) for _ in range(count)]
        for child in children:
            child.start()
        for child in children:
            child.join()
        assert failures.empty(), failures.get()
        assert server.violations == []
        assert (server.refreshes, len(server.api_requests)) == (1, count)
        assert profile_of(path)["refresh_token"] == "rt_2"


if __name__ == "__main__":
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    with tempfile.TemporaryDirectory() as name:
        refresh_at_once(wanted, Path(name))
    print(f"{wanted} processes, 1 refresh")
