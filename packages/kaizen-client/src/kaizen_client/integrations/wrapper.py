"""What all provider wrappers do: encode the prompt, ask the vendor, decode the answer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import aclosing
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from kaizen_client.errors import KaizenResponseError
from kaizen_client.integrations.vendor import invoke, marked
from kaizen_client.ktof import looks_like_ktof
from kaizen_client.payloads import body_of

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Mapping
    from types import TracebackType

    from typing_extensions import Self

    from kaizen_client.client import KaizenClient
    from kaizen_client.models import DecodeOptions, EncodeOptions

Decode = Literal["auto", "always", "never"]


class ProviderWrapper(ABC):
    """One vendor's chat API with prompts encoded by Kaizen.

    Args:
        kaizen: an async client; the wrapper does not close it.
        model: the vendor's model, unless a call names another.
        client: a client of the vendor's SDK, sync or async. It is not closed; one that the wrapper makes itself is.
        encode_options, metadata, token_models: sent with every prompt.
        decode: "auto" decodes answers that are KTOF and leaves prose alone, "always" and "never" do as they say.
        decode_options: sent with every answer that is decoded.

    Raises:
        pydantic.ValidationError: Kaizen would refuse the options or the metadata; nothing is paid for yet.
    """

    provider: ClassVar[str]
    prompt_argument: ClassVar[str]
    """The argument of the vendor's method that the wrapper fills in."""

    def __init__(
        self,
        kaizen: KaizenClient,
        *,
        model: str,
        client: Any = None,
        encode_options: EncodeOptions | Mapping[str, Any] | None = None,
        decode_options: DecodeOptions | Mapping[str, Any] | None = None,
        metadata: Mapping[str, Any] | None = None,
        token_models: list[str] | None = None,
        decode: Decode = "auto",
    ) -> None:
        if decode not in ("auto", "always", "never"):
            raise ValueError(f"decode must be 'auto', 'always' or 'never', got {decode!r}")
        self._kaizen = kaizen
        self._model = model
        self._own = client is None
        self._client = self._open() if client is None else client
        self._encode_extra = _given(options=encode_options, metadata=metadata, token_models=token_models)
        self._decode_extra = _given(options=decode_options, metadata=metadata)
        self._decode = decode
        body_of("prompts_encode", {"prompt": "", **self._encode_extra})
        body_of("prompts_decode", {"ktof": "", **self._decode_extra})

    @abstractmethod
    def _open(self) -> Any:
        """A client of the vendor's SDK, set up from the environment."""

    @abstractmethod
    async def _complete(self, text: str, options: dict[str, Any]) -> Any:
        """Ask the vendor."""

    @abstractmethod
    def _text(self, response: Any) -> str:
        """The text of the vendor's answer, "" when it has none."""

    @abstractmethod
    def _stream(self, text: str, options: dict[str, Any]) -> AsyncGenerator[str | Finished]:
        """Ask the vendor for a stream: pieces of text, then `Finished`."""

    async def close(self) -> None:
        """Close the vendor's client, if the wrapper made it."""
        if self._own:
            await invoke(self._client.close)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, exc_type: type[BaseException] | None, exc: BaseException | None, traceback: TracebackType | None
    ) -> None:
        await self.close()

    async def _exchange(self, prompt: Any, options: dict[str, Any]) -> dict[str, Any]:
        """Encode, ask, decode."""
        options = self._call_options(options)
        encoded, text = await self._encoded(prompt)
        try:
            response = await self._complete(text, options)
        except Exception as exc:  # noqa: BLE001 - marked and raised again
            raise marked(exc, self.provider, encoded)  # noqa: B904 - the very same exception
        decoded = await self._decoded(lambda: self._text(response))
        return {"encoded": encoded, f"{self.provider}_response": response, **decoded}

    async def _pieces(self, prompt: Any, options: dict[str, Any]) -> AsyncGenerator[dict[str, Any]]:
        options = self._call_options(options)
        encoded, text = await self._encoded(prompt)
        yield {"type": "encoded", "encoded": encoded}
        answer: list[str] = []
        response: Any = None
        try:
            async with aclosing(self._stream(text, options)) as pieces:
                async for piece in pieces:
                    if isinstance(piece, Finished):
                        response = piece.response
                    else:
                        answer.append(piece)
                        yield {"type": "delta", "text": piece}
        except Exception as exc:  # noqa: BLE001 - marked and raised again
            raise marked(exc, self.provider, encoded)  # noqa: B904 - the very same exception
        whole = "".join(answer)
        decoded = await self._decoded(lambda: whole)
        yield {"type": "done", "text": whole, f"{self.provider}_response": response, **decoded}

    def _call_options(self, options: dict[str, Any]) -> dict[str, Any]:
        """The vendor's arguments, refused before anything is paid for when they are the wrapper's own."""
        if options.pop("stream", False):
            raise ValueError("use the method stream(...) for an answer in pieces")
        if self.prompt_argument in options:
            raise ValueError(f"{self.prompt_argument} is the encoded prompt; it cannot be given")
        return {"model": self._model, **options}

    async def _encoded(self, prompt: Any) -> tuple[dict[str, Any], str]:
        answer = await self._kaizen.prompts_encode({"prompt": prompt, **self._encode_extra})
        text = answer.get("result")
        if not isinstance(text, str):
            raise KaizenResponseError("the answer to prompts_encode holds no text", body=answer)
        return answer, text

    async def _decoded(self, text_of: Callable[[], str]) -> dict[str, Any]:
        """What the answer decodes to. It is paid for: whatever fails here is told in `decode_error`, never raised."""
        if self._decode == "never":
            return {"decoded": None}
        try:
            text = text_of()
            if self._decode == "auto" and not looks_like_ktof(text):
                return {"decoded": None}
            return {"decoded": await self._kaizen.prompts_decode({"ktof": text, **self._decode_extra})}
        except Exception as exc:  # noqa: BLE001 - see above
            return {"decoded": None, "decode_error": exc}


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


class Finished:
    """The end of a vendor's stream, with the whole response where the vendor sends one."""

    def __init__(self, response: Any) -> None:
        self.response = response
