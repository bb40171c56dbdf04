"""Bombs: answers that would fill the memory. Each is met in a process of its own, whose memory is measured."""

from __future__ import annotations

import asyncio
import gzip
from typing import TYPE_CHECKING, Any

from sdk_engine.messages import DEFAULT_MAX_BODY

from kneo_client.core.errors import KneoError
from tests.faults import behaviours, child, clients
from tests.faults.behaviours import OK
from tests.faults.figures import Figure
from tests.faults.origin import Origin, http_answer

if TYPE_CHECKING:
    from tests.faults.behaviours import Behave
    from tests.faults.settings import Settings

MEGABYTE = b"0" * (1 << 20)
TIMES_CAP = 2


def bombs(megabytes: int) -> dict[str, Behave]:
    """One origin for each kind."""
    inner = gzip.compress(MEGABYTE * megabytes, 9)
    outer = gzip.compress(inner, 9)
    chunked = OK + b"Transfer-Encoding: chunked\r\n\r\n"
    return {
        f"gzip of {megabytes} MiB in {len(inner) >> 10} KiB": _coded("gzip", inner),
        f"gzip of gzip of {megabytes} MiB in {len(outer)} bytes": _coded("gzip, gzip", outer),
        "endless chunks": behaviours.flood(chunked, behaviours.chunk(MEGABYTE)),
        "endless body": behaviours.flood(OK + b"\r\n", MEGABYTE),
        "length of a terabyte": behaviours.flood(OK + b"Content-Length: 1000000000000\r\n\r\n", MEGABYTE),
        "endless error body": behaviours.flood(b"HTTP/1.1 500 X\r\n\r\n", MEGABYTE),
    }


def _coded(coding: str, data: bytes) -> Behave:
    whole = http_answer(200, data, (("Content-Encoding", coding),))
    return behaviours.raw(whole, "keep")


def meet(url: str, surface: str) -> dict[str, Any]:
    """In the child: a small call, then the bomb. What came of it, and how much memory it took at the worst moment."""
    call = {"transport": _transport, "sync": _sync, "blocking": _blocking}[surface]
    return call(url)


def _measured(outcome: BaseException | str, before: int) -> dict[str, Any]:
    typed = isinstance(outcome, KneoError)
    attempts = outcome.attempts if isinstance(outcome, KneoError) else 0
    return {"grown": child.memory("VmHWM") - before, "typed": typed, "attempts": attempts, "said": repr(outcome)[:200]}


def _transport(url: str) -> dict[str, Any]:
    async def run() -> dict[str, Any]:
        async with clients.transport(url, timeout=20) as transport:
            await transport.request("GET", "/small")
            before = child.memory()
            try:
                outcome: BaseException | str = repr(await transport.request("GET", "/bomb"))
            except Exception as exc:
                outcome = exc
            return _measured(outcome, before)

    return asyncio.run(run())


def _sync(url: str) -> dict[str, Any]:
    with clients.sync_transport(url, timeout=20) as transport:
        transport.request("GET", "/small")
        before = child.memory()
        try:
            outcome: BaseException | str = repr(transport.request("GET", "/bomb"))
        except Exception as exc:
            outcome = exc
        return _measured(outcome, before)


def _blocking(url: str) -> dict[str, Any]:
    with clients.blocking(url, timeout=20) as request:
        request("GET", "/small")
        before = child.memory()
        try:
            outcome: BaseException | str = repr(request("GET", "/bomb"))
        except Exception as exc:
            outcome = exc
        return _measured(outcome, before)


async def drop(bomb: Behave, surface: str, wire: str) -> tuple[dict[str, Any], Origin]:
    """Let a client of this kind meet the bomb: what it says, and the origin."""

    async def behave(exchange: Any) -> None:
        await (behaviours.answer(200, {}) if exchange.target == "/small" else bomb)(exchange)

    async with Origin(behave) as origin:
        ended = await child.in_child("bombs", "meet", origin.url, surface, wire=wire)
        assert ended.value is not None, ended.stderr
        return ended.value, origin


async def prove(settings: Settings) -> list[Figure]:
    """Growth of the memory for every bomb, through every kind of client."""
    surfaces = ("transport",) if settings.short else ("transport", "sync", "blocking")
    figures: list[Figure] = []
    for name, bomb in bombs(settings.count(300, 150)).items():
        met = {surface: (await drop(bomb, surface, settings.wire))[0] for surface in surfaces}
        grown = ", ".join(f"{surface} {said['grown'] / DEFAULT_MAX_BODY:.2f}" for surface, said in met.items())
        refused = all(said["typed"] and said["attempts"] == 1 for said in met.values())
        reached = f"memory + {grown} x cap; {'one typed error each' if refused else f'NOT refused {met}'}"
        demanded = f"<= {TIMES_CAP} x cap ({DEFAULT_MAX_BODY >> 20} MiB), one typed error"
        kept = refused and all(said["grown"] <= TIMES_CAP * DEFAULT_MAX_BODY for said in met.values())
        figures.append(Figure(f"Bomb, {name}", reached, demanded, kept, settings.command("bombs")))
    return figures
