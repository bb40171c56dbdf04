"""OpenAI's Responses API, and the Chat Completions API that many other vendors offer too."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from kaizen_client.integrations.answers import Answer, Calls
from kaizen_client.integrations.arriving import Events
from kaizen_client.integrations.chunks import Chunks
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
    arriving=Chunks,
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
