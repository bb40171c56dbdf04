"""What all provider wrappers do: encode what is JSON in the prompt, ask the vendor, decode the answer."""

from __future__ import annotations

from abc import ABC, abstractmethod
from contextlib import aclosing
from dataclasses import dataclass, field
from operator import attrgetter
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from kaizen_client.errors import KaizenProviderError
from kaizen_client.integrations.answers import unfenced
from kaizen_client.integrations.encoding import Encoding
from kaizen_client.integrations.failures import CUT, marked
from kaizen_client.integrations.vendor import Stream, invoke
from kaizen_client.ktof import looks_like_ktof
from kaizen_client.payloads import body_of

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Mapping
    from types import TracebackType

    from typing_extensions import Self

    from kaizen_client.choosing import Preference
    from kaizen_client.client import KaizenClient
    from kaizen_client.integrations.answers import Answer
    from kaizen_client.integrations.arriving import Arriving
    from kaizen_client.integrations.prompts import Shape
    from kaizen_client.models import DecodeOptions, EncodeOptions

Decode = Literal["auto", "always", "never"]


@dataclass(frozen=True)
class Vendor:
    """One vendor's API, as a table.

    Attributes:
        name: its name; answers come back as `<name>_response`.
        complete: the client's method for an answer.
        stream: the client's method for a stream, which takes `stream_options` besides.
        shape: how its prompts are built.
        answer: where its answers keep what all have.
        arriving: puts the items of one stream together.
        items: reads the items of one stream.
        arguments: the arguments of a call, out of the options and the prompt.
    """

    name: str
    complete: str
    stream: str
    shape: Shape
    answer: Answer
    arriving: Callable[[], Arriving]
    items: Callable[[Stream], AsyncGenerator[Any]] = Stream.items
    stream_options: Mapping[str, Any] = field(default_factory=dict[str, Any])
    arguments: Callable[[dict[str, Any], str, Any], dict[str, Any]] = lambda options, name, prompt: {
        **options,
        name: prompt,
    }


class ProviderWrapper(ABC):
    """One vendor's chat API with the JSON in its prompts encoded by Kaizen.

    Args:
        kaizen: an async client; the wrapper does not close it.
        model: the vendor's model, unless a call names another.
        client: a client of the vendor's SDK, sync or async. It is not closed; one that the wrapper makes itself is.
        encode_options, metadata, token_models: sent with everything that Kaizen encodes.
        auto_detect_json: False leaves the JSON documents inside texts as they are.
        choose: "smaller" sends compact JSON where KTOF is longer; "ktof" and "json" send that whatever its size.
        count: counts the tokens of a text, which "smaller" compares. Without it, it takes tiktoken's tokenizer of the
            model where there is one, and compares bytes where there is none.
        keep_roles: True sends every message as a message. Else messages of the system and the user that are nothing
            but plain texts and data go as one document.
        decode: "auto" decodes answers that are KTOF and leaves prose alone, "always" and "never" do as they say.
        decode_options: sent with every answer that is decoded.

    Raises:
        pydantic.ValidationError: Kaizen would refuse the options or the metadata; nothing is paid for yet.
    """

    vendor: ClassVar[Vendor]

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
        auto_detect_json: bool = True,
        choose: Preference = "smaller",
        count: Callable[[str], int] | None = None,
        keep_roles: bool = False,
        decode: Decode = "auto",
    ) -> None:
        if decode not in ("auto", "always", "never"):
            raise ValueError(f"decode must be 'auto', 'always' or 'never', got {decode!r}")
        self._kaizen = kaizen
        self._defaults: dict[str, Any] = {"model": model}
        self._own = client is None
        self._client = self._open() if client is None else client
        payload = _given(options=encode_options, metadata=metadata, token_models=token_models)
        payload["auto_detect_json"] = auto_detect_json
        self._encoding = Encoding(kaizen, self.vendor.shape, payload, choose, count, keep_roles)
        self._decode = decode
        self._decode_extra = _given(options=decode_options, metadata=metadata)
        self._reading = body_of("prompts_decode", {"ktof": "", **self._decode_extra}).get("options", {})

    @property
    def provider(self) -> str:
        """The vendor's name, as in the error's `provider` and the answer's `<name>_response`."""
        return self.vendor.name

    @property
    def prompt_argument(self) -> str:
        """The argument of the vendor's method that the wrapper fills in."""
        return self.vendor.shape.argument

    @abstractmethod
    def _open(self) -> Any:
        """A client of the vendor's SDK, set up from the environment."""

    def _method(self, path: str) -> Callable[..., Any]:
        """A method of the vendor's client."""
        method: Callable[..., Any] = attrgetter(path)(self._client)
        return method

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
        argument, encoded = await self._encoding.of(prompt, options["model"])
        try:
            arguments = self.vendor.arguments(options, self.prompt_argument, argument)
            response = await invoke(self._method(self.vendor.complete), **arguments)
        except Exception as exc:  # noqa: BLE001 - marked and raised again
            raise marked(exc, self.provider, encoded)  # noqa: B904 - the very same exception
        decoded = await self._decoded(lambda: self.vendor.answer.text(response))
        return {"encoded": encoded, f"{self.provider}_response": response, **decoded}

    async def _pieces(self, prompt: Any, options: dict[str, Any]) -> AsyncGenerator[dict[str, Any]]:
        """Encode, ask, pass on what arrives, decode."""
        options = {**self._call_options(options), **self.vendor.stream_options}
        argument, encoded = await self._encoding.of(prompt, options["model"])
        yield {"type": "encoded", "encoded": encoded}
        stream, arriving, texts = Stream(), self.vendor.arriving(), list[str]()
        try:
            try:
                arguments = self.vendor.arguments(options, self.prompt_argument, argument)
                await stream.open(self._method(self.vendor.stream), **arguments)
                async with aclosing(self.vendor.items(stream)) as items:
                    async for item in items:
                        if text := arriving.take(item):
                            texts.append(text)
                            yield {"type": "delta", "text": text}
            finally:
                await stream.close()
            if not arriving.whole:
                raise KaizenProviderError(CUT)
        except Exception as exc:  # noqa: BLE001 - marked and raised again
            raise marked(exc, self.provider, encoded, self._so_far(texts, arriving))  # noqa: B904 - the same exception
        whole = self._so_far(texts, arriving)
        yield {"type": "done", **whole, **await self._decoded(lambda: whole["text"])}

    def _so_far(self, texts: list[str], arriving: Arriving) -> dict[str, Any]:
        response = arriving.response()
        return {"text": "".join(texts), f"{self.provider}_response": response, **self.vendor.answer.facts(response)}

    def _call_options(self, options: dict[str, Any]) -> dict[str, Any]:
        """The vendor's arguments, refused before anything is paid for when they are the wrapper's own."""
        if options.pop("stream", False):
            raise ValueError("use the method stream(...) for an answer in pieces")
        if self.prompt_argument in options:
            raise ValueError(f"{self.prompt_argument} is the encoded prompt; it cannot be given")
        return {**self._defaults, **options}

    async def _decoded(self, text_of: Callable[[], str]) -> dict[str, Any]:
        """What the answer decodes to. It is paid for: whatever fails here is told in `decode_error`, never raised."""
        if self._decode == "never":
            return {"decoded": None}
        try:
            text, named = unfenced(text_of())
            if self._decode == "auto" and not named and not self._is_ktof(text):
                return {"decoded": None}
            return {"decoded": await self._kaizen.prompts_decode({"ktof": text, **self._decode_extra})}
        except Exception as exc:  # noqa: BLE001 - see above
            return {"decoded": None, "decode_error": exc}

    def _is_ktof(self, text: str) -> bool:
        """Whether the answer is KTOF, with mistakes or without: decoding says what is wrong with it."""
        return looks_like_ktof(text, indent=self._reading.get("indent", 2), strict=False)


def _given(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
