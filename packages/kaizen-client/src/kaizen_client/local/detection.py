"""JSON inside a text: found, and rewritten as KTOF in place."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from kaizen_client import ktof

_OPENING = re.compile(r"[{\[]")
_BEFORE = frozenset(" \t\r\n([{:;,=>\"'`")
_AFTER = frozenset(" \t\r\n)]};:,.!?<\"'`")
_PREVIEW = 80
_MOST_TRIES = 32  # openings tried, one inside the other, that all lead to the same broken place
_decoder = json.JSONDecoder()


@dataclass(frozen=True)
class Detection:
    """What was found in a text.

    Attributes:
        text: the text with its JSON rewritten.
        replacements: place, lengths and beginnings of each rewritten part.
    """

    text: str
    replacements: list[dict[str, Any]]


def rewrite(text: str, *, delimiter: str = ",", length_marker: bool | str | None = None) -> Detection:
    """Write every JSON object and array in the text as KTOF, one blank for each level."""
    parts: list[str] = []
    replacements: list[dict[str, Any]] = []
    position, broken, tries = 0, -1, 0
    while found := _OPENING.search(text, position):
        start = found.start()
        end, ok = _json_end(text, start)
        parts.append(text[position:start])
        if not ok:
            tries = tries + 1 if end == broken else 0
            broken = end
            position = max(start + 1, end) if tries == _MOST_TRIES else start + 1
            parts.append(text[start:position])
            continue
        original = text[start:end]
        encoded = ktof.encode(json.loads(original), indent=1, delimiter=delimiter, length_marker=length_marker)
        parts.append(encoded)
        replacements.append(
            {
                "start_offset": start,
                "end_offset": end,
                "original_length": len(original),
                "encoded_length": len(encoded),
                "original_preview": original[:_PREVIEW],
                "encoded_preview": encoded[:_PREVIEW],
            }
        )
        position = end
    return Detection("".join([*parts, text[position:]]), replacements)


def _json_end(text: str, start: int) -> tuple[int, bool]:
    """Where the JSON that begins at `start` ends, and True; or where it breaks, and False (a part of a word, too)."""
    if start and text[start - 1] not in _BEFORE:
        return start, False
    try:
        _, end = _decoder.raw_decode(text, start)
    except json.JSONDecodeError as exc:
        return exc.pos, False
    except (ValueError, RecursionError):  # too many digits, too many levels
        return len(text), False
    return end, end == len(text) or text[end] in _AFTER
