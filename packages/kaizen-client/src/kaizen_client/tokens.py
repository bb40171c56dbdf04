"""How many tokens a text has: counted with tiktoken where that is installed and has its vocabulary, else estimated."""

from __future__ import annotations

import functools
import threading
import time
from typing import TYPE_CHECKING, NamedTuple

from kaizen_client.estimates import estimate

if TYPE_CHECKING:
    from collections.abc import Callable

DEFAULT_MODEL = "gpt-4o-mini"
DEFAULT_WAIT = 10.0
"""Seconds that a count waits for a vocabulary to be loaded, which may mean a download."""


class TokenCount(NamedTuple):
    """A number of tokens, and whether it was counted (`exact`) or estimated."""

    tokens: int
    exact: bool


def count_tokens(text: str, model: str = DEFAULT_MODEL, *, wait: float = DEFAULT_WAIT) -> TokenCount:
    """The tokens of a text for a model. Nothing of the text is sent; tiktoken may fetch its vocabulary, once.

    Args:
        text: the text.
        model: whose tokens.
        wait: seconds that the vocabulary is waited for, the first time it is needed. It goes on loading behind that.
    """
    count = tokenizer(model, wait=wait)
    return TokenCount(estimate(text), exact=False) if count is None else TokenCount(count(text), exact=True)


def estimate_tokens(text: str, model: str = DEFAULT_MODEL) -> int:
    """The tokens of a text for a model; `count_tokens` also says whether the number is exact."""
    return count_tokens(text, model).tokens


def tokenizer(model: str = DEFAULT_MODEL, *, wait: float = DEFAULT_WAIT) -> Callable[[str], int] | None:
    """What counts the tokens of a text exactly, or None: no tiktoken, none of its models, no vocabulary within `wait`.

    It blocks for as long as it waits: on an event loop, call it in a thread, or with `wait=0`.
    """
    with _lock:
        vocabulary = _vocabularies.get(model)
        if vocabulary is None:
            vocabulary = _vocabularies[model] = _Vocabulary(model)
        waiting = [other.started for other in _vocabularies.values() if not other.loaded.is_set()]
    if waiting:  # for all of them together: where one hangs, others do too
        vocabulary.loaded.wait(max(0.0, min(waiting) + wait - time.monotonic()))
    return vocabulary.count


class _Vocabulary:
    """The vocabulary of one model, loading on a thread of its own: nothing can stop a download that hangs."""

    def __init__(self, model: str) -> None:
        self.model = model
        self.count: Callable[[str], int] | None = None
        self.started = time.monotonic()
        self.loaded = threading.Event()
        threading.Thread(target=self.load, name="kaizen-vocabulary", daemon=True).start()

    def load(self) -> None:
        """Make it count, if that can be."""
        try:
            import tiktoken

            encoding = tiktoken.encoding_for_model(self.model)
        except Exception:  # noqa: BLE001 - no tiktoken, not its model, no network: they all mean the same here
            encoding = None
        if encoding is not None:
            encode = functools.partial(encoding.encode, disallowed_special=())
            self.count = lambda text: len(encode(text))
        self.loaded.set()


_lock = threading.Lock()
_vocabularies: dict[str, _Vocabulary] = {}
