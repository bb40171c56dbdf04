"""The chunks of a chat completion, put together as OpenAI and the many servers that speak like it send them."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from kaizen_client.integrations.answers import plain
from kaizen_client.integrations.failures import reported

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass
class Chunks:
    """Puts the chunks of a chat completion together."""

    head: dict[str, Any] = field(default_factory=dict[str, Any])
    choices: dict[int, dict[str, Any]] = field(default_factory=dict[int, dict[str, Any]])
    of_the_sdk: bool = False

    def take(self, item: Any) -> str:
        chunk = plain(item)
        if chunk.get("error"):
            raise reported("openai", chunk["error"])
        self.of_the_sdk = hasattr(item, "model_dump")
        text = ""
        for part in chunk.pop("choices", []):
            delta, index = part.pop("delta", {}), part.get("index", 0)
            choice = self.choices.setdefault(index, {"index": index, "message": {"role": "assistant"}})
            _join(choice["message"], delta)
            _join(choice.setdefault("logprobs", {}), part.pop("logprobs", {}))
            choice.update(part)
            text += (delta.get("content") or "") if index == 0 else ""
        self.head |= chunk
        return text

    @property
    def whole(self) -> bool:
        """Whether every choice says why it ended."""
        return bool(self.choices) and all(choice.get("finish_reason") for choice in self.choices.values())

    def response(self) -> Any:
        """A `ChatCompletion`; of chunks that are not the SDK's, an object with the same attributes."""
        if not self.head and not self.choices:
            return None
        choices = [_finished(self.choices[index]) for index in sorted(self.choices)]
        completion = {**self.head, "object": "chat.completion", "choices": choices}
        types = sys.modules.get("openai.types.chat")
        if types is not None and self.of_the_sdk:
            return types.ChatCompletion.construct(**completion)
        return _as_object(completion)


_IDENTITIES = frozenset(("id", "index", "name", "role", "type"))


def _join(whole: dict[str, Any], delta: Mapping[str, Any]) -> None:
    """Add what a chunk brings: texts and lists grow, an identity that is sent again stays."""
    for name, new in delta.items():
        old: Any = whole.get(name)
        if name == "tool_calls":
            for part in new:
                _join(_call_of(whole.setdefault(name, []), part), part)
        elif old and name in _IDENTITIES:
            continue
        elif isinstance(new, dict):
            _join(whole.setdefault(name, {}), new)
        else:
            grows = isinstance(new, (str, list)) and type(old) is type(new)
            added: Any = new
            whole[name] = old + added if grows else added


def _call_of(calls: list[dict[str, Any]], part: Mapping[str, Any]) -> dict[str, Any]:
    """The tool call that a part belongs to. Some servers give all the same index, some give none."""
    index, identity = part.get("index"), part.get("id")
    for call in calls[::-1]:
        if index in (None, call.get("index")) and (not identity or call.get("id", identity) == identity):
            return call
    new: dict[str, Any] = {}
    calls.append(new)
    return new


def _finished(choice: Mapping[str, Any]) -> dict[str, Any]:
    """A choice as in an answer that came whole."""
    message: dict[str, Any] = {"content": None, **choice["message"]}
    if "tool_calls" in message:
        calls = message["tool_calls"]
        message["tool_calls"] = [
            {"type": "function", **{name: value for name, value in call.items() if name != "index"}} for call in calls
        ]
    return {"finish_reason": None, **choice, "message": message, "logprobs": choice["logprobs"] or None}


def _as_object(value: Any) -> Any:
    if isinstance(value, dict):
        return SimpleNamespace(**{name: _as_object(item) for name, item in value.items()})
    return [_as_object(item) for item in value] if isinstance(value, list) else value
