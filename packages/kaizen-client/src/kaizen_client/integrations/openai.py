"""OpenAI's Responses API, and the Chat Completions API that many other vendors offer too."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING, Any, ClassVar

from kaizen_client.integrations.vendor import invoke, iterate, load
from kaizen_client.integrations.wrapper import Finished, ProviderWrapper

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping, Sequence

    from kaizen_client.client import KaizenClient

    Messages = Sequence[Mapping[str, Any]]


_LAST_EVENTS = ("response.completed", "response.incomplete", "response.failed")


class OpenAIKaizenWrapper(ProviderWrapper):
    """OpenAI's Responses API (extra `kaizen-client[openai]`). `client` is an `OpenAI` or `AsyncOpenAI`."""

    provider: ClassVar[str] = "openai"
    prompt_argument: ClassVar[str] = "input"

    def __init__(self, kaizen: KaizenClient, *, model: str = "gpt-4o-mini", **settings: Any) -> None:
        super().__init__(kaizen, model=model, **settings)

    async def chat(self, messages: Messages, **options: Any) -> dict[str, Any]:
        """Send messages as KTOF; `encoded`, `openai_response` and `decoded` come back.

        Options are those of `responses.create`. When decoding fails, `decode_error` says why and the rest is there.

        Raises:
            KaizenProviderError: OpenAI's SDK failed; the exception is of its own class as well.
            KaizenError: encoding the messages failed; nothing was sent to OpenAI.
        """
        return await self._exchange({"messages": messages}, options)

    def stream(self, messages: Messages, **options: Any) -> AsyncGenerator[dict[str, Any]]:
        """As `chat`, in pieces: an "encoded", then "delta" with `text`, then "done" with text, response, decoded.

        The response's `status` says whether the answer is whole ("completed", "incomplete", "failed").
        """
        return self._pieces({"messages": messages}, options)

    def _open(self) -> Any:
        return load("openai", "openai").AsyncOpenAI()

    async def _complete(self, text: str, options: dict[str, Any]) -> Any:
        return await invoke(self._client.responses.create, input=text, **options)

    def _text(self, response: Any) -> str:
        return response.output_text or ""

    async def _stream(self, text: str, options: dict[str, Any]) -> AsyncGenerator[str | Finished]:
        events = await invoke(self._client.responses.create, input=text, stream=True, **options)
        async with aclosing(iterate(events)) as arriving:
            async for event in arriving:
                if event.type == "response.output_text.delta":
                    yield event.delta
                elif event.type in _LAST_EVENTS:
                    yield Finished(event.response)


class OpenAICompatibleKaizenWrapper(ProviderWrapper):
    """Any vendor with an OpenAI-compatible Chat Completions API (extra `kaizen-client[openai]`).

    Args:
        base_url: the vendor's, such as `https://api.together.xyz/v1`.
        api_key: the vendor's; a placeholder where it wants none. What the environment holds for OpenAI is not sent.
    """

    provider: ClassVar[str] = "openai"
    prompt_argument: ClassVar[str] = "messages"

    def __init__(
        self, kaizen: KaizenClient, *, model: str, base_url: str = "", api_key: str | None = None, **settings: Any
    ) -> None:
        self._base_url = base_url
        self._api_key = api_key
        if not base_url and settings.get("client") is None:
            raise ValueError("give the vendor's base_url, or a client")
        super().__init__(kaizen, model=model, **settings)

    async def chat(self, messages: Messages, **options: Any) -> dict[str, Any]:
        """Send messages as KTOF; `encoded`, `openai_response` and `decoded` come back.

        Options are those of `chat.completions.create`. Errors are those of `OpenAIKaizenWrapper.chat`.
        """
        return await self._exchange({"messages": messages}, options)

    def stream(self, messages: Messages, **options: Any) -> AsyncGenerator[dict[str, Any]]:
        """As `chat`, in pieces: an "encoded", then "delta" with `text`, then "done" with text and decoded."""
        return self._pieces({"messages": messages}, options)

    def _open(self) -> Any:
        client = load("openai", "openai").AsyncOpenAI(base_url=self._base_url, api_key=self._api_key or "none")
        client.organization = client.project = None  # read from OPENAI_ORG_ID, OPENAI_PROJECT_ID
        return client

    async def _complete(self, text: str, options: dict[str, Any]) -> Any:
        return await invoke(self._client.chat.completions.create, **_as_message(text), **options)

    def _text(self, response: Any) -> str:
        return (response.choices[0].message.content or "") if response.choices else ""

    async def _stream(self, text: str, options: dict[str, Any]) -> AsyncGenerator[str | Finished]:
        chunks = await invoke(self._client.chat.completions.create, stream=True, **_as_message(text), **options)
        async with aclosing(iterate(chunks)) as arriving:
            async for chunk in arriving:
                if chunk.choices and chunk.choices[0].delta.content:
                    yield chunk.choices[0].delta.content
        yield Finished(None)


def _as_message(text: str) -> dict[str, Any]:
    return {"messages": [{"role": "user", "content": text}]}
