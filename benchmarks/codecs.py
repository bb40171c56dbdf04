"""KTOF beside JSON and the public TOON packages: `python -m benchmarks.codecs MODULE...` prints one round as JSON.

What a codec loses is shown, not timed: a document that does not come back has no figures.
"""

from __future__ import annotations

import importlib
import json
import statistics
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Any

from benchmarks.environments import OURS, ROOT, TOON, python

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.runner import Row

CODECS = {
    "json": ("JSON (standard library)", OURS),
    "kaizen_client.ktof": ("kaizen_client.ktof", OURS),
    "toon_format": ("toon-format 1.2.0 (Python)", TOON),
    "toons": ("toons 0.9.0 (Rust)", TOON),
    "toon": ("python-toon 0.2.0 (Python)", TOON),
}
DOCUMENTS = {
    "1,000 equal rows": [
        {"id": n, "name": f"user {n}", "email": f"u{n}@example.com", "score": n * 1.5, "active": True}
        for n in range(1000)
    ],
    "200 chat messages": {"messages": [{"role": "user", "content": f"Question {n}, please?"} for n in range(200)]},
    "500 nested objects": [{"id": n, "tags": ["a", "b"], "owner": {"name": f"n{n}", "team": None}} for n in range(500)],
}
PASSES = 5


def compare_codecs(rounds: int) -> list[Row]:
    """One row per document and codec."""
    seen = [_round(OURS) | _round(TOON) for _ in range(rounds)]
    rows: list[Row] = []
    for document in DOCUMENTS:
        for module, (title, _) in CODECS.items():
            figures = [each[module][document] for each in seen]
            row: Row = {"scenario": document, "subject": title}
            if all(figures):
                row |= {key: statistics.median(each[key] for each in figures) for key in figures[0]}
            rows.append(row)
    return rows


def _round(environment: str) -> dict[str, Any]:
    modules = [module for module, (_, home) in CODECS.items() if home == environment]
    command = [str(python(environment)), "-m", "benchmarks.codecs", *modules]
    return json.loads(subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout)


def _functions(module: str) -> tuple[Callable[[Any], str], Callable[[str], Any]]:
    if module == "json":
        return json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode, json.loads
    codec: Any = importlib.import_module(module)
    return (codec.encode, codec.decode) if hasattr(codec, "encode") else (codec.dumps, codec.loads)


def _measured(module: str, document: Any) -> dict[str, float] | None:
    write, read = _functions(module)
    try:
        text = write(document)
        back = read(text)
    except Exception:  # whatever a foreign codec raises, it cannot carry this document
        back = None
    if back != document:
        return None
    return {"write": _best(write, document), "read": _best(read, text), "bytes": len(text.encode())}


def _best(do: Callable[[Any], Any], argument: Any) -> float:
    passes = []
    for _ in range(PASSES):
        start = time.process_time()
        do(argument)
        passes.append(time.process_time() - start)
    return min(passes)


def main(*modules: str) -> None:
    """One round of some codecs."""
    found = {module: {name: _measured(module, value) for name, value in DOCUMENTS.items()} for module in modules}
    print(json.dumps(found))


if __name__ == "__main__":
    main(*sys.argv[1:])
