"""Anthropic's Messages API."""

from __future__ import annotations

from itertools import dropwhile
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, ClassVar

from kaizen_client.integrations.answers import Answer, Calls, find
from kaizen_client.integrations.arriving import Events
from kaizen_client.integrations.prompts import Shape, in_messages, is_typed
from kaizen_client.integrations.vendor import load
from kaizen_client.integrations.wrapper import ProviderWrapper, Vendor

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping, Sequence

    from kaizen_client.client import KaizenClient
    from kaizen_client.integrations.vendor import Stream


def _text(message: Any) -> str:
    """The text blocks; thinking and tool use are not part of the answer's text."""
    return "".join(block.text for block in message.content if block.type == "text")


async def _items(stream: Stream) -> AsyncGenerator[Any]:
    """The stream's events; of one that offers nothing but its text, as doubles do, the text and the final message."""
    async for item in stream.items():
        yield item
    if stream.only_text:
        message = await stream.ask("get_final_message")
        yield SimpleNamespace(type="message_stop" if _stopped(message) else "cut", message=message)


def _stopped(message: Any) -> bool:
    return getattr(message, "stop_reason", "") is not None


def _arguments(options: dict[str, Any], name: str, messages: list[Any]) -> dict[str, Any]:
    """What the system says before the first message is an argument of its own, in front of one that is given."""
    others = list(dropwhile(_of_the_system, messages))
    if len(others) == len(messages):
        return {**options, name: messages}
    said = [message["content"] for message in messages[: len(messages) - len(others)]]
    blocks = [block for content in [*said, options.get("system") or []] for block in _blocks(content)]
    return {**options, name: others, "system": blocks}


def _of_the_system(message: Any) -> bool:
    return bool(find(message, "role") == "system")


def _blocks(content: Any) -> list[Any]:
    return [{"type": "text", "text": content}] if isinstance(content, str) else list(content)


MESSAGES = Vendor(
    name="anthropic",
    complete="messages.create",
    stream="messages.stream",
    items=_items,
    arguments=_arguments,
    shape=Shape(argument="messages", alone=in_messages, text_part={"type": "text"}, is_part=is_typed),
    answer=Answer(
        text=_text,
        calls=Calls(items="content", types=("tool_use",), id=("id",), name=("name",), arguments=("input",)),
        finish_reason=("stop_reason",),
        usage=("usage",),
    ),
    arriving=Events(
        module="anthropic",
        text=("content_block_delta", "delta.text"),
        objects={"message_start": "message", "message_stop": "message"},
        ends=frozenset(("message_stop",)),
        errors={"error": "error"},
        finished=("content_block_stop", "content_block"),
        items="content",
    ),
)


class AnthropicKaizenWrapper(ProviderWrapper):
    """Anthropic's Messages API (extra `kaizen-client[anthropic]`). `client` is an `Anthropic` or `AsyncAnthropic`.

    Args:
        max_tokens: the API wants a limit for every answer; this one, unless a call gives another.
    """

    vendor: ClassVar[Vendor] = MESSAGES

    def __init__(
        self,
        kaizen: KaizenClient,
        *,
        model: str = "claude-3-5-sonnet-20240620",
        max_tokens: int = 1024,
        **settings: Any,
    ) -> None:
        super().__init__(kaizen, model=model, **settings)
        self._defaults["max_tokens"] = max_tokens

    async def chat(self, messages: Sequence[Mapping[str, Any]], **options: Any) -> dict[str, Any]:
        """Send messages with their JSON as KTOF; `encoded`, `anthropic_response` and `decoded` come back.

        Options are those of `messages.create`, `system` among them. When decoding fails, `decode_error` says why and
        the rest is there.

        Raises:
            KaizenProviderError: Anthropic's SDK failed; the exception is of its own class as well.
            KaizenError: encoding the messages failed; nothing was sent to Anthropic.
        """
        return await self._exchange({"messages": messages}, options)

    def stream(self, messages: Sequence[Mapping[str, Any]], **options: Any) -> AsyncGenerator[dict[str, Any]]:
        """As `chat`, in pieces: "encoded", then "delta" with `text`, then "done" with all that there is to know.

        Raises:
            KaizenProviderError: as for `chat`, and for a stream that is cut; `partial` holds what came before.
        """
        return self._pieces({"messages": messages}, options)

    def _open(self) -> Any:
        return load("anthropic", "anthropic").AsyncAnthropic()
