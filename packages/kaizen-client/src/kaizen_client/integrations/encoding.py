"""A prompt on its way to a vendor: what in it is data or JSON is encoded, in the smaller form, and told."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kaizen_client.batch import DEFAULT_CONCURRENCY, run_async
from kaizen_client.choosing import choose
from kaizen_client.errors import KaizenResponseError
from kaizen_client.integrations.prompts import Shape, Writer, is_document, rewritten
from kaizen_client.payloads import body_of
from kaizen_client.results import KaizenResult
from kaizen_client.tokens import tokenizer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from kaizen_client.choosing import Preference
    from kaizen_client.client import KaizenClient

    Count = Callable[[str], int] | None

_PATIENCE = 2.0  # seconds that the first prompt waits for a vocabulary to be loaded


@dataclass(frozen=True)
class Encoding:
    """How one wrapper encodes its prompts.

    Attributes:
        kaizen: encodes the data; JSON documents in texts are found and encoded here, without a call.
        payload: what every call to it holds besides the prompt.
        prefer: which form is sent.
        count: counts the tokens of a text, to compare by; None takes the model's tokenizer, or else compares bytes.
        keep_roles: whether messages are never joined to one document.
    """

    kaizen: KaizenClient
    shape: Shape
    payload: Mapping[str, Any]
    prefer: Preference
    count: Count
    keep_roles: bool

    def __post_init__(self) -> None:
        self._body("")
        choose("", prefer=self.prefer)

    async def of(self, prompt: Any, model: str) -> tuple[Any, dict[str, Any]]:
        """The vendor's argument, and what is told of it as `encoded`."""
        count = await self._counter(model)
        if is_document(prompt, self.shape) and not self.keep_roles:
            encoded = await self._encoded(prompt, count)
            return self.shape.alone(encoded["result"]), encoded
        encode = functools.partial(self._encoded, count=count)
        answers = await run_async(encode, _data_in(prompt, self.shape), DEFAULT_CONCURRENCY)
        waiting = iter([answer.unwrap() for answer in answers])
        parts: list[dict[str, Any]] = []

        def data(_: Any) -> str:
            parts.append(next(waiting))
            return str(parts[-1]["result"])

        def text(given: str) -> str:
            body = self._body(given)
            prefer: Preference = self.prefer if body["auto_detect_json"] else "json"
            choice = choose(given, count=count, prefer=prefer, options=body.get("options"))
            parts.append(choice.told_in({}))
            return choice.text

        argument = rewritten(prompt, self.shape, Writer(data, text))
        return argument, _summary(argument, parts)

    async def _counter(self, model: str) -> Count:
        if self.count is not None or self.prefer != "smaller":
            return self.count
        import anyio.to_thread

        load = functools.partial(tokenizer, model, wait=_PATIENCE)
        return await anyio.to_thread.run_sync(load, abandon_on_cancel=True)

    async def _encoded(self, value: Any, count: Count) -> dict[str, Any]:
        """Kaizen's answer for a value; its `result` is what is sent."""
        body = self._body(value)
        answer = await self.kaizen.prompts_encode(body)
        text = answer.get("result")
        if not isinstance(text, str):
            raise KaizenResponseError("the answer to prompts_encode holds no text", body=answer)
        choice = choose(body["prompt"], count=count, prefer=self.prefer, encoded=text)
        told = choice.told_in(answer)
        return told if choice.format == "ktof" else {**told, **_tokens_of_json(KaizenResult(answer))}

    def _body(self, prompt: Any) -> dict[str, Any]:
        return body_of("prompts_encode", {"prompt": prompt, **self.payload})


def _data_in(prompt: Any, shape: Shape) -> list[Any]:
    values: list[Any] = []

    def note(value: Any) -> str:
        values.append(value)
        return ""

    rewritten(prompt, shape, Writer(data=note, text=str))
    return values


def _tokens_of_json(answer: KaizenResult) -> dict[str, Any]:
    """The token counts of an answer when JSON is sent: after is as before."""
    counts = {model: counted[0] for model in answer.token_models if (counted := answer.tokens(model)) is not None}
    stats = {model: {"original": count, "compressed": count} for model, count in counts.items()}
    return {"token_stats": stats} if stats else {}


def _summary(argument: Any, parts: list[dict[str, Any]]) -> dict[str, Any]:
    """What is told of a prompt that kept its messages: its parts, and their sizes together."""
    formats = [part["sent"]["format"] for part in parts]
    used = sorted({form for form in formats if form != "text"})
    counted = ", ".join(f"{formats.count(form)} as {form}" for form in ("ktof", "json", "text") if form in formats)
    before, after = (sum(part["stats"][name] for part in parts) for name in ("original_bytes", "compressed_bytes"))
    ratio = round(after / before, 3) if before else 0
    return {
        "operation": "prompts.encode",
        "status": "ok",
        "result": argument,
        "sent": {
            "format": "text" if not used else used[0] if len(used) == 1 else "mixed",
            "reason": f"messages and parts kept their places; texts and data in them: {counted or 'none'}",
        },
        "stats": {"original_bytes": before, "compressed_bytes": after, "reduction_ratio": ratio},
        "parts": parts,
    }
