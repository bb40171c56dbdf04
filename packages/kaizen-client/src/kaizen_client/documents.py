"""JSON documents inside a text: found where they stand as a whole, and nowhere else.

A document is an object or an array that is the whole text, that fills a fence marked `json` (or not marked), or that
fills its lines among prose. Code, Markdown and broken JSON hold no documents: nothing inside a line is one, nor in a
fence of another language, nor in a string literal, nor between the lines of something larger.
"""

from __future__ import annotations

import json
import math
import re
from bisect import bisect_right
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True)
class Document:
    """A JSON document in a text.

    Attributes:
        start, end: its place, `text[start:end]`, with its fence and the blanks before that.
        source: the JSON itself, as it stands there.
        value: what it says.
        margin: the blanks before its first line.
        fence: the marks of its fence, "" without one.
        alone: whether it is the whole text.
    """

    start: int
    end: int
    source: str
    value: Any
    margin: str = ""
    fence: str = ""
    alone: bool = False


def find_documents(text: str) -> list[Document]:
    """The JSON documents in a text, in their order. Takes time in proportion to the text.

    JSON that a Python value cannot carry exactly is no document: names that stand twice in an object, numbers of more
    digits than a float has, halves of surrogate pairs, NaN.
    """
    start = len(text) - len(text.lstrip(_BLANKS))
    source = text.strip(_BLANKS)
    if (value := read_document(source)) is not None:
        return [Document(start, start + len(source), source, value, alone=True)]
    return list(_standing_alone(list(_Parts(text).all())))


def read_document(source: str) -> Any | None:
    """The object or array that the text is as a whole, or None."""
    if not source.startswith(("{", "[")):
        return None
    value, end = _read_at(source, 0)
    return value if end == len(source) else None


_BLANKS = " \t\r\n"


def _number(token: str) -> float:
    """A number that a float carries exactly."""
    number = float(token)
    try:
        exact = math.isfinite(number) and Decimal(repr(number)) == Decimal(token)
    except ArithmeticError:
        exact = False
    if not exact:
        raise ValueError("not exact as a float")
    return number


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object whose names differ."""
    value = dict(pairs)
    if len(value) != len(pairs):
        raise ValueError("a name stands twice")
    return value


def _refuse(word: str) -> Any:
    raise ValueError(word)


_decoder = json.JSONDecoder(object_pairs_hook=_object, parse_float=_number, parse_constant=_refuse)


def _read_at(text: str, start: int) -> tuple[Any | None, int]:
    """The value that begins at `start`, and its end; or None, and where the JSON breaks: -1 when that is unknown."""
    try:
        value, end = _decoder.raw_decode(text, start)
        text[start:end].encode()
        if "\\u" in text[start:end]:
            json.dumps(value, ensure_ascii=False).encode()
    except json.JSONDecodeError as exc:
        return None, exc.pos
    except (ValueError, RecursionError):
        return None, -1
    return value, end


@dataclass(frozen=True)
class _Part:
    """A part of a text: a line, a document, a fence, or lines of code or of broken JSON (`sealed`)."""

    text: str
    document: Document | None = None
    fenced: bool = False
    sealed: bool = False


_FENCE = re.compile(r"([ \t]*)(`{3,}(?=[^`]*$)|~{3,})[ \t]*(.*?)[ \t\r]*$")
_HEREDOC = re.compile(r"<<[-~]?\s*([\"']?)([A-Z_][A-Z0-9_]*)\1")
_LITERAL_MARKS = ('"""', "'''", "`")


class _Parts:
    """Takes a text apart, line by line."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.starts = [0, *(found.end() for found in re.finditer("\n", text))]
        self.ends = [*(start - 1 for start in self.starts[1:]), len(text)]
        self.marks = dict.fromkeys(_LITERAL_MARKS, 0)
        self.heredoc: str | None = None

    def all(self) -> Iterator[_Part]:
        """The parts. What follows a fence that does not end is sealed."""
        index = 0
        while index < len(self.starts):
            line = self.line(index)
            opening = _FENCE.match(line)
            if opening is not None:
                part, index = self.fenced(index, opening)
            elif line.lstrip(" \t").startswith(("{", "[")) and not self.in_literal:
                part, index = self.bare(index)
            else:
                part, index = self.plain(index, index)
            yield part

    def line(self, index: int) -> str:
        return self.text[self.starts[index] : self.ends[index]]

    @property
    def in_literal(self) -> bool:
        """Whether a string literal of a programming language, or a here-document, is open."""
        return self.heredoc is not None or any(count % 2 for count in self.marks.values())

    def plain(self, first: int, last: int) -> tuple[_Part, int]:
        """These lines as they are; several lines, and lines of a literal, are sealed."""
        inside = self.in_literal
        for index in range(first, last + 1):
            line = self.line(index)
            for mark in self.marks:
                self.marks[mark] += line.count(mark)
            if self.heredoc is None:
                found = _HEREDOC.search(line)
                self.heredoc = found[2] if found else None
            elif line.strip() == self.heredoc:
                self.heredoc = None
        text = self.text[self.starts[first] : self.ends[last]]
        return _Part(text, sealed=inside or self.in_literal or last > first), last + 1

    def fenced(self, first: int, opening: re.Match[str]) -> tuple[_Part, int]:
        """A fence up to its end, or to the end of the text."""
        margin, marks, label = opening.groups()
        ending = re.compile(rf"[ \t]*{marks[0]}{{{len(marks)},}}[ \t\r]*$")
        last = next((i for i in range(first + 1, len(self.starts)) if ending.match(self.line(i))), None)
        if last is None:
            return _Part(self.text[self.starts[first] :], sealed=True), len(self.starts)
        start, end = self.starts[first], self.ends[last]
        source = self.text[self.starts[first + 1] : self.starts[last]].strip(_BLANKS)
        is_json = label.casefold() in ("", "json") and "\t" not in margin
        value = read_document(source) if is_json else None
        text = self.text[start:end]
        if value is None:
            return _Part(text, fenced=True), last + 1
        document = Document(start, start + len(text.rstrip(_BLANKS)), source, value, margin, marks)
        return _Part(text, document, fenced=True), last + 1

    def bare(self, first: int) -> tuple[_Part, int]:
        """Lines that begin like JSON: a document if they are JSON to the end of a line."""
        line = self.line(first)
        margin = line[: len(line) - len(line.lstrip(" \t"))]
        start = self.starts[first] + len(margin)
        value, end = _read_at(self.text, start)
        last = len(self.starts) - 1 if end < 0 else bisect_right(self.starts, end) - 1
        if value is None or "\t" in margin or self.text[end : self.ends[last]].strip(_BLANKS):
            return self.plain(first, last)
        document = Document(self.starts[first], end, self.text[start:end], value, margin)
        return _Part(self.text[document.start : end], document), last + 1


_TAG = re.compile(r'</?([A-Za-z][\w.-]*)(?:\s+[\w.-]+="[^"]*")*>')
_TAGS_OF_CODE = frozenset(("script", "style", "pre", "code", "template", "textarea"))
_RULE = re.compile(r"={3,}")
_ENUMERATION = re.compile(r"^(?:\d+|[A-Za-z])[.)]\s")
_CODE = re.compile(r"=|::|->|;$|^(?://|/\*|\*/|\)|\]|\})|\*/$")
_GOES_ON = re.compile(r"""(?:[(\[{,\\|&+<>'"`]|["'`]:|\b(?:return|yield|await|and|or|in|not))$""")
_CONTINUES = re.compile(r"""[)\]},;.'"`|&+]""")


def _standing_alone(parts: list[_Part]) -> Iterator[Document]:
    """Documents in fences, and others that stand, with those directly before and behind them, between prose."""
    last: _Part | None = None  # before the documents that are waiting
    waiting: list[Document] = []
    gap, bounded = False, True
    for part in (*parts, None):
        if part is not None and not part.text.strip(_BLANKS):
            gap = True
            continue
        document = None if part is None or part.fenced else part.document
        if document is None:
            if bounded and (part is None or part.fenced or _is_bound(part, waiting, gap=gap, step=1)):
                yield from waiting
            waiting, last = [], part
        elif not waiting:
            bounded = last is None or last.fenced or _is_bound(last, [document], gap=gap, step=-1)
            waiting = [document]
        else:
            bounded = bounded and document.margin == waiting[0].margin
            waiting.append(document)
        if part is not None and part.fenced and part.document is not None:
            yield part.document
        gap = False


def _is_bound(part: _Part, documents: list[Document], *, gap: bool, step: int) -> bool:
    """Whether a line before (`step` -1) or behind documents is prose, and stands where they do."""
    if not documents:
        return False
    margin = documents[0].margin
    return not part.sealed and (_margin(part) == margin or (gap and not margin)) and _is_prose(part.text, step)


def _margin(part: _Part) -> str:
    return part.text[: len(part.text) - len(part.text.lstrip(" \t"))]


def _is_prose(line: str, step: int) -> bool:
    """Whether a line ends (before a document, `step` -1) or begins (behind it, 1) as one of code would not."""
    text = line.strip()
    tag = _TAG.fullmatch(text)
    if tag is not None:
        return tag[1].lower() not in _TAGS_OF_CODE
    if _CODE.search(_RULE.sub("", text)) or (_GOES_ON.search(text) if step < 0 else _CONTINUES.match(text)):
        return False
    text = _ENUMERATION.sub("", text, count=1)
    return all(text.count(opening) == text.count(closing) for opening, closing in ("()", "[]", "{}"))
