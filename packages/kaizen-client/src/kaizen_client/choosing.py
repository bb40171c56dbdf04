"""Which form of a value to send: compact JSON, or KTOF where that is smaller.

choice = choose({"users": users})
choice.text, choice.format, choice.reason, choice.sizes["json"].bytes

choose("Who is oldest?\\n[{...}, {...}]").text     # a text: the JSON documents in it are chosen for, one by one
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal

from kaizen_client import ktof
from kaizen_client.documents import find_documents

if TYPE_CHECKING:
    from kaizen_client.documents import Document

Preference = Literal["smaller", "ktof", "json"]
Format = Literal["json", "ktof", "text"]

_NOT_IN_PROMPTS = re.compile("[\x00-\x08\x0b-\x1f\x7f\ud800-\udfff]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_Count = Callable[[str], int]


@dataclass(frozen=True)
class Size:
    """How large a text is: UTF-8 bytes, and tokens where they were counted."""

    bytes: int
    tokens: int | None = None


@dataclass(frozen=True)
class Choice:
    """What to send, and why.

    Attributes:
        text: what to send.
        format: what that is: "json", "ktof", or "text" for a text in which nothing is replaced.
        reason: why, in words.
        sizes: of the value as "json" and as "ktof"; of a text as it was given ("text"), and with its documents as the
            one and as the other. "ktof" is missing for what has no such form.
        sent: the size of `text`.
        parts: for a text, the choice for each of its documents.
        place: for such a part, where its document stood: `text[place[0]:place[1]]`.
    """

    text: str
    format: Format
    reason: str
    sizes: Mapping[Format, Size]
    sent: Size
    parts: tuple[Choice, ...] = ()
    place: tuple[int, int] = (0, 0)

    @property
    def before(self) -> Size:
        """The size of what would be sent without a choice: compact JSON, or the text as it was given."""
        return self.sizes["text"] if "text" in self.sizes else self.sizes["json"]

    def told_in(self, answer: Mapping[str, Any]) -> dict[str, Any]:
        """The service's answer with what is sent as its result: `sent` says what that is and why, `stats` its size."""
        before, after = self.before.bytes, self.sent.bytes
        ratio = round(after / before, 3) if before else 0
        stats = {"original_bytes": before, "compressed_bytes": after, "reduction_ratio": ratio}
        told = {"result": self.text, "sent": {"format": self.format, "reason": self.reason}, "stats": stats}
        return {**answer, **told}


def choose(
    value: object,
    *,
    count: _Count | None = None,
    prefer: Preference = "smaller",
    encoded: str | Sequence[str] | None = None,
    options: Mapping[str, Any] | None = None,
) -> Choice:
    """Compact JSON or KTOF for a value, whichever is smaller: in tokens when `count` counts them, else in bytes.

    Of a text (a `str`), the JSON documents in it are what is chosen for; all the rest stays as it is, byte for byte.

    Args:
        value: what JSON can carry, or a text.
        count: the tokens of a text.
        prefer: "ktof" and "json" settle it without a comparison; "json" leaves a text as it is.
        encoded: the value as KTOF, when the service has written it already; for a text, each of `find_documents(text)`.
            Else it is written here.
        options: for `ktof.encode`.

    Raises:
        KtofEncodeError: the value has a form neither in JSON nor in KTOF, or an option is out of its range.
    """
    if prefer not in ("smaller", "ktof", "json"):
        raise ValueError(f"prefer must be 'smaller', 'ktof' or 'json', got {prefer!r}")
    ktof.encode(None, **(options or {}))  # refuses an option that is out of its range
    written = None if encoded is None else iter([encoded] if isinstance(encoded, str) else encoded)

    def write(given: Any) -> str:
        return ktof.encode(given, **(options or {})) if written is None else next(written)

    if isinstance(value, str):
        return _choose_in_text(value, count, prefer, write)
    texts: dict[Format, str] = {"json": _compact(value)}
    problem = _add_ktof(texts, write, value)
    return _pick(texts, count, prefer, problem)


def _choose_in_text(text: str, count: _Count | None, prefer: Preference, write: Callable[[Any], str]) -> Choice:
    """A text whose JSON documents are written as is chosen for each."""
    documents = [] if prefer == "json" else find_documents(text)
    given = _size(text, count)
    if not documents:
        reason = "JSON is preferred" if prefer == "json" else "nothing in the text is a whole JSON document"
        return Choice(text, "text", reason, {"text": given, "json": given}, given)
    newline = "\r\n" if "\r\n" in text else "\n"
    forms = [_forms(text, document, newline, write) for document in documents]
    places = [(document.start, document.end) for document in documents]
    picked = [_pick(texts, count, prefer, problem) for texts, problem in forms]
    chosen = _replaced(text, places, [part.text for part in picked])
    sizes: dict[Format, Size] = {"text": given}
    for each in _FORMS:
        sizes[each] = _size(_replaced(text, places, [texts.get(each, texts["text"]) for texts, _ in forms]), count)
    sent = _size(chosen, count)
    if prefer == "smaller" and _weight(sent) >= _weight(given):
        return Choice(text, "text", "no document in the text is smaller in another form", sizes, given)
    used = [part.format for part in picked]
    named: Format = "ktof" if "ktof" in used else "json" if "json" in used else "text"
    reason = f"of {len(used)} documents, {used.count('ktof')} are sent as KTOF, {used.count('json')} as compact JSON"
    parts = tuple(replace(part, place=place) for part, place in zip(picked, places, strict=True))
    return Choice(chosen, named, reason, sizes, sent, parts)


def _pick(texts: Mapping[Format, str], count: _Count | None, prefer: Preference, problem: str) -> Choice:
    """The preferred one of some texts for the same value, or the smallest, and of equals the first."""
    sizes: dict[Format, Size] = {form: _size(text, count) for form, text in texts.items()}
    if prefer != "smaller" and prefer in texts:
        return Choice(texts[prefer], prefer, f"{_NAMES[prefer]} is preferred", sizes, sizes[prefer])
    form: Format = min(sizes, key=lambda form: _weight(sizes[form]))
    told = ", ".join(
        f"{_NAMES[each]} has {_told(sizes[each])}" for each in sorted(sizes, key=lambda each: each != form)
    )
    return Choice(texts[form], form, problem or told, sizes, sizes[form])


_FORMS: tuple[Format, Format] = ("json", "ktof")
_NAMES: dict[Format, str] = {"json": "JSON", "ktof": "KTOF", "text": "the text as it is"}


def _size(text: str, count: _Count | None) -> Size:
    return Size(len(text.encode(errors="surrogatepass")), None if count is None else count(text))


def _weight(size: Size) -> tuple[int, int]:
    return size.bytes if size.tokens is None else size.tokens, size.bytes


def _told(size: Size) -> str:
    return f"{size.bytes} bytes" if size.tokens is None else f"{size.tokens} tokens"


def _add_ktof(texts: dict[Format, str], write: Callable[[Any], str], value: object) -> str:
    """Add the value as KTOF, if that can be part of a prompt; why not, otherwise."""
    try:
        text = write(value)
    except ktof.KtofEncodeError as exc:
        return f"it has no KTOF form: {exc}"
    if not text:
        return "an empty object is an empty text in KTOF"
    if _NOT_IN_PROMPTS.search(text):
        return "it holds control characters, which only JSON can escape"
    texts["ktof"] = text
    return ""


def _compact(value: object) -> str:
    """Compact JSON. What only KTOF has a word for is written as that reads it."""
    try:
        text = json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    except (TypeError, ValueError, RecursionError):
        text = json.dumps(ktof.decode(ktof.encode(value)), ensure_ascii=False, separators=(",", ":"))
    return _SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _forms(text: str, document: Document, newline: str, write: Callable[[Any], str]) -> tuple[dict[Format, str], str]:
    """A document of a text in all its forms, and why KTOF is not among them.

    Beside other text, KTOF stands in a fence: it does not show where it ends.
    """
    given = text[document.start : document.end]
    texts: dict[Format, str] = {
        "text": given,
        "json": given.replace(document.source, _compact(document.value), 1),
    }
    problem = _add_ktof(texts, write, document.value)
    if not problem and not document.alone:
        texts["ktof"] = _fenced(texts["ktof"], document, newline)
    return texts, problem


def _fenced(body: str, document: Document, newline: str) -> str:
    marks = document.fence or "```"
    while marks in body:
        marks += marks[0]
    return newline.join(document.margin + line for line in (f"{marks}ktof", *body.split("\n"), marks))


def _replaced(text: str, places: list[tuple[int, int]], texts: list[str]) -> str:
    parts: list[str] = []
    position = 0
    for (start, end), new in zip(places, texts, strict=True):
        parts += [text[position:start], new]
        position = end
    return "".join([*parts, text[position:]])
