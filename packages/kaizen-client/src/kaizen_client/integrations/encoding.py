"""A prompt on its way to a vendor: what in it is data or JSON is encoded, in the smaller form, and told."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from kaizen_client import choosing
from kaizen_client.batch import DEFAULT_CONCURRENCY, run_async
from kaizen_client.errors import KaizenResponseError
from kaizen_client.integrations.prompts import Shape, Writer, is_document, rewritten
from kaizen_client.payloads import body_of
from kaizen_client.results import KaizenResult

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kaizen_client.choosing import Choice, Preference
    from kaizen_client.client import KaizenClient


@dataclass(frozen=True)
class Encoding:
    """How one wrapper encodes its prompts.

    Attributes:
        kaizen: encodes the data; JSON documents in texts are found and encoded here, without a call.
        payload: what every call to it holds besides the prompt.
        prefer: which form is sent.
        keep_roles: whether messages are never joined to one document.
    """

    kaizen: KaizenClient
    shape: Shape
    payload: Mapping[str, Any]
    prefer: Preference
    keep_roles: bool

    def __post_init__(self) -> None:
        self._body("")
        choosing.choose("", prefer=self.prefer)

    async def of(self, prompt: Any) -> tuple[Any, dict[str, Any]]:
        """The vendor's argument, and what is told of it as `encoded`."""
        if is_document(prompt, self.shape) and not self.keep_roles:
            encoded = await self._encoded(prompt)
            return self.shape.alone(encoded["result"]), encoded
        answers = await run_async(self._encoded, _data_in(prompt, self.shape), DEFAULT_CONCURRENCY)
        waiting = iter([answer.unwrap() for answer in answers])
        parts: list[dict[str, Any]] = []

        def data(_: Any) -> str:
            parts.append(next(waiting))
            return str(parts[-1]["result"])

        def text(given: str) -> str:
            choice = self._chosen(given)
            parts.append({"result": choice.text, **_told(choice)})
            return choice.text

        argument = rewritten(prompt, self.shape, Writer(data, text))
        return argument, _summary(argument, parts)

    async def _encoded(self, value: Any) -> dict[str, Any]:
        """Kaizen's answer for a value; its `result` is what is sent."""
        body = self._body(value)
        answer = await self.kaizen.prompts_encode(body)
        text = answer.get("result")
        if not isinstance(text, str):
            raise KaizenResponseError("the answer to prompts_encode holds no text", body=answer)
        choice = choosing.choose(body["prompt"], prefer=self.prefer, encoded=text)
        sizes = {} if choice.format == "ktof" else _as_it_was(KaizenResult(answer), len(choice.text.encode()))
        return {**answer, **sizes, "result": choice.text, **_told(choice)}

    def _chosen(self, text: str) -> Choice:
        body = self._body(text)
        prefer: Preference = self.prefer if body["auto_detect_json"] else "json"
        return choosing.choose(text, prefer=prefer, options=body.get("options"))

    def _body(self, prompt: Any) -> dict[str, Any]:
        return body_of("prompts_encode", {"prompt": prompt, **self.payload})


def _data_in(prompt: Any, shape: Shape) -> list[Any]:
    values: list[Any] = []

    def note(value: Any) -> str:
        values.append(value)
        return ""

    rewritten(prompt, shape, Writer(data=note, text=str))
    return values


def _as_it_was(answer: KaizenResult, size: int) -> dict[str, Any]:
    """The sizes in an answer when JSON is sent: after is as before."""
    counts = {model: counted[0] for model in answer.token_models if (counted := answer.tokens(model)) is not None}
    stats: dict[str, Any] = {
        "stats": {"original_bytes": size, "compressed_bytes": size, "reduction_ratio": 1.0},
        "token_stats": {model: {"original": count, "compressed": count} for model, count in counts.items()},
    }
    return stats if counts else {"stats": stats["stats"]}


def _told(choice: Choice) -> dict[str, Any]:
    sizes = {form: asdict(size) for form, size in choice.sizes.items()}
    return {"sent": {"format": choice.format, "reason": choice.reason, "sizes": sizes}}


def _summary(argument: Any, parts: list[dict[str, Any]]) -> dict[str, Any]:
    """What is told of a prompt that kept its messages: its parts, and their sizes together."""
    formats = [part["sent"]["format"] for part in parts]
    used = sorted({form for form in formats if form != "text"})
    counted = ", ".join(f"{formats.count(form)} as {form}" for form in ("ktof", "json", "text"))
    before = sum(_before(part["sent"]["sizes"]) for part in parts)
    after = sum(len(part["result"].encode(errors="surrogatepass")) for part in parts)
    ratio = round(after / before, 3) if before else 0
    return {
        "operation": "prompts.encode",
        "status": "ok",
        "result": argument,
        "stats": {"original_bytes": before, "compressed_bytes": after, "reduction_ratio": ratio},
        "sent": {
            "format": "text" if not used else used[0] if len(used) == 1 else "mixed",
            "reason": f"messages and parts kept their places; of their texts and data {counted}",
        },
        "parts": parts,
    }


def _before(sizes: Mapping[str, Any]) -> int:
    return int((sizes.get("text") or sizes["json"])["bytes"])
