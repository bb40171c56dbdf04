"""Anthropic's Messages API."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING, Any, ClassVar

from kaizen_client.integrations.vendor import finish, invoke, iterate, load
from kaizen_client.integrations.wrapper import Finished, ProviderWrapper

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping, Sequence

    from kaizen_client.client import KaizenClient


class AnthropicKaizenWrapper(ProviderWrapper):
    """Anthropic's Messages API (extra `kaizen-client[anthropic]`). `client` is an `Anthropic` or `AsyncAnthropic`.

    Args:
        max_tokens: the API wants a limit for every answer; this one, unless a call gives another.
    """

    provider: ClassVar[str] = "anthropic"
    prompt_argument: ClassVar[str] = "messages"

    def __init__(
        self,
        kaizen: KaizenClient,
        *,
        model: str = "claude-3-5-sonnet-20240620",
        max_tokens: int = 1024,
        **settings: Any,
    ) -> None:
        super().__init__(kaizen, model=model, **settings)
        self._max_tokens = max_tokens

    async def chat(self, messages: Sequence[Mapping[str, Any]], **options: Any) -> dict[str, Any]:
        """Send messages as KTOF; `encoded`, `anthropic_response` and `decoded` come back.

        Options are those of `messages.create`, `system` among them. When decoding fails, `decode_error` says why and
        the rest is there.

        Raises:
            KaizenProviderError: Anthropic's SDK failed; the exception is of its own class as well.
            KaizenError: encoding the messages failed; nothing was sent to Anthropic.
        """
        return await self._exchange({"messages": messages}, options)

    def stream(self, messages: Sequence[Mapping[str, Any]], **options: Any) -> AsyncGenerator[dict[str, Any]]:
        """As `chat`, in pieces: an "encoded", then "delta" with `text`, then "done" with text, response, decoded."""
        return self._pieces({"messages": messages}, options)

    def _open(self) -> Any:
        return load("anthropic", "anthropic").AsyncAnthropic()

    def _arguments(self, text: str, options: dict[str, Any]) -> dict[str, Any]:
        return {"max_tokens": self._max_tokens, **options, "messages": [{"role": "user", "content": text}]}

    async def _complete(self, text: str, options: dict[str, Any]) -> Any:
        return await invoke(self._client.messages.create, **self._arguments(text, options))

    def _text(self, response: Any) -> str:
        """The text blocks; thinking and tool use are not part of the answer's text."""
        return "".join(block.text for block in response.content if block.type == "text")

    async def _stream(self, text: str, options: dict[str, Any]) -> AsyncGenerator[str | Finished]:
        manager = self._client.messages.stream(**self._arguments(text, options))
        is_async = hasattr(manager, "__aenter__")
        stream = await invoke(manager.__aenter__ if is_async else manager.__enter__)
        try:
            async with aclosing(iterate(stream.text_stream)) as pieces:
                async for piece in pieces:
                    yield piece
            yield Finished(await invoke(stream.get_final_message))
        finally:
            await finish(manager.__aexit__ if is_async else manager.__exit__, None, None, None)
