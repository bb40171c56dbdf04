"""Many calls at once, a bounded number at a time. One that fails does not disturb the others."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from kaizen_client.errors import KaizenError, KaizenInvalidRequestError

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterable

    from kaizen_client.choosing import Choice

DEFAULT_CONCURRENCY = 8


@dataclass(frozen=True)
class BatchItem:
    """What became of one payload.

    Attributes:
        index: place of the payload in the batch.
        result: the service's answer, None when the call failed.
        error: a `KaizenError`, or the `pydantic.ValidationError` of a payload that was never sent; None for a success.
        payload: what was given.
    """

    index: int
    result: dict[str, Any] | None = None
    error: Exception | None = None
    payload: Any = field(default=None, repr=False, compare=False)

    @property
    def ok(self) -> bool:
        """Whether there is a result."""
        return self.error is None

    def unwrap(self) -> dict[str, Any]:
        """The result; raises the error when there is none."""
        if self.error is not None:
            raise self.error
        assert self.result is not None
        return self.result

    @cached_property
    def choice(self) -> Choice | None:
        """What to send of an encoded prompt, and why: its KTOF, or compact JSON where that is smaller.

        Of a prompt that is a text, it is the text with the JSON documents in it in their smaller form. None for what
        failed, and for what was decoded.
        """
        text = (self.result or {}).get("result")
        given = _fields(self.payload)
        if not isinstance(text, str) or "prompt" not in given:
            return None
        from kaizen_client.choosing import choose
        from kaizen_client.payloads import body_of

        body = body_of("prompts_encode", given)
        prompt, options = body["prompt"], body.get("options")
        return choose(prompt, options=options) if isinstance(prompt, str) else choose(prompt, encoded=text)


def _fields(payload: Any) -> dict[str, Any]:
    return dict(payload) if isinstance(payload, Mapping) or hasattr(payload, "model_fields_set") else {}


def _kept() -> tuple[type[Exception], ...]:
    """What stays with its item; anything else is a bug and ends the batch."""
    from pydantic import ValidationError

    return KaizenError, ValidationError


def _check_concurrency(concurrency: int) -> None:
    if concurrency < 1:
        raise KaizenInvalidRequestError(f"concurrency must be at least 1, got {concurrency}")


async def run_async(
    perform: Callable[[Any], Coroutine[Any, Any, dict[str, Any]]], payloads: Iterable[Any], concurrency: int
) -> list[BatchItem]:
    """Perform all payloads on the running loop, results in the order of the payloads."""
    import anyio

    _check_concurrency(concurrency)
    given = list(payloads)
    items: list[BatchItem] = [BatchItem(index) for index in range(len(given))]
    queue = iter(range(len(given)))
    kept = _kept()

    async def one(index: int) -> BatchItem:
        try:
            return BatchItem(index, await perform(given[index]), payload=given[index])
        except kept as exc:
            return BatchItem(index, error=exc, payload=given[index])

    async def work() -> None:
        try:
            for index in queue:
                items[index] = await one(index)
        except Exception as exc:  # noqa: BLE001 - raised below, without the group that tasks put around it
            bugs.append(exc)
            group.cancel_scope.cancel()

    bugs: list[Exception] = []
    async with anyio.create_task_group() as group:
        for _ in range(min(concurrency, len(given))):
            group.start_soon(work)
    if bugs:
        raise bugs[0]
    return items


def run_sync(perform: Callable[[Any], dict[str, Any]], payloads: Iterable[Any], concurrency: int) -> list[BatchItem]:
    """Perform all payloads on threads, results in the order of the payloads."""
    from concurrent.futures import ThreadPoolExecutor

    _check_concurrency(concurrency)
    kept = _kept()

    def work(index: int, payload: Any) -> BatchItem:
        try:
            return BatchItem(index, perform(payload), payload=payload)
        except kept as exc:
            return BatchItem(index, error=exc, payload=payload)

    given = list(payloads)
    with ThreadPoolExecutor(max_workers=concurrency) as pool:
        return list(pool.map(work, range(len(given)), given))
