"""A platform in virtual time: runs end when they are told to, hours pass at once, and every request is noted."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import anyio
import pytest
import trio.testing
from sdk_engine.drivers import AsyncDriver
from sdk_engine.messages import Request, Response, WireFailure

from kneo_client import KneoClient
from kneo_client.core.profiles import Profile
from kneo_client.local import LocalPlatform

PLATFORM_PYTHON = Path(__file__).resolve().parents[4] / ".venv-platform" / "bin" / "python"
Fault = Callable[[str, "VirtualPlatform"], Response | WireFailure | None]


@dataclass
class Run:
    """A run: from when to when, and how it ends."""

    id: str
    text: str
    created: float
    ends: float
    end: str = "completed"
    fields: dict[str, Any] = field(default_factory=dict)


class VirtualPlatform:
    """A wire that is a platform.

    Attributes:
        takes: seconds that a run takes, by its input.
        ends: how a run ends, by its input.
        fault: asked before each request is served; gives what is answered instead.
        hides: ids of runs that the list does not show.
    """

    def __init__(self) -> None:
        self.runs: dict[str, Run] = {}
        self.by_key: dict[str, tuple[str, str]] = {}
        self.requests: list[str] = []
        self.times: list[float] = []
        self.takes: Callable[[str], float] = lambda text: 10.0
        self.ends: Callable[[str], str] = lambda text: "completed"
        self.fault: Fault = lambda kind, platform: None
        self.latency = 0.0
        self.hides: set[str] = set()
        self.closed = 0

    def add(self, count: int, *, takes: float | None = None, ago: float = 0.0, prefix: str = "r") -> list[str]:
        """Runs that exist already."""
        ids = [f"{prefix}{len(self.runs) + number}" for number in range(count)]
        for number, run_id in enumerate(ids):
            created = anyio.current_time() - ago + number * 1e-5
            self.runs[run_id] = Run(run_id, run_id, created, created + (self.takes(run_id) if takes is None else takes))
        return ids

    def count(self, kind: str) -> int:
        """Requests of this kind: create, list or get."""
        return sum(1 for each in self.requests if each.split(" ")[0] == kind)

    async def send(self, request: Request, timeout: float, patience: float) -> Response:
        await anyio.sleep(self.latency)
        path = urlsplit(request.target).path.removeprefix("/prefix")
        kind = "create" if request.method == "POST" else "list" if path == "/v1/runs" else "get"
        self.requests.append(f"{kind} {request.target}")
        self.times.append(anyio.current_time())
        answer = self.fault(kind, self)
        if isinstance(answer, WireFailure):
            raise answer
        return answer or getattr(self, f"_{kind}")(request, path)

    async def aclose(self) -> None:
        self.closed += 1

    def _create(self, request: Request, path: str) -> Response:
        body = json.loads(request.content or b"")
        key = {name.lower(): value for name, value in request.headers.items()}["idempotency-key"]
        if key in self.by_key:
            run_id, before = self.by_key[key]
            if before != body["input"]:
                return reply(409, {"detail": {"error": "idempotency_key_conflict", "message": "another body"}})
            return reply(202, {"run_id": run_id, "status": "running"})
        now, text = anyio.current_time(), body["input"]
        run_id = f"run-{len(self.runs)}"
        self.runs[run_id] = Run(run_id, text, now, now + self.takes(text), self.ends(text))
        self.by_key[key] = (run_id, text)
        return reply(202, {"run_id": run_id, "status": "running"})

    def _get(self, request: Request, path: str) -> Response:
        run = self.runs.get(path.rsplit("/", 1)[1])
        if run is None:
            return reply(404, {"detail": {"error": "not_found", "message": "unknown run"}})
        row = self.row(run)
        return reply(200, {**row, "run_id": row.pop("id")})

    def _list(self, request: Request, path: str) -> Response:
        query = {name: values[0] for name, values in parse_qs(urlsplit(request.target).query).items()}
        assert (query["sort_by"], query["sort_order"]) == ("updated_at", "desc")
        after = query.get("created_after", "")
        runs = [run for run in self.runs.values() if run.id not in self.hides and moment(run.created) >= after]
        runs.sort(key=self.moved, reverse=True)
        offset, limit = int(query["offset"]), int(query["limit"])
        assert 1 <= limit <= 1000
        assert 0 <= offset <= 10_000
        page = [self.row(run) for run in runs[offset : offset + limit]]
        return reply(200, {"runs": page, "count": len(page), "total": len(runs)})

    def moved(self, run: Run) -> float:
        """When it last changed."""
        return run.ends if run.ends <= anyio.current_time() else run.created

    def row(self, run: Run) -> dict[str, Any]:
        """The run as it is now."""
        over = run.ends <= anyio.current_time()
        return {
            "id": run.id,
            "status": run.end if over else "running",
            "output_text": f"out of {run.text}" if over and run.end == "completed" else None,
            "error": {"type": "ValueError", "message": "no"} if over and run.end == "failed" else None,
            "created_at": moment(run.created),
            "updated_at": moment(self.moved(run)),
            "completed_at": moment(run.ends) if over else None,
            "session_id": "[REDACTED]",
            "metadata": {"usage": {"input_tokens": 3, "output_tokens": 4, "total_tokens": 7}},
            **run.fields,
        }


def moment(seconds: float) -> str:
    """Virtual time as the platform writes it."""
    return datetime.fromtimestamp(1_790_000_000 + seconds % 1e6, UTC).isoformat(timespec="microseconds")


def reply(status: int, body: Any, **headers: str) -> Response:
    """A JSON answer."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return Response(status, content, [(name.replace("_", "-"), value) for name, value in headers.items()])


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    return "trio", {"clock": trio.testing.MockClock(autojump_threshold=0)}


@pytest.fixture
def platform() -> VirtualPlatform:
    return VirtualPlatform()


@pytest.fixture
def client(profile: Profile, platform: VirtualPlatform) -> KneoClient:
    """A client whose platform is the virtual one."""
    client = KneoClient(profile)
    client._transport._driver = AsyncDriver(platform)
    client._transport.settings.clock = anyio.current_time
    return client


@pytest.fixture(scope="session")
def real() -> Iterator[LocalPlatform]:
    """The real platform."""
    import os

    with LocalPlatform(python=os.environ.get("KNEO_SERV_PYTHON", PLATFORM_PYTHON)) as platform:
        yield platform
