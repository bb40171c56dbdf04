"""The canary: an API key that must not show on any surface that people, logs or files get to see."""

from __future__ import annotations

import asyncio
import contextlib
import copy
import dataclasses
import logging
import pickle
import traceback
import warnings
from collections import Counter
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any

import httpx

from kneo_client.client import KneoClient
from kneo_client.core.auth import ApiKeyAuth, AuthScheme
from kneo_client.core.profiles import Profile
from kneo_client.core.transport import SyncTransport, Transport
from tests.faults import clients
from tests.faults.figures import Figure
from tests.faults.matrix import catalogue, somewhere

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from tests.faults.settings import Settings

CANARY = clients.CANARY
FAULTS = (
    "connect_refused", "connect_no_such_name", "accept_reset", "request_close", "cut_body", "hang", "not_http",
    "header_nul", "header_2_mb", "length_text", "gzip_garbage", "coding_not_offered", "body_html", "body_204",
    "field_missing", "nesting_100000", "redirect_302", "redirect_broken_location", "status_401", "status_403",
    "status_404", "status_422", "status_429", "status_500", "status_502_html", "status_503", "conflict_mismatch",
    "conflict_in_progress", "retry_after_999999999_429",
)  # fmt: skip
"""One fault for every kind of error."""
QUICK = ("connect_refused", "request_close", "not_http", "body_html", "redirect_302", "status_401", "status_422")
DEEPEST = 12


@dataclass
class Sightings:
    """Where the canary was looked for, and where it was seen."""

    looks: Counter[str] = field(default_factory=Counter[str])
    seen: list[str] = field(default_factory=list[str])

    def look(self, surface: str, where: str, text: object) -> None:
        """Search one text."""
        self.looks[surface] += 1
        if CANARY in (text if isinstance(text, str) else repr(text)):
            self.seen.append(f"{surface}: {where}")


class Recorder(logging.Handler):
    """Keeps every record as people would see it, its raw arguments included."""

    def __init__(self) -> None:
        super().__init__(level=1)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep it."""
        self.lines.append(f"{record.name} {self.format(record)} {record.args!r}")


def look_at_error(sightings: Sightings, where: str, error: BaseException, *, frames: bool = True) -> None:
    """Every surface of an exception; `frames` False leaves out locals, which hold what the caller passed in."""
    sightings.look("repr and str of errors", where, f"{error!r} {error} {error.args!r}")
    sightings.look("vars of errors", where, vars(error))
    sightings.look("tracebacks", where, "".join(traceback.format_exception(error)))
    for told in _told_with_locals(error) if frames else ():
        sightings.look("tracebacks with locals", where, told)
    for path, value in _reachable(error, "error", 0, set()):
        sightings.look("exception graphs", f"{where} {path}", value)
    sightings.look("pickles of errors", where, pickle.dumps(error).decode("latin-1"))
    sightings.look("copies of errors", where, repr(vars(copy.copy(error))))


def _told_with_locals(error: BaseException) -> Iterator[str]:
    """Frames outside the tests: a caller's own variables are the caller's."""
    told: traceback.TracebackException | None = traceback.TracebackException.from_exception(error, capture_locals=True)
    while told is not None:
        for frame in told.stack:
            if "/tests/faults/" not in frame.filename:
                yield f"{frame.filename}:{frame.lineno} {frame.name} {frame.locals}"
        told = told.__cause__ or told.__context__


def _reachable(value: Any, path: str, depth: int, seen: set[int]) -> Iterator[tuple[str, str]]:
    """Texts that can be reached from an exception by its causes and attributes; frames are looked at elsewhere."""
    if depth > DEEPEST or id(value) in seen:
        return
    seen.add(id(value))
    if isinstance(value, (str, bytes, bytearray)):
        yield path, value if isinstance(value, str) else bytes(value).decode("latin-1")
        return
    parts: list[tuple[str, Any]] = list(getattr(value, "__dict__", {}).items())
    parts += [(name, getattr(value, name, None)) for name in getattr(type(value), "__slots__", ()) if name[:2] != "__"]
    if isinstance(value, BaseException):
        parts += [("__cause__", value.__cause__), ("__context__", value.__context__), ("args", value.args)]
    elif isinstance(value, dict):
        parts += [(str(key), item) for key, item in value.items()]
    elif isinstance(value, (list, tuple, set, frozenset)):
        parts += [(str(index), item) for index, item in enumerate(value)]
    for name, part in parts:
        yield from _reachable(part, f"{path}.{name}", depth + 1, seen)


def look_at_objects(sightings: Sightings, scheme: AuthScheme) -> None:
    """Clients, profiles and what hangs on them."""
    profile = clients.profile("http://127.0.0.1:9", auth_scheme=scheme)
    client, sync, auth = KneoClient(profile), SyncTransport(profile), ApiKeyAuth(CANARY, scheme)
    transport = client._transport
    for thing in (profile, client, client.platform, client.platform.runs, transport, transport.settings, sync, auth):
        name = f"{type(thing).__name__} {scheme}"
        sightings.look("repr and str of objects", name, f"{thing!r} {thing}")
        sightings.look("vars of objects", name, getattr(thing, "__dict__", {}))
    sightings.look("vars of objects", f"asdict(Profile) {scheme}", dataclasses.asdict(profile))
    for thing in (profile, transport, client, sync, auth):
        with contextlib.suppress(TypeError):  # refusing is the best answer
            sightings.look("pickles of objects", type(thing).__name__, pickle.dumps(thing).decode("latin-1"))


def refused_arguments(request: Callable[..., Any]) -> dict[str, Callable[[], Any]]:
    """Calls that are refused because of an argument that holds the secret."""
    return {
        "header with a newline": lambda: request("GET", "/v1/runs", headers={"X-Key": f"{CANARY}\n"}),
        "header that is not ASCII": lambda: request("GET", "/v1/runs", headers={"X-Key": f"{CANARY}é"}),
        "header name": lambda: request("GET", "/v1/runs", headers={f"{CANARY} x": "y"}),
        "idempotency key": lambda: request("POST", "/v1/runs", idempotency_key=f"{CANARY}\n"),
        "path with password": lambda: request("GET", f"https://kneo:{CANARY}@127.0.0.1/v1/runs"),
        "URL with password": lambda: Profile("p", f"http://kneo:{CANARY}@127.0.0.1", "k"),
        "URL with query": lambda: Profile("p", f"http://127.0.0.1/?key={CANARY}", "k"),
    }


def refused_profiles() -> dict[str, Callable[[], Any]]:
    """Profiles that are refused: for their key, or with a good key for another field."""
    return {
        "key with a newline": lambda: Profile("p", "http://127.0.0.1", f"{CANARY}\n"),
        "key that is not ASCII": lambda: Profile("p", "http://127.0.0.1", f"{CANARY}é"),
        "timeout": lambda: Profile("p", "http://127.0.0.1", CANARY, timeout=-1),
        "ApiKeyAuth with a newline": lambda: ApiKeyAuth(f"{CANARY}\n"),
    }


async def search(faults: Collection[str] = FAULTS) -> Sightings:
    """Raise every kind of error under both schemes through every kind of client, and look everywhere."""
    sightings, recorder = Sightings(), Recorder()
    root = logging.getLogger()
    levels = root.level
    root.addHandler(recorder)
    root.setLevel(1)
    try:
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            for scheme in AuthScheme:
                look_at_objects(sightings, scheme)
                await _all_errors(sightings, scheme, faults)
            for name, make in refused_profiles().items():
                await _provoke(sightings, name, make)
    finally:
        root.removeHandler(recorder)
        root.setLevel(levels)
    for line in recorder.lines:
        sightings.look("logs at every level", line[:80].replace(CANARY, "*"), line)
    for warning in warned:
        sightings.look("warnings", str(warning.category), str(warning.message))
    return sightings


async def _all_errors(sightings: Sightings, scheme: AuthScheme, faults: Collection[str]) -> None:
    for fault in (fault for fault in catalogue() if fault.name in faults):
        async with somewhere(fault) as (url, _):
            profile = clients.profile(url, fault.timeout, auth_scheme=scheme)
            async with KneoClient(profile, retry_policy=clients.policy()) as client:
                create, request = client.platform.runs.create, client._transport.request
                await _provoke(sightings, f"{fault.name} typed {scheme}", partial(create, {"input": "x"}))
                await _provoke(sightings, f"{fault.name} {scheme}", partial(request, "GET", "/v1/runs"))
            await asyncio.to_thread(_blocking_errors, sightings, fault.name, profile)
    profile = clients.profile("http://127.0.0.1:9", auth_scheme=scheme)
    async with Transport(profile) as transport:
        for name, make in refused_arguments(transport.request).items():
            await _provoke(sightings, name, make, frames=False)
    async with httpx.AsyncClient(base_url="http://127.0.0.1:9", auth=ApiKeyAuth(CANARY, scheme)) as client:
        transport = Transport(profile, http_client=client, retry_policy=clients.policy())
        await _provoke(sightings, f"caller's client {scheme}", lambda: transport.request("GET", "/v1/runs"))


def _blocking_errors(sightings: Sightings, name: str, profile: Profile) -> None:
    with SyncTransport(profile, retry_policy=clients.policy()) as transport:
        try:
            transport.request("GET", "/v1/runs")
        except Exception as exc:
            look_at_error(sightings, f"{name} sync {profile.auth_scheme}", exc)


async def _provoke(sightings: Sightings, name: str, make: Callable[[], Any], *, frames: bool = True) -> None:
    try:
        made = make()
        if asyncio.iscoroutine(made):
            await made
    except Exception as exc:
        look_at_error(sightings, name, exc, frames=frames)


async def prove(settings: Settings) -> list[Figure]:
    """Sightings of the canary."""
    sightings = await search(QUICK if settings.short else FAULTS)
    for sighting in sorted(set(sightings.seen))[:40]:
        print(sighting)
    looks = ", ".join(f"{count} {surface}" for surface, count in sightings.looks.items())
    reached = f"{len(sightings.seen)} sightings in {sightings.looks.total():,} looks ({looks})"
    return [Figure("Canary key, both schemes", reached, "0 sightings", not sightings.seen, settings.command("canary"))]
