"""How many tokens a text has, estimated: from how the tokenizers of today (o200k_base) take texts apart."""

from __future__ import annotations

import re

# Signs of one token, script by script, as measured on prose.
_SIGNS = {
    "latin": 7.0,
    "cyrillic": 3.8,
    "greek": 2.4,
    "hebrew": 2.2,
    "arabic": 3.15,
    "indic": 2.75,
    "thai": 2.7,
    "georgian": 2.9,
    "kana": 1.3,
    "han": 1.4,
    "hangul": 1.35,
    "coded": 1.45,
    "digits": 3.0,
    "marks": 4.0,
    "blanks": 100.0,
    "others": 0.9,
}
_WHOLE = frozenset(("latin", "digits", "marks", "blanks"))  # of which each piece is at least a token

_PIECE = re.compile(
    r"""
    (?P<coded>(?=[A-Za-z+/]{0,40}[0-9])(?=[a-z0-9+/]{0,40}[A-Z])(?=[A-Z0-9+/]{0,40}[a-z])[A-Za-z0-9+/]{32,}={0,2})
    |[^\r\n\w]?(?P<latin>[A-Z]?[a-z\u00df-\u024f\u1e00-\u1eff]+|[A-Z\u00c0-\u00de]+(?![a-z])|[A-Za-z\u00c0-\u024f]+)
    |[ ]?(?P<cyrillic>[\u0400-\u052f]+)
    |[ ]?(?P<greek>[\u0370-\u03ff\u1f00-\u1fff]+)
    |[ ]?(?P<hebrew>[\u0590-\u05ff]+)
    |[ ]?(?P<arabic>[\u0600-\u06ff]+)
    |[ ]?(?P<indic>[\u0900-\u0dff]+)
    |[ ]?(?P<thai>[\u0e00-\u0fff]+)
    |[ ]?(?P<georgian>[\u10a0-\u10ff\u0530-\u058f]+)
    |[ ]?(?P<hangul>[\uac00-\ud7a3]+)
    |(?P<kana>[\u3040-\u30ff]+)
    |(?P<han>[\u3000-\u303f\u3400-\u9fff\uff00-\uffef]+)
    |(?P<digits>[0-9]+)
    |[ ]?(?P<marks>[!-/:-@\[-`{-~]+)[\r\n]*
    |(?P<blanks>\s{0,80}[\r\n]+|[ \t]+(?=[ \t])|[ \t](?![A-Za-z\u00c0-\uffff]))
    |(?P<others>[^\x00-\x7f])
    """,
    re.VERBOSE,
)


def estimate(text: str) -> int:
    """The tokens of a text, more or less."""
    tokens = 0.0
    for piece in _PIECE.finditer(text):
        kind = str(piece.lastgroup)
        share = len(piece[kind]) / _SIGNS[kind]
        tokens += -(-share // 1) if kind in _WHOLE else share
    return round(tokens)
