"""Google's Gemini API, through google-genai."""

from __future__ import annotations

import copy
from collections.abc import Mapping
from dataclasses import dataclass, field
from operator import attrgetter
from typing import TYPE_CHECKING, Any, ClassVar

from kaizen_client.integrations.answers import Answer, Calls, find
from kaizen_client.integrations.prompts import Shape, is_typed
from kaizen_client.integrations.vendor import load
from kaizen_client.integrations.wrapper import ProviderWrapper, Vendor

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from kaizen_client.client import KaizenClient

_PARTS = ("inlineData", "fileData", "functionCall", "functionResponse", "executableCode", "codeExecutionResult")
_PARTS_IN_PYTHON = (
    "inline_data",
    "file_data",
    "function_call",
    "function_response",
    "executable_code",
    "code_execution_result",
)
_WITH_TEXT = frozenset(("text", "thought", "thoughtSignature", "thought_signature"))
_FOREIGN = ("audio", "document", "file", "image", "image_url", "input_audio", "input_file", "input_image", "video")
_ROLES = {"system": "user", "developer": "user", "user": "user", "assistant": "model", "model": "model"}


def _is_part(given: Mapping[str, Any]) -> bool:
    """Whether this is a part, or a content, which is what holds parts."""
    if isinstance(given.get("parts"), (list, tuple)):
        return True
    if any(name in given for name in (*_PARTS, *_PARTS_IN_PYTHON)):
        return True
    return isinstance(given.get("text"), str) and given.keys() <= _WITH_TEXT


def _contents(messages: list[Any]) -> list[Any]:
    """Gemini's contents for messages with a role and content."""
    return [_content(message) if isinstance(message, Mapping) else message for message in messages]


def _content(message: Mapping[str, Any]) -> Mapping[str, Any]:
    if _is_part(message):
        return message
    role = _ROLES.get(message.get("role", "user"))
    if role is None or not message.keys() <= {"role", "content"}:
        raise ValueError(
            "a message for Gemini has a role and a content: give anything else as contents of google-genai"
        )
    content = message.get("content")
    items: list[Any] = list(content) if isinstance(content, (list, tuple)) else [content]
    rows = isinstance(content, (list, tuple)) and all(_is_row(item) for item in items)
    return {"role": role, "parts": [content] if rows else [_as_part(item) for item in items]}


def _is_row(item: Any) -> bool:
    return isinstance(item, Mapping) and not _is_part(item) and not is_typed(item)


def _as_part(part: Any) -> Any:
    """A part of Gemini's for a text and for a text part of other vendors; data, which is written later, as it is."""
    if isinstance(part, str):
        return {"text": part}
    if isinstance(part, Mapping) and not _is_part(part) and part.get("type") in _FOREIGN:
        raise ValueError(
            f"Gemini has no part of the type {part['type']!r}: give a part of google-genai, or inline_data"
        )
    if isinstance(part, Mapping) and part.get("type") in ("text", "input_text") and set(part) == {"type", "text"}:
        return {"text": part["text"]}
    return part


def _text(response: Any) -> str:
    """The text parts of the first candidate; a blocked answer has none."""
    candidates = response.candidates or []
    parts = find(candidates, "0.content.parts") or []
    return "".join(find(part, "text") or "" for part in parts if not find(part, "thought"))


@dataclass
class _Chunks:
    """Puts the chunks of an answer together: each is an answer of its own with the next parts."""

    chunks: list[Any] = field(default_factory=list[Any])

    def take(self, item: Any) -> str:
        self.chunks.append(item)
        return _text(item)

    @property
    def whole(self) -> bool:
        """Whether every candidate says why it ended, or there is none because the prompt was blocked."""
        whole = self.response()
        candidates = find(whole, "candidates") or []
        if not candidates:
            return find(whole, "prompt_feedback.block_reason") is not None
        return all(find(candidate, "finish_reason") is not None for candidate in candidates)

    def response(self) -> Any:
        """The last chunk, with the parts of all."""
        if not self.chunks:
            return None
        candidates: dict[int, list[Any]] = {}
        for chunk in self.chunks:
            for candidate in find(chunk, "candidates") or []:
                candidates.setdefault(find(candidate, "index") or 0, []).append(candidate)
        whole = _latest(self.chunks)
        if candidates:
            whole.candidates = [_candidate(candidates[index]) for index in sorted(candidates)]
        return whole


def _candidate(pieces: list[Any]) -> Any:
    contents = [piece.content for piece in pieces if find(piece, "content") is not None]
    whole = _latest(pieces)
    if contents:
        whole.content = _latest(contents)
        whole.content.parts = [part for content in contents for part in find(content, "parts") or []]
    return whole


def _latest(pieces: list[Any]) -> Any:
    """A copy of the last piece, with what only earlier ones say."""
    whole = copy.copy(pieces[-1])
    for piece in pieces:
        for name, value in vars(piece).items():
            if value is not None:
                setattr(whole, name, value)
    return whole


GENERATE_CONTENT = Vendor(
    name="gemini",
    complete="models.generate_content",
    stream="models.generate_content_stream",
    shape=Shape(
        argument="contents",
        alone=str,
        text_part={},
        is_part=_is_part,
        content="parts",
        may_be_text=False,
        messages=_contents,
    ),
    answer=Answer(
        text=_text,
        calls=Calls(
            items="candidates.0.content.parts",
            id=("function_call.id",),
            name=("function_call.name",),
            arguments=("function_call.args",),
        ),
        finish_reason=("candidates.0.finish_reason", "prompt_feedback.block_reason"),
        usage=("usage_metadata",),
    ),
    arriving=_Chunks,
)


class GeminiKaizenWrapper(ProviderWrapper):
    """Google's Gemini API (extra `kaizen-client[gemini]`). `client` is a `google.genai.Client` or its `.aio`."""

    vendor: ClassVar[Vendor] = GENERATE_CONTENT

    def __init__(self, kaizen: KaizenClient, *, model: str = "models/gemini-2.5-flash", **settings: Any) -> None:
        super().__init__(kaizen, model=model, **settings)

    async def invoke(self, prompt: Any, **options: Any) -> dict[str, Any]:
        """Send a prompt with its JSON encoded; `encoded`, `gemini_response` and `decoded` come back.

        Options are those of `models.generate_content`, such as `config`. When decoding fails, `decode_error` says why
        and the rest is there.

        Args:
            prompt: data, `{"messages": [...]}`, a text, or any contents of google-genai: parts, files, images.

        Raises:
            KaizenProviderError: Google's SDK failed; the exception is of its own class as well.
            KaizenError: encoding the prompt failed; nothing was sent to Google.
        """
        return await self._exchange(prompt, options)

    def stream(self, prompt: Any, **options: Any) -> AsyncGenerator[dict[str, Any]]:
        """As `invoke`, in pieces: "encoded", then "delta" with `text`, then "done" with all that there is to know.

        Raises:
            KaizenProviderError: as for `invoke`, and for a stream that is cut; `partial` holds what came before.
        """
        return self._pieces(prompt, options)

    async def close(self) -> None:
        """Close Google's client, if the wrapper made it."""
        if self._own:
            await self._client.aio.aclose()
            self._client.close()

    def _method(self, path: str) -> Callable[..., Any]:
        """A method of the client's async side, where it has one."""
        method: Callable[..., Any] = attrgetter(path)(getattr(self._client, "aio", self._client))
        return method

    def _open(self) -> Any:
        return load("google.genai", "gemini").Client()
