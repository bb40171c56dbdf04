"""What of a prompt is written anew for a vendor: data, and the JSON documents in texts. All else goes as it is.

Messages that are nothing but a role and content go as one document, as long as that changes none of their texts. All
others keep their place and role: what the model said, tool calls and their results, images, files, audio, reasoning,
cached and unknown parts are handed on untouched, as is everything around the texts that are looked into.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from kaizen_client import ktof

_FOLDING = frozenset(("system", "user"))
_TYPE = re.compile(r"[a-z][a-z0-9_.]*")  # as all vendors write the types of their parts
_SPEAKING = frozenset(("system", "user", "developer", None))  # whose texts are looked into


@dataclass(frozen=True)
class Shape:
    """How a vendor's prompts are built.

    Attributes:
        argument: the argument of the vendor's method that takes the prompt.
        alone: that argument for a prompt that is one text.
        text_part: what a text part holds besides its `text`; one that holds more, such as a mark for caching, is not
            looked into.
        is_part: whether a mapping is a part, or a message, as the vendor defines them.
        content: the field of a message that holds its text or parts.
        may_be_text: whether that may be a text; else it is always a list of parts.
        messages: the vendor's own messages for those with a role and content.
    """

    argument: str
    alone: Callable[[str], Any]
    text_part: Mapping[str, str]
    is_part: Callable[[Mapping[str, Any]], bool]
    content: str = "content"
    may_be_text: bool = True
    messages: Callable[[list[Any]], list[Any]] = list


class Writer(NamedTuple):
    """What stands instead of a value, and instead of a text."""

    data: Callable[[Any], str]
    text: Callable[[str], str]


def in_messages(text: str) -> list[dict[str, str]]:
    """A text as the only message."""
    return [{"role": "user", "content": text}]


def is_typed(part: Mapping[str, Any]) -> bool:
    """Whether a mapping says by its `type` which part it is, or by its `role` that it is a message."""
    kind = part.get("type")
    return (isinstance(kind, str) and _TYPE.fullmatch(kind) is not None) or "role" in part


def messages_in(prompt: Any) -> list[Any] | None:
    """The messages in a prompt that is `{"messages": ...}`: a list, or a text as the only one."""
    messages = prompt["messages"] if isinstance(prompt, Mapping) and set(prompt) == {"messages"} else None
    if isinstance(messages, str):
        return in_messages(messages)
    return list(messages) if isinstance(messages, (list, tuple)) else None


def is_document(prompt: Any, shape: Shape) -> bool:
    """Whether the prompt is data as a whole: it holds no text that must stay as it is, and no part of the vendor's."""
    messages = messages_in(prompt)
    if messages is not None:
        return all(_folds(message, shape) for message in messages)
    return not isinstance(prompt, str) and _is_data(prompt, shape)


def rewritten(prompt: Any, shape: Shape, write: Writer) -> Any:
    """The prompt as the vendor takes it, with its data and texts as `write` has them. The given one is not changed."""
    messages = messages_in(prompt)
    return _rewritten(prompt if messages is None else shape.messages(messages), shape, write)


def _rewritten(given: Any, shape: Shape, write: Writer) -> Any:
    if isinstance(given, (list, tuple)):
        return [_rewritten(item, shape, write) for item in given]
    if isinstance(given, str):
        return write.text(given)
    if not isinstance(given, Mapping) or shape.content not in given:
        return _part(given, shape, write)
    content = given[shape.content]
    if shape.may_be_text and content and (isinstance(content, Mapping) or _is_list_of_data(content, shape)):
        return {**given, shape.content: write.data(content)}
    if given.get("role") not in _SPEAKING:
        return given
    if isinstance(content, (list, tuple)):
        return {**given, shape.content: [_part(part, shape, write) for part in content]}
    return {**given, shape.content: write.text(content) if isinstance(content, str) else content}


def _part(part: Any, shape: Shape, write: Writer) -> Any:
    if not isinstance(part, Mapping):
        return {**shape.text_part, "text": write.data(part)} if _is_list_of_data(part, shape) else part
    if not shape.is_part(part):
        return {**shape.text_part, "text": write.data(part)}
    others = {name: value for name, value in part.items() if name != "text"}
    text = part.get("text")
    return {**part, "text": write.text(text)} if isinstance(text, str) and others == shape.text_part else part


def _folds(message: Any, shape: Shape) -> bool:
    """Whether a message can be a part of a document: its text stands there as it is, or it is data."""
    if not isinstance(message, Mapping) or set(message) != {"role", "content"} or message["role"] not in _FOLDING:
        return False
    content = message["content"]
    if not isinstance(content, str):
        return isinstance(content, Mapping) or (_is_data(content, shape) and not _has_typed(content))
    return ktof.encode([content]) == f"[1]: {content}"


def _has_typed(content: Any) -> bool:
    """Whether a list holds parts as most vendors define them."""
    return isinstance(content, (list, tuple)) and any(isinstance(item, Mapping) and is_typed(item) for item in content)


def _is_list_of_data(value: Any, shape: Shape) -> bool:
    return isinstance(value, (list, tuple)) and _is_data(value, shape)


def _is_data(value: Any, shape: Shape) -> bool:
    """Whether this is data of the caller's, and not an object or a part of the vendor's, nor a list with one."""
    if isinstance(value, Mapping):
        return not shape.is_part(value)
    if isinstance(value, (list, tuple)):
        return all(_is_data(item, shape) for item in value)
    return value is None or isinstance(value, (str, int, float))
