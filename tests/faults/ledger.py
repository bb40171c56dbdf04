"""An origin that keeps books: what was done, under which key, and what each caller was told.

It knows the two answers of a keyed service: the first request of a key does the work and stores the answer; later
ones get the stored answer, or 409 while the first is still at work.
"""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.faults.draws import BEFORE, draw, spoil
from tests.faults.origin import http_answer

if TYPE_CHECKING:
    from tests.faults.origin import Exchange

IN_PROGRESS = {"detail": {"error": "idempotency_key_in_progress", "message": "the first request is still at work"}}
MISMATCH = {"detail": {"error": "idempotency_key_conflict", "message": "the key was used for another order"}}


@dataclass
class Ledger:
    """Orders done, by name, and the books around them."""

    seed: str
    rate: float
    done: Counter[str] = field(default_factory=Counter[str])
    answers: dict[str, bytes] = field(default_factory=dict[str, bytes])
    payloads: dict[str, bytes] = field(default_factory=dict[str, bytes])
    working: set[str] = field(default_factory=set[str])
    attempts: Counter[str] = field(default_factory=Counter[str])
    faults: Counter[str] = field(default_factory=Counter[str])
    calm: bool = False

    async def behave(self, exchange: Exchange) -> None:
        """Serve one request, with the fault that its attempt drew."""
        order = json.loads(exchange.body)["input"]
        self.attempts[order] += 1
        fault = None if self.calm else draw(self.seed, order, self.attempts[order], self.rate)
        if fault:
            self.faults[fault] += 1
        if fault in BEFORE:
            await spoil(exchange, fault, b"")
            return
        answer = await self._serve(exchange, order, gone=fault == "close at work")
        if fault is None:
            await exchange.send(answer)
        elif fault == "silent" and self.faults[fault] % 8:
            exchange.close()  # real silence costs a timeout each: one in eight will do
        else:
            await spoil(exchange, fault, answer)

    async def _serve(self, exchange: Exchange, order: str, *, gone: bool) -> bytes:
        key = exchange.key
        assert key is not None, "a POST without a key"
        if self.payloads.setdefault(key, exchange.body) != exchange.body:
            return http_answer(409, MISMATCH)
        if key in self.working:
            return http_answer(409, IN_PROGRESS, (("Retry-After", "0"),))
        if key not in self.answers:
            self.working.add(key)
            self.done[order] += 1  # the effect happens here, whether or not anybody hears of it
            if gone:  # the client hears nothing, and its next attempt finds the key in use
                exchange.close()
                await asyncio.sleep(0.02)
            self.working.discard(key)
            self.answers[key] = http_answer(200, {"run_id": f"run-{order}", "status": "created"})
        return self.answers[key]
