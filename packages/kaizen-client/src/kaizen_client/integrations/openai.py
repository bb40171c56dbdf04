"""OpenAI's Responses API, and the Chat Completions API that many other vendors offer too."""

from __future__ import annotations

import sys
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, ClassVar

from kaizen_client.integrations.answers import Answer, Calls, find, plain
from kaizen_client.integrations.arriving import Events
from kaizen_client.integrations.failures import reported
from kaizen_client.integrations.prompts import Shape, in_messages, is_typed
from kaizen_client.integrations.vendor import load
from kaizen_client.integrations.wrapper import ProviderWrapper, Vendor

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping, Sequence

    from kaizen_client.client import KaizenClient

    Messages = Sequence[Mapping[str, Any]]

_ENDS = ("response.completed", "response.incomplete")
_OBJECTS = ("response.created", "response.queued", "response.in_progress", "response.failed", *_ENDS)

RESPONSES = Vendor(
    name="openai",
    complete="responses.create",
    stream="responses.create",
    stream_options={"stream": True},
    shape=Shape(argument="input", alone=str, text_part={"type": "input_text"}, is_part=is_typed),
    answer=Answer(
        text=lambda response: response.output_text or "",
        calls=Calls(
            items="output",
            types=("function_call", "custom_tool_call"),
            id=("call_id",),
            name=("name",),
            arguments=("arguments", "input"),
        ),
        finish_reason=("incomplete_details.reason", "status"),
        usage=("usage",),
    ),
    arriving=Events(
        module="openai",
        text=("response.output_text.delta", "delta"),
        objects=dict.fromkeys(_OBJECTS, "response"),
        ends=frozenset(_ENDS),
        errors={"response.failed": "response.error", "error": ""},
        finished=("response.output_item.done", "item"),
        items="output",
    ),
)


@dataclass
class _Chunks:
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
            choice |= part
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
        old = whole.get(name)
        if name == "tool_calls":
            for part in new:
                _join(_call_of(whole.setdefault(name, []), part), part)
        elif old and name in _IDENTITIES:
            continue
        elif isinstance(new, dict):
            _join(whole.setdefault(name, {}), new)
        elif old is not None and isinstance(new, (str, list)) and isinstance(old, type(new)):
            whole[name] = old + new
        else:
            whole[name] = new


def _call_of(calls: list[dict[str, Any]], part: Mapping[str, Any]) -> dict[str, Any]:
    """The tool call that a part belongs to. Some servers give all the same index, some give none."""
    index, identity = part.get("index"), part.get("id")
    for call in reversed(calls):
        if index in (None, call.get("index")) and (not identity or call.get("id", identity) == identity):
            return call
    calls.append({})
    return calls[-1]


def _finished(choice: Mapping[str, Any]) -> dict[str, Any]:
    """A choice as in an answer that came whole."""
    message = {"content": None, **choice["message"]}
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


COMPLETIONS = Vendor(
    name="openai",
    complete="chat.completions.create",
    stream="chat.completions.create",
    stream_options={"stream": True},
    shape=Shape(argument="messages", alone=in_messages, text_part={"type": "text"}, is_part=is_typed),
    answer=Answer(
        text=lambda response: (response.choices[0].message.content or "") if response.choices else "",
        calls=Calls(
            items="choices.0.message.tool_calls",
            id=("id",),
            name=("function.name", "custom.name"),
            arguments=("function.arguments", "custom.input"),
        ),
        finish_reason=("choices.0.finish_reason",),
        usage=("usage",),
    ),
    arriving=_Chunks,
)


class OpenAIKaizenWrapper(ProviderWrapper):
    """OpenAI's Responses API (extra `kaizen-client[openai]`). `client` is an `OpenAI` or `AsyncOpenAI`, or Azure's."""

    vendor: ClassVar[Vendor] = RESPONSES

    def __init__(self, kaizen: KaizenClient, *, model: str = "gpt-4o-mini", **settings: Any) -> None:
        super().__init__(kaizen, model=model, **settings)

    async def chat(self, messages: Messages, **options: Any) -> dict[str, Any]:
        """Send messages with their JSON encoded; `encoded`, `openai_response` and `decoded` come back.

        Options are those of `responses.create`. When decoding fails, `decode_error` says why and the rest is there.

        Raises:
            KaizenProviderError: OpenAI's SDK failed; the exception is of its own class as well.
            KaizenError: encoding the messages failed; nothing was sent to OpenAI.
        """
        return await self._exchange({"messages": messages}, options)

    def stream(self, messages: Messages, **options: Any) -> AsyncGenerator[dict[str, Any]]:
        """As `chat`, in pieces: "encoded", then "delta" with `text`, then "done" with all that there is to know.

        Raises:
            KaizenProviderError: as for `chat`; also for a response that failed and for a stream that is cut, and
                `partial` holds what came before.
        """
        return self._pieces({"messages": messages}, options)

    def _open(self) -> Any:
        return load("openai", "openai").AsyncOpenAI()


class OpenAICompatibleKaizenWrapper(ProviderWrapper):
    """Any vendor with an OpenAI-compatible Chat Completions API (extra `kaizen-client[openai]`).

    Args:
        base_url: the vendor's, such as `https://api.together.xyz/v1`.
        api_key: the vendor's; a placeholder where it wants none. What the environment holds for OpenAI is not sent.
    """

    vendor: ClassVar[Vendor] = COMPLETIONS

    def __init__(
        self, kaizen: KaizenClient, *, model: str, base_url: str = "", api_key: str | None = None, **settings: Any
    ) -> None:
        self._base_url = base_url
        self._api_key = api_key
        if not base_url and settings.get("client") is None:
            raise ValueError("give the vendor's base_url, or a client")
        super().__init__(kaizen, model=model, **settings)

    async def chat(self, messages: Messages, **options: Any) -> dict[str, Any]:
        """Send messages with their JSON encoded; `encoded`, `openai_response` and `decoded` come back.

        Options are those of `chat.completions.create`. Errors are those of `OpenAIKaizenWrapper.chat`.
        """
        return await self._exchange({"messages": messages}, options)

    def stream(self, messages: Messages, **options: Any) -> AsyncGenerator[dict[str, Any]]:
        """As `OpenAIKaizenWrapper.stream`. The usage comes if `stream_options={"include_usage": True}` asks for it."""
        return self._pieces({"messages": messages}, options)

    def _open(self) -> Any:
        client = load("openai", "openai").AsyncOpenAI(base_url=self._base_url, api_key=self._api_key or "none")
        client.organization = client.project = None  # read from OPENAI_ORG_ID, OPENAI_PROJECT_ID
        return client
