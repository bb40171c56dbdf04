"""The table of what is compared: one operation at one concurrency a row, its first subject the base of all ratios."""

from __future__ import annotations

from dataclasses import dataclass

from benchmarks.environments import OURS, PUBLISHED, PUBLISHED_KAIZEN, PUBLISHED_KNOXCALL


@dataclass(frozen=True)
class Subject:
    """One way to make the calls: a function of `clients.py` in one environment."""

    label: str
    client: str
    environment: str = OURS


HTTPX = Subject("httpx", "raw_httpx")
HTTPX2 = Subject("httpx2", "raw_httpx2")
AIOHTTP = Subject("aiohttp", "raw_aiohttp")
PYREQWEST = Subject("pyreqwest", "raw_pyreqwest")
KNEO = Subject("kneo_client", "sdk")
KNEO_ON_HTTPX = Subject("kneo_client, caller's httpx", "sdk_on_httpx")
KNEO_ON_HTTPX2 = Subject("kneo_client, caller's httpx2", "sdk_on_httpx2")
PUBLISHED_KNEO = Subject("kneo-client 1.2.0", "sdk", PUBLISHED)

SYNC_HTTPX = Subject("httpx.Client", "sync_httpx")
SYNC_HTTPX2 = Subject("httpx2.Client", "sync_httpx2")
SYNC_PYREQWEST = Subject("pyreqwest, blocking", "sync_pyreqwest")
SYNC_ENGINE = Subject("SyncKneoClient", "sync_engine")
AT_ONCE_ENGINE = Subject("SyncKneoClient, no network", "at_once")
SYNC_KNEO = Subject("kneo_client.SyncTransport", "sync_transport")
SYNC_PUBLISHED = Subject("kneo-client 1.2.0 SyncTransport", "sync_transport", PUBLISHED)

KNOXCALL = Subject("knoxcall", "knoxcall")
SYNC_KNOXCALL = Subject("knoxcall, blocking", "sync_knoxcall")
KAIZEN = Subject("kaizen_client", "kaizen")
KNOXCALLS = (Subject("knoxcall 1.2.0", "knoxcall", PUBLISHED_KNOXCALL), KNOXCALL)
SYNC_KNOXCALLS = (Subject("knoxcall 1.2.0, blocking", "sync_knoxcall", PUBLISHED_KNOXCALL), SYNC_KNOXCALL)
KAIZENS = (Subject("kaizen-client 0.1.4", "kaizen", PUBLISHED_KAIZEN), KAIZEN)

OF_INTEREST = (HTTPX, KNEO, KNEO_ON_HTTPX, PUBLISHED_KNEO)
ALL = (HTTPX, HTTPX2, AIOHTTP, PYREQWEST, KNEO, KNEO_ON_HTTPX, KNEO_ON_HTTPX2, PUBLISHED_KNEO)
BLOCKING = (SYNC_HTTPX, SYNC_HTTPX2, SYNC_PYREQWEST, SYNC_ENGINE, SYNC_KNEO, SYNC_PUBLISHED)
SCALING = (KNEO, PYREQWEST, AIOHTTP)  # httpx needs minutes for 10,000 calls at once

AT_ONCE = 10_000


@dataclass(frozen=True)
class Scenario:
    """`tasks` calls are kept under way for `seconds`; with 0 seconds each task makes one call."""

    operation: str
    tasks: int
    subjects: tuple[Subject, ...]
    seconds: float = 0.12
    rounds: int = 99  # at most
    blocking: bool = False

    @property
    def name(self) -> str:
        """How the results and the targets call it."""
        return f"{self.operation}, {'blocking' if self.blocking else self.tasks}"


SCENARIOS = (
    Scenario("healthz", 1, ALL),
    Scenario("healthz", 100, ALL),
    Scenario("healthz", 1000, ALL, rounds=3),  # httpx needs several seconds for each
    Scenario("healthz", AT_ONCE, SCALING, seconds=0),
    Scenario("runs.get", 1, OF_INTEREST),
    Scenario("runs.get", 100, OF_INTEREST),
    Scenario("runs.get", 1000, OF_INTEREST, rounds=3),
    Scenario("runs.create", 1, OF_INTEREST),
    Scenario("runs.create", 100, OF_INTEREST),
    Scenario("runs.create", 1000, OF_INTEREST, rounds=3),
    Scenario("runs.list 1000", 1, OF_INTEREST),
    Scenario("runs.trace 1000", 1, OF_INTEREST),
    Scenario("healthz", 1, BLOCKING, blocking=True),
    Scenario("runs.get", 1, BLOCKING, blocking=True),
    Scenario("runs.create", 1, BLOCKING, blocking=True),
    Scenario("account.get", 1, KNOXCALLS),
    Scenario("account.get", 1, SYNC_KNOXCALLS, blocking=True),
    Scenario("prompts_encode", 1, KAIZENS),
)
