"""Google's Gemini API, through google-genai."""

from __future__ import annotations

from contextlib import aclosing
from typing import TYPE_CHECKING, Any, ClassVar

from kaizen_client.integrations.vendor import invoke, iterate, load
from kaizen_client.integrations.wrapper import Finished, ProviderWrapper

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from kaizen_client.client import KaizenClient


class GeminiKaizenWrapper(ProviderWrapper):
    """Google's Gemini API (extra `kaizen-client[gemini]`). `client` is a `google.genai.Client` or its `.aio`."""

    provider: ClassVar[str] = "gemini"
    prompt_argument: ClassVar[str] = "contents"

    def __init__(self, kaizen: KaizenClient, *, model: str = "models/gemini-2.5-flash", **settings: Any) -> None:
        super().__init__(kaizen, model=model, **settings)
        self._models = getattr(self._client, "aio", self._client).models

    async def invoke(self, prompt: Any, **options: Any) -> dict[str, Any]:
        """Send a prompt as KTOF; `encoded`, `gemini_response` and `decoded` come back.

        Options are those of `models.generate_content`, such as `config`. When decoding fails, `decode_error` says why
        and the rest is there.

        Raises:
            KaizenProviderError: Google's SDK failed; the exception is of its own class as well.
            KaizenError: encoding the prompt failed; nothing was sent to Google.
        """
        return await self._exchange(prompt, options)

    def stream(self, prompt: Any, **options: Any) -> AsyncGenerator[dict[str, Any]]:
        """As `invoke`, in pieces: an "encoded", then "delta" with `text`, then "done" with text, response, decoded.

        The response is the vendor's last piece, which says why it ended and what it cost.
        """
        return self._pieces(prompt, options)

    async def close(self) -> None:
        """Close Google's client, if the wrapper made it."""
        if self._own:
            await self._client.aio.aclose()
            self._client.close()

    def _open(self) -> Any:
        return load("google.genai", "gemini").Client()

    async def _complete(self, text: str, options: dict[str, Any]) -> Any:
        return await invoke(self._models.generate_content, contents=text, **options)

    def _text(self, response: Any) -> str:
        """The text parts of the first candidate; a blocked answer has none."""
        candidates = response.candidates or []
        content = candidates[0].content if candidates else None
        return "".join(part.text or "" for part in (content.parts if content else None) or [] if not part.thought)

    async def _stream(self, text: str, options: dict[str, Any]) -> AsyncGenerator[str | Finished]:
        response: Any = None
        chunks = await invoke(self._models.generate_content_stream, contents=text, **options)
        async with aclosing(iterate(chunks)) as arriving:
            async for response in arriving:
                if piece := self._text(response):
                    yield piece
        yield Finished(response)
