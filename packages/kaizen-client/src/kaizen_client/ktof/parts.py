"""What a document is made of while it is read: parts that are whole, and values that may still grow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from kaizen_client.ktof.dialects import KtofDecodeError

if TYPE_CHECKING:
    from collections.abc import Callable

    from kaizen_client.ktof.headers import Header


_SHOWN = 80


class Piece(NamedTuple):
    """A finished part of a document.

    Attributes:
        path: where it belongs: `("name",)` for a field of the document, `("rows", 3)` or `(3,)` for a value of one of
            its arrays, `()` for a document that is a single scalar.
        value: the part itself.
    """

    path: tuple[str | int, ...]
    value: Any


class Open:
    """An object or an array that may still grow.

    Attributes:
        value: a dict or a list.
        margin: the blanks before the lines that belong to it.
        line: number of the line that opened it.
        key: its name in the object that holds it, "" in an array.
        header: of an array or a table, None for an object.
        names: the columns of a table without groups and keys, None for all else.
        takes: whether a line at its margin is its own; None when each is.
        fresh: whether lenient reading may still find its lines deeper than they should be.
    """

    __slots__ = ("fresh", "header", "key", "line", "margin", "names", "takes", "value")

    def __init__(self, value: Any, margin: int, line: int, key: str, header: Header | None) -> None:
        self.value = value
        self.margin = margin
        self.line = line
        self.key = key
        self.header = header
        self.fresh = True
        self.names: list[str] | None = None
        self.takes: Callable[[str], bool] | None = None
        if header is not None and not header.keyed:
            self.names = header.names
            self.takes = is_item if header.columns is None else header.is_row


def path_of(holders: list[Open], key: str, value: Any) -> tuple[str | int, ...] | None:
    """The path of a whole value inside of these; None if it is a part only of a part that is handed out whole."""
    if not holders:
        return None if isinstance(value, dict) else ()
    holder = holders[-1]
    place = key if isinstance(holder.value, dict) else len(holder.value) - 1
    if len(holders) == 1:
        return (place,)
    if len(holders) == 2 and holder.header is not None and holders[0].header is None:
        return (holder.key, place)
    return None


def twice(key: str) -> KtofDecodeError:
    """What to raise for a name that is in its object already."""
    return KtofDecodeError(f"the name {key[:_SHOWN]!r} stands twice")


def grouped(paths: list[tuple[str, ...]], values: list[Any]) -> dict[str, Any]:
    """A row some of whose columns stand in groups."""
    row: dict[str, Any] = {}
    for path, value in zip(paths, values):  # noqa: B905 - leniently, the shorter counts
        group = row
        for name in path[:-1]:
            group = group.setdefault(name, {})
        group[path[-1]] = value
    return row


def is_item(text: str) -> bool:
    """Whether the line is an item of a list."""
    return text[0] == "-" and (text == "-" or text[1] == " ")


def is_no_item(text: str) -> bool:
    return text[0] != "-" or not is_item(text)
