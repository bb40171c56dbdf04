"""What the wrappers read in a vendor's answer, wherever the vendor keeps it."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

Paths = tuple[str, ...]
"""Places to look for a value, such as "choices.0.finish_reason"; the first that holds one counts."""


@dataclass(frozen=True)
class Calls:
    """Where the calls of tools stand in an answer.

    Attributes:
        items: the list that they are in.
        types: the types of items that are calls; any, when empty.
        id, name, arguments: places in an item; an item without a name is no call.
    """

    items: str
    id: Paths
    name: Paths
    arguments: Paths
    types: Paths = ()

    def found(self, response: Any) -> list[dict[str, Any]]:
        """The calls, in one shape for all vendors. Arguments that are JSON text are read; broken ones stay text."""
        items: Any = find(response, self.items) or []
        return [
            {"id": first(item, self.id), "name": name, "arguments": _read(first(item, self.arguments))}
            for item in items
            if (not self.types or find(item, "type") in self.types) and (name := first(item, self.name))
        ]


@dataclass(frozen=True)
class Answer:
    """Where one vendor's answer keeps what all vendors' answers have.

    Attributes:
        text: reads the text, "" when there is none; `AttributeError` for what is no answer at all.
        calls: the calls of tools.
        finish_reason: why it ended, as the vendor says it.
        usage: what it cost.
    """

    text: Callable[[Any], str]
    calls: Calls
    finish_reason: Paths
    usage: Paths

    def facts(self, response: Any) -> dict[str, Any]:
        """What the last event of a stream says besides the text."""
        return {
            "tool_calls": self.calls.found(response),
            "finish_reason": first(response, self.finish_reason),
            "usage": first(response, self.usage),
        }


def find(value: Any, path: str) -> Any:
    """What stands at a path of names and numbers, "" for the value itself; None when nothing does."""
    for name in filter(None, path.split(".")):
        if isinstance(value, Mapping):
            value = value.get(name)
        elif isinstance(value, (list, tuple)):
            value = value[int(name)] if int(name) < len(value) else None
        else:
            value = getattr(value, name, None)
    return value


def first(value: Any, paths: Paths) -> Any:
    """What stands at the first path where something does."""
    return next((found for path in paths if (found := find(value, path)) is not None), None)


def plain(value: Any) -> Any:
    """A vendor's object as dicts and lists, without what is None."""
    if isinstance(value, Mapping):
        return {name: plain(item) for name, item in value.items() if item is not None}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if hasattr(value, "model_dump"):
        return value.model_dump(exclude_none=True)
    if hasattr(value, "__dict__") and not callable(value):
        return plain(vars(value))
    return value


def _read(arguments: Any) -> Any:
    if not isinstance(arguments, str):
        return {} if arguments is None else plain(arguments)
    try:
        return json.loads(arguments)
    except ValueError:
        return arguments


_FENCE = re.compile(
    r"^(?P<margin>[ \t]*)(?P<marks>`{3,}|~{3,})[ \t]*(?P<label>[\w+-]*)[ \t]*\r?\n"
    r"(?P<body>.*?)\r?\n?^[ \t]*(?P=marks)[`~]*[ \t]*\r?$",
    re.DOTALL | re.MULTILINE,
)
_FORMATS = ("ktof", "toon")


def unfenced(text: str) -> tuple[str, bool]:
    """The answer without the fence around its KTOF, and whether the fence says that it is KTOF.

    A fence counts when it is the only one marked `ktof` or `toon`, or when it has no mark and is the whole answer.
    """
    fences = list(_FENCE.finditer(text))
    named = [fence for fence in fences if fence["label"].casefold() in _FORMATS]
    bare = [fence for fence in fences if not fence["label"] and fence[0].strip() == text.strip()]
    for fence in named if len(named) == 1 else bare:
        return re.sub(rf"(?m)^[ \t]{{0,{len(fence['margin'])}}}", "", fence["body"]), bool(named)
    return text, False
