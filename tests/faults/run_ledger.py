"""A stand-in for the platform that keeps books: creates take 30 ms, runs 0.4 s, and some answers are spoiled.

It gives what clients rely on: one run a key, a list that can be sorted by its last change and cut by creation, single
runs. It remembers which input was run how often, so that a batch can be held against it.
"""

from __future__ import annotations

import asyncio
import bisect
import json
import time
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from tests.faults.draws import BEFORE, draw, spoil
from tests.faults.origin import http_answer

if TYPE_CHECKING:
    from tests.faults.origin import Exchange

CREATE_SECONDS = 0.03
RUN_SECONDS = 0.4
FAILING = 50  # one run in so many ends as failed
NOT_FOUND = {"detail": {"error": "not_found", "message": "unknown run"}}


class RunLedger:
    """Runs in the order of their creation, which is that of their ends, and the books around them.

    Args:
        seed: what the faults derive from.
        rate: the share of answers that are spoiled.
    """

    def __init__(self, seed: str, rate: float) -> None:
        self.seed = seed
        self.rate = rate
        self.inputs: list[str] = []
        self.created: list[float] = []
        self.by_key: dict[str, int] = {}
        self.runs_of: Counter[str] = Counter()
        self.requests: Counter[str] = Counter()
        self.faults = 0

    async def behave(self, exchange: Exchange) -> None:
        """Serve one request, with the fault that it drew."""
        kind = _kind(exchange)
        self.requests[kind] += 1
        fault = draw(self.seed, kind, self.requests[kind], self.rate)
        self.faults += fault is not None
        if fault in BEFORE:
            await spoil(exchange, fault, b"")
            return
        answer = await self._answer(exchange, kind)
        if fault is None:
            await exchange.send(answer)
        elif fault == "silent":
            exchange.close()  # real silence costs a timeout each
        else:
            await spoil(exchange, fault, answer)

    async def _answer(self, exchange: Exchange, kind: str) -> bytes:
        if kind == "create":
            await asyncio.sleep(CREATE_SECONDS)
            return http_answer(202, {"run_id": str(self._create(exchange)), "status": "running"})
        if kind == "list":
            query = {name: values[0] for name, values in parse_qs(urlsplit(exchange.target).query).items()}
            return http_answer(200, self._page(query))
        name = exchange.target.rsplit("/", 1)[1]
        if not (name.isdigit() and int(name) < len(self.created)):
            return http_answer(404, NOT_FOUND)
        row = self._row(int(name), time.time())
        return http_answer(200, {**row, "run_id": row["id"]})

    def _create(self, exchange: Exchange) -> int:
        key = exchange.key
        assert key is not None, "a POST without a key"
        number = self.by_key.get(key)
        if number is None:
            text = json.loads(exchange.body)["input"]
            number = self.by_key[key] = len(self.created)
            self.inputs.append(text)
            self.runs_of[text] += 1
            self.created.append(time.time())
        return number

    def fails(self, number: int) -> bool:
        """Whether this run ends as failed: a matter of its input, so that it can be foretold."""
        return hash_of(self.inputs[number]) % FAILING == 0

    def _row(self, number: int, now: float) -> dict[str, Any]:
        created = self.created[number]
        ended = created + RUN_SECONDS <= now
        failed = ended and self.fails(number)
        return {
            "id": str(number),
            "status": "failed" if failed else "completed" if ended else "running",
            "output_text": f"out of {self.inputs[number]}" if ended and not failed else None,
            "error": {"type": "ValueError", "message": "as arranged"} if failed else None,
            "created_at": _text(created),
            "updated_at": _text(created + RUN_SECONDS if ended else created),
            "completed_at": _text(created + RUN_SECONDS) if ended else None,
        }

    def _page(self, query: dict[str, str]) -> dict[str, Any]:
        assert (query["sort_by"], query["sort_order"]) == ("updated_at", "desc")
        now = time.time()
        first = 0
        if "created_after" in query:
            first = bisect.bisect_left(self.created, datetime.fromisoformat(query["created_after"]).timestamp())
        ended = bisect.bisect_right(self.created, now - RUN_SECONDS)  # these and all before have ended
        offset, limit = int(query["offset"]), int(query["limit"])
        chosen = self._latest(first, ended, offset + limit)[offset:]
        rows = [self._row(number, now) for number in chosen]
        return {"runs": rows, "count": len(rows), "total": len(self.created) - first}

    def _latest(self, first: int, ended: int, count: int) -> list[int]:
        """The runs that changed last, the latest first: one list of ends and one of beginnings, merged."""
        chosen: list[int] = []
        running, done = len(self.created) - 1, ended - 1
        while len(chosen) < count and (running >= max(ended, first) or done >= first):
            begun = self.created[running] if running >= max(ended, first) else float("-inf")
            over = self.created[done] + RUN_SECONDS if done >= first else float("-inf")
            if begun > over:
                chosen.append(running)
                running -= 1
            else:
                chosen.append(done)
                done -= 1
        return chosen


def hash_of(text: str) -> int:
    """A number that is the same in every process."""
    return sum((place + 1) * ord(letter) for place, letter in enumerate(text))


def _kind(exchange: Exchange) -> str:
    if exchange.method == "POST":
        return "create"
    return "list" if urlsplit(exchange.target).path == "/v1/runs" else "get"


def _text(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="microseconds")
