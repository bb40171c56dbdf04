"""Generated documents, whole and broken: `decode` and `StreamDecoder` read each alike, whole ones come back equal."""

import random
import sys
from typing import Any

from kaizen_client import ktof

WORDS = [
    *("", "a", "b c", "Ada", "x, y", "a: b", "- x", "-", "[2]: 1", "x[1|]: 7", "n[2]{a,b}:", "05", "1e5", '"q"', "#c"),
    *("true", "null", "\r", "\n", "\t", "\u2028", "\ufeff", "\u00e9\U0001f600", "\x01", "\\", "```", "~~~", "{}", "[]"),
    *("a.b", "a|b", " x ", "2:", "k: ", "\u00a0"),
]
NUMBERS = [0, -1, 7, 10**25, 0.5, -0.0, 1e23, 1.5e300, 5e-324, 1e21, 123456789012345667584.0, 2.0**53 + 2]
SIGNS = ['"', ",", ":", "|", "\t", " ", "  ", "-", "- ", "[", "]", "{", "}", "#", "\\", "\r", "1", "a", "\n", "```\n"]
LINES = ["", "  ", "a: 1", "- 1", "  - b: 2", "    x", "```", "#c", "\tx", "[2]:", "k[2]{a,b}:", "  1,2", "r[2:]{a}:"]


def scalar(dice: random.Random) -> Any:
    return dice.choice((None, True, False, dice.choice(NUMBERS), dice.choice(WORDS), dice.choice(WORDS)))


def value(dice: random.Random, depth: int = 0) -> Any:
    """A value as JSON has them: objects, tables, lists and scalars, up to five levels."""
    kind = dice.randrange(7) if depth < 5 else 0
    size = dice.choice((0, 1, 2, 2, 3))
    if kind < 2:
        return scalar(dice)
    if kind == 2:
        names = [dice.choice(WORDS) for _ in range(size)]
        return [{name: scalar(dice) for name in names} for _ in range(dice.choice((1, 2, 9)))]
    if kind < 5:
        return {dice.choice(WORDS): value(dice, depth + 1) for _ in range(size)}
    return [value(dice, depth + 1) for _ in range(size)]


def broken(dice: random.Random, text: str) -> str:
    """The text with one thing wrong with it, or with another look."""
    kind, lines = dice.randrange(7), text.split("\n")
    place = dice.randrange(len(lines))
    if kind == 0:
        return "\n".join(" " * dice.choice((1, 2, 4)) + line for line in lines)
    if kind == 1:
        lines[place] = " " * dice.randrange(5) + lines[place].lstrip(" ")
    elif kind == 2:
        del lines[place]
    elif kind == 3:
        lines.insert(place, dice.choice(LINES))
    elif kind == 4:
        lines.insert(place, lines[dice.randrange(len(lines))])
    elif kind == 5:
        margin = dice.choice(("", "   "))
        lines = [margin + line for line in (dice.choice(("```", "```ktof", "~~~toon")), *lines, dice.choice("`~") * 3)]
    else:
        at = dice.randrange(len(text) + 1)
        return text[:at] + dice.choice(SIGNS) + text[at + dice.randrange(2) :]
    return "\n".join(lines)


def read(decode: Any, text: str, options: dict[str, Any]) -> str:
    """What a text decodes to, with its types, or why it does not."""
    try:
        return repr(decode(text, **options))
    except ktof.KtofDecodeError as error:
        return str(error)


def streamed(size: int) -> Any:
    def decode(text: str, **options: Any) -> Any:
        decoder = ktof.StreamDecoder(**options)
        for start in range(0, len(text), size):
            decoder.feed(text[start : start + size])
        return decoder.close()[1]

    return decode


def same(left: Any, right: Any) -> bool:
    """Equal, and of the same kinds, but for whole floats, which come back as integers."""
    if isinstance(left, list):
        return isinstance(right, list) and len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, dict):
        return isinstance(right, dict) and left.keys() == right.keys() and all(same(left[k], right[k]) for k in left)
    return left == right and isinstance(left, bool) == isinstance(right, bool)


def fuzz(count: int, seed: int = 1) -> None:
    """Hold `count` documents against each other; raises at the first that breaks the rule."""
    dice = random.Random(seed)
    whole = 0
    for number in range(count):
        given = value(dice)
        options: dict[str, Any] = {
            "indent": dice.choice((1, 2, 2, 4)),
            "dialect": dice.choice(("ktof", "ktof", "toon")),
        }
        text = ktof.encode(given, delimiter=dice.choice((",", "\t", "|")), **options)
        if dice.random() < 0.3:
            assert same(ktof.decode(text, **options), given), (number, text)
            whole += 1
        for _ in range(dice.randrange(3)):
            text = broken(dice, text)
        options["strict"] = dice.random() < 0.7
        once, pieces = read(ktof.decode, text, options), read(streamed(dice.choice((1, 3, 20, 1000))), text, options)
        assert once == pieces, (number, text, options, once, pieces)
    assert whole or count < 100


if __name__ == "__main__":
    fuzz(int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000)
