"""Redirects: an origin that sends its callers elsewhere. Nothing may arrive there, least of all the key."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx
from sdk_engine.errors import Outcome

from kneo_client.core.errors import KneoError
from kneo_client.core.transport import Transport
from tests.faults import clients
from tests.faults.figures import Figure
from tests.faults.origin import HOST, Exchange, Origin

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.faults.settings import Settings

STATUSES = (301, 302, 303, 307, 308)
METHODS = ("GET", "POST", "PUT", "DELETE")


@dataclass
class Elsewhere:
    """The second origin's behaviour: it records all that arrives, and answers with a success."""

    requests: list[str] = field(default_factory=list[str])
    secrets: int = 0

    async def behave(self, exchange: Exchange) -> None:
        """Record, answer."""
        self.requests.append(f"{exchange.method} {exchange.target}")
        self.secrets += clients.CANARY in str(exchange.headers)
        await exchange.answer(200, {"run_id": "x", "status": "completed"})


def locations(here: str, there: str) -> dict[str, str]:
    """Where to, by kind."""
    port = there.rpartition(":")[2]
    return {
        "other port": f"{there}/stolen",
        "other host": f"http://localhost:{port}/stolen",
        "with userinfo": f"http://kneo@{HOST}:{port}/stolen",
        "without scheme": f"//{HOST}:{port}/stolen",
        "same origin": f"{here}/v1/elsewhere",
        "relative": "elsewhere",
        "refresh header only": "",
    }


async def lead_away(transport: Transport, first: Origin, where: Elsewhere, there: str) -> AsyncIterator[str]:
    """What goes wrong when every kind of redirect is met."""
    for kind, location in locations(first.url, there).items():
        for status in STATUSES:
            for method in METHODS:
                before = first.hits
                hint = location or f"0; url={there}/stolen"
                headers = {"X-Status": str(status), "X-Location": hint, "X-Kind": "Location" if location else "Refresh"}
                name = f"{method} {status} {kind}"
                try:
                    answer = await transport.request(method, "/v1/here", headers=headers)
                except KneoError as error:
                    if (error.status, error.outcome, error.attempts) != (status, Outcome.ANSWERED, 1):
                        yield f"{name}: {error!r} {error.outcome} {error.attempts}"
                else:
                    yield f"{name}: success {answer}"
                if first.hits != before + 1:
                    yield f"{name}: {first.hits - before} requests at the first origin"
    if where.requests:
        yield f"the second origin got {where.requests[:3]}, {where.secrets} with the key"


async def run(*, follow: bool) -> tuple[list[str], Elsewhere, int]:
    """Problems, the second origin's records and the number of redirects.

    Args:
        follow: whether the transport is given a client of the caller's that is set to follow redirects.
    """
    where = Elsewhere()

    async def redirect(exchange: Exchange) -> None:
        headers = ((exchange.headers["x-kind"], exchange.headers["x-location"]),)
        await exchange.answer(int(exchange.headers["x-status"]), {"run_id": "x", "status": "completed"}, headers)

    async with Origin(redirect) as first, Origin(where.behave) as second:
        given: dict[str, Any] = {}
        if follow:
            headers = {"Authorization": f"Bearer {clients.CANARY}"}
            given["http_client"] = httpx.AsyncClient(base_url=first.url, follow_redirects=True, headers=headers)
        async with Transport(clients.profile(first.url), retry_policy=clients.policy(), **given) as transport:
            problems = [problem async for problem in lead_away(transport, first, where, second.url)]
        if follow:
            await given["http_client"].aclose()
        return problems, where, first.hits


async def prove(settings: Settings) -> list[Figure]:
    """Requests and keys that reached the second origin."""
    figures: list[Figure] = []
    for follow in (False, True):
        problems, where, count = await run(follow=follow)
        for problem in problems[:10]:
            print(problem)
        title = f"Redirects, {count} of 7 kinds x 5 statuses x 4 methods"
        title += ", through a caller's httpx client that follows them" if follow else ""
        reached = f"{len(where.requests)} requests and {where.secrets} keys elsewhere, {len(problems)} other problems"
        figures.append(Figure(title, reached, "0, 0, 0", not problems, settings.command("redirects")))
    return figures
