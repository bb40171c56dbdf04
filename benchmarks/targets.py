"""What we want to reach, each with the way to read it off the results."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from benchmarks import scenarios as s
from benchmarks.main_job import OUR_CLIENT, RUNS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


class Results:
    """The rows of one run, found by scenario and subject."""

    def __init__(self, rows: Iterable[dict[str, Any]]) -> None:
        self.rows = list(rows)

    def of(self, scenario: str) -> list[dict[str, Any]]:
        """The rows of one scenario."""
        return [row for row in self.rows if row["scenario"] == scenario]

    def get(self, scenario: str, subject: str, what: str = "ratio") -> float:
        """One figure; times are in seconds, ratios against the scenario's first subject."""
        return next(float(row[what]) for row in self.of(scenario) if row["subject"] == subject)

    def quotient(self, scenario: str, subject: str, base: str) -> float:
        """CPU of one subject against another's."""
        return self.get(scenario, subject, "cpu") / self.get(scenario, base, "cpu")


@dataclass(frozen=True)
class Target:
    """One thing to reach: at most `limit`, or at least."""

    what: str
    limit: float
    value: Callable[[Results], float]
    unit: str = "x"
    at_least: bool = False

    def reached(self, value: float) -> bool:
        """Whether the value will do."""
        return value >= self.limit if self.at_least else value <= self.limit


def _all() -> Iterator[Target]:
    for name in ("healthz", "runs.get", "runs.create"):
        yield _ratio(f"{name}, one at a time, against httpx", 0.30, f"{name}, 1", s.KNEO)
        yield _ratio(f"{name}, 100 at a time, against httpx", 0.12, f"{name}, 100", s.KNEO)
        yield _ratio(f"{name}, blocking, against httpx.Client", 0.65, f"{name}, blocking", s.SYNC_ENGINE)
        yield _ratio(f"{name}, caller's httpx, against the same without SDK", 1.1, f"{name}, 1", s.KNEO_ON_HTTPX)
    for name in ("runs.list 1000", "runs.trace 1000"):
        yield _ratio(f"{name}, against httpx and json", 0.42, f"{name}, 1", s.KNEO)
        yield _ratio(f"{name}, caller's httpx, against the same without SDK", 0.6, f"{name}, 1", s.KNEO_ON_HTTPX)
        yield Target(f"decoding {name}, against json.loads", 0.6, lambda r, name=name: r.get(f"decode {name}", "typed"))
    yield Target("requests/s of healthz, 1,000 at a time against 100", 0.8, _throughput, at_least=True)
    yield Target(
        "memory of 10,000 calls at once, last round against first",
        1.05,
        lambda r: r.get(f"healthz, {s.AT_ONCE}", s.KNEO.label, "growth"),
    )
    yield Target(
        "engine, everything above the wire (runs.create)",
        20,
        lambda r: r.get("engine", "runs.create", "cpu") * 1e6,
        "µs",
    )
    yield Target("of it ids, headers, logging, retry shell", 5, _shell, "µs")
    yield Target("KneoClient(...)", 0.2, lambda r: r.get("construct", "KneoClient", "cpu") * 1e3, "ms")
    yield Target("import kneo_client, against bare Python", 1.3, lambda r: r.get("import", "import kneo_client"))
    yield Target(
        "from kneo_client import KneoClient, against 1.2.0",
        0.5,
        lambda r: r.quotient(
            "import", "from kneo_client import KneoClient", "1.2.0: from kneo_client import KneoClient"
        ),
    )
    yield _ratio("knoxcall, a management call, against 1.2.0", 0.3, "account.get, 1", s.KNOXCALL)
    yield _ratio("the same, blocking", 0.3, "account.get, blocking", s.SYNC_KNOXCALL)
    yield _ratio("kaizen-client, a call, against 0.1.4", 0.3, "prompts_encode, 1", s.KAIZEN)
    for package, name in (("knoxcall", "KnoxCall"), ("kaizen_client", "KaizenClient")):
        statement = f"from {package} import {name}"
        yield Target(
            f"{statement}, against the published package",
            0.5,
            lambda r, package=package, statement=statement: r.get(f"import {package}", statement),
        )
    yield Target("process start to first answer, against httpx", 1.35, lambda r: r.get("first answer", "kneo_client"))
    yield Target("the same, blocking", 0.95, lambda r: r.quotient("first answer", "SyncKneoClient", "httpx.Client"))
    for count in RUNS:
        name = f"main job, {count}"
        yield Target(
            f"{name} runs, CPU against the published client", 0.16, lambda r, name=name: r.get(name, OUR_CLIENT)
        )


def _ratio(what: str, limit: float, scenario: str, subject: s.Subject) -> Target:
    return Target(what, limit, lambda results: results.get(scenario, subject.label))


def _throughput(results: Results) -> float:
    return results.get("healthz, 100", s.KNEO.label, "wall") / results.get("healthz, 1000", s.KNEO.label, "wall")


def _shell(results: Results) -> float:
    call, bare = (results.get("engine", name, "cpu") for name in ("runs.create", "runs.create, bare"))
    return (call - bare) * 1e6


TARGETS = tuple(_all())
