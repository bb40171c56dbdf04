"""Tokens: counted where tiktoken has its vocabulary, else estimated; and never waited for in vain."""

import json
import socket
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tiktoken
import tiktoken.load

from kaizen_client import KaizenClient, estimate_tokens, ktof
from kaizen_client.local import local_client, sync_local_client
from kaizen_client.tokens import count_tokens, tokenizer

from .conftest import DATA

fetch = tiktoken.load.read_file
COUNTED = json.loads((DATA / "token_counts.json").read_text(encoding="utf-8"))
ROWS = [
    {"id": n, "name": f"user {n}", "email": f"u{n}@example.com", "score": n * 1.5, "active": n % 2 == 0}
    for n in range(40)
]
COUNTED |= {  # by o200k_base, like those of the file
    "JSON": {"tokens": 1082, "text": json.dumps(ROWS, separators=(",", ":"))},
    "JSON with blanks": {"tokens": 1441, "text": json.dumps(ROWS)},
    "JSON on lines": {"tokens": 1802, "text": json.dumps(ROWS, indent=2)},
    "KTOF of rows": {"tokens": 611, "text": ktof.encode(ROWS)},
}


@pytest.mark.promise("kaizen.tokens.estimate")
@pytest.mark.parametrize("kind", list(COUNTED))
def test_the_estimate_is_near_what_the_tokenizer_of_the_default_model_counts(kind: str) -> None:
    found, counted = estimate_tokens(COUNTED[kind]["text"]), COUNTED[kind]["tokens"]
    assert 0.8 <= found / counted <= 1.2, (found, counted)


@pytest.mark.parametrize(
    ("text", "tokens"), [("", 0), ("Hello, world!", 4), ("a\n  b", 4), ("12345 x", 3), ("\x00" * 10, 0), ("x" * 35, 5)]
)
def test_tokens_of_short_texts_are_estimated(text: str, tokens: int) -> None:
    assert count_tokens(text) == (tokens, False)


def test_estimating_takes_time_in_proportion_to_the_text() -> None:
    started = time.process_time()
    for text in ("aB3" * 100_000, "a" * 300_000, " " * 300_000, "A" * 300_000 + "1", "+" * 300_000, "aA" * 150_000):
        estimate_tokens(text)
    assert time.process_time() - started < 20


@pytest.mark.promise("kaizen.tokens.exact")
def test_tokens_are_counted_with_a_vocabulary(monkeypatch: pytest.MonkeyPatch) -> None:
    ranks = {bytes([byte]): byte for byte in range(256)} | {b"ab": 256}
    encoding = tiktoken.Encoding("small", pat_str=r"\S+|\s+", mergeable_ranks=ranks, special_tokens={"<end>": 257})
    asked: list[str] = []
    monkeypatch.setattr(tiktoken, "encoding_for_model", lambda model: asked.append(model) or encoding)
    assert count_tokens("abab c", "with-tables") == (4, True)
    assert count_tokens("<end>", "with-tables") == (5, True)
    count = tokenizer("with-tables", wait=0)
    assert count is not None
    assert count("ab") == 1
    assert asked == ["with-tables"]


@pytest.mark.parametrize("model", ["no-such-model", "gpt-4o-mini"])
def test_tokens_are_estimated_without_a_vocabulary(model: str) -> None:
    assert tokenizer(model) is None
    assert count_tokens("one two", model) == (2, False)


def test_tokens_are_estimated_without_tiktoken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "tiktoken", None)
    assert count_tokens("one two", "absent").exact is False


@pytest.fixture
def silent(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[list[Any]]:
    """A proxy that takes connections and never says a word, between tiktoken and its vocabulary."""
    asked: list[Any] = []
    with socket.create_server(("127.0.0.1", 0)) as proxy:
        monkeypatch.setattr(tiktoken.load, "read_file", lambda path: asked.append(path) or fetch(path))
        monkeypatch.setenv("HTTPS_PROXY", f"http://127.0.0.1:{proxy.getsockname()[1]}")
        monkeypatch.setenv("TIKTOKEN_CACHE_DIR", str(tmp_path))
        monkeypatch.setattr("tiktoken.registry.ENCODINGS", {})
        monkeypatch.setattr("tiktoken.registry._lock", threading.RLock())
        yield asked


async def encoded(client: KaizenClient) -> dict[str, Any]:
    return await client.prompts_encode({"prompt": ROWS, "token_models": ["gpt-4o-mini", "gpt-4"]})


async def test_a_vocabulary_that_never_comes_delays_a_call_only_to_half_its_deadline(silent: list[Any]) -> None:
    async with local_client(timeout=0.4) as client:
        first = await encoded(client)
        started = time.monotonic()
        second = await encoded(client)
        waited = time.monotonic() - started
    for answer in (first, second):
        assert answer["meta"] == {"token_count": "estimate"}
        assert answer["token_stats"]["gpt-4o-mini"]["original"] == estimate_tokens(
            json.dumps(ROWS, separators=(",", ":")), "no-such-model"
        )
    assert len(silent) <= 2, "a vocabulary is asked for once"
    assert waited < 10
    assert tokenizer(wait=0) is None


def test_a_blocking_call_does_not_wait_for_good_either(silent: list[Any]) -> None:
    with sync_local_client(timeout=0.4) as client:
        answer = client.optimize({"data": ROWS, "token_models": ["gpt-4o-mini"]})
    assert answer["meta"] == {"token_count": "estimate"}
