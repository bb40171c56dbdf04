"""What shapes of data take in which format: `python -m benchmarks.shapes` prints bytes and tokens as JSON.

Tokens are those of o200k_base, the vocabulary of OpenAI's models since GPT-4o. A format that cannot carry a shape, or
does not give it back equal, has no figures.
"""

from __future__ import annotations

import csv
import io
import json
import random
import subprocess
from typing import TYPE_CHECKING, Any

from benchmarks.environments import ROOT, SHAPES, python

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.runner import Row

TITLE = "shapes"
FORMATS = ("JSON", "JSON, indented", "YAML", "CSV", "TOON", "KTOF")


def shapes() -> dict[str, Any]:
    """The data, made up, the same each time."""
    dice = random.Random(7)
    people = ["Ada Byron", "Bob Meyer", "Cy Young", "Di Marsh", "Ed O'Neill"]
    says = [
        "Could you look at my last invoice, please?",
        "Of course: which one is it?",
        "The one of March, number 4711.",
    ]
    return {
        "table: 100 equal rows": [
            {"id": n, "name": dice.choice(people), "city": "Bonn", "score": n * 1.5, "active": n % 2 == 0}
            for n in range(100)
        ],
        "rows, some with more fields": [
            {"id": n, "name": dice.choice(people)} | ({"note": "late"} if n % 3 == 0 else {}) for n in range(100)
        ],
        "chat: 60 messages": [{"role": ("user", "assistant")[n % 2], "content": says[n % 3]} for n in range(60)],
        "orders, each with a table": [
            {
                "order": f"A-{n:05d}",
                "customer": {"name": dice.choice(people), "vip": n % 4 == 0},
                "lines": [{"sku": f"K{dice.randrange(999)}", "count": dice.randrange(1, 9)} for _ in range(4)],
            }
            for n in range(30)
        ],
        "settings, deep": {
            f"service{n}": {
                "host": f"s{n}.example.com",
                "tls": {"on": True, "ca": None},
                "retry": {"max": 3, "on": [502]},
            }
            for n in range(20)
        },
        "GeoJSON: 30 points": {
            "type": "FeatureCollection",
            "features": [
                {
                    "type": "Feature",
                    "properties": {"name": f"place {n}"},
                    "geometry": {"type": "Point", "coordinates": [round(dice.uniform(-90, 90), 5) for _ in range(2)]},
                }
                for n in range(30)
            ],
        },
        "list of 200 words": [dice.choice(["red", "green", "blue", "dark red"]) for _ in range(200)],
        "matrix: 20 x 20": [[dice.randrange(100) for _ in range(20)] for _ in range(20)],
        "prose in 10 rows": [{"title": f"Part {n}", "text": " ".join(says * 6)} for n in range(10)],
    }


def compare_shapes() -> list[Row]:
    """One row per shape and format."""
    command = [str(python(SHAPES)), "-m", "benchmarks.shapes"]
    return json.loads(subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout)


def _formats() -> dict[str, tuple[Callable[[Any], str], Callable[[str], Any]]]:
    import toon_format
    import yaml

    from kaizen_client import ktof

    return {
        "JSON": (json.JSONEncoder(separators=(",", ":"), ensure_ascii=False).encode, json.loads),
        "JSON, indented": (json.JSONEncoder(indent=2, ensure_ascii=False).encode, json.loads),
        "YAML": (lambda value: yaml.safe_dump(value, sort_keys=False, allow_unicode=True), yaml.safe_load),
        "CSV": (_to_csv, _from_csv),
        "TOON": (toon_format.encode, toon_format.decode),
        "KTOF": (ktof.encode, ktof.decode),
    }


def _to_csv(value: Any) -> str:
    """A table of scalars. CSV has no types: whoever reads it must know them."""
    if any(isinstance(cell, (list, dict)) for row in value for cell in row.values()):
        raise ValueError("no table")
    output = io.StringIO()
    writer = csv.DictWriter(output, fieldnames=list(value[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(
        {name: cell if isinstance(cell, str) else json.dumps(cell) for name, cell in row.items()} for row in value
    )
    return output.getvalue()


def _from_csv(text: str) -> Any:
    return [{name: _typed(cell) for name, cell in row.items()} for row in csv.DictReader(io.StringIO(text))]


def _typed(cell: str) -> Any:
    try:
        return json.loads(cell)
    except ValueError:
        return cell


def _measured(value: Any, write: Callable[[Any], str], read: Callable[[str], Any]) -> str | None:
    try:
        text = write(value)
        back = read(text)
    except Exception:  # whatever a format's package raises, it cannot carry this shape
        return None
    return text if back == value else None


def main() -> None:
    """All shapes in all formats."""
    import bpe_openai

    vocabulary = bpe_openai.get_encoding("o200k_base")
    rows: list[dict[str, Any]] = []
    for shape, value in shapes().items():
        for name, (write, read) in _formats().items():
            row: dict[str, Any] = {"scenario": TITLE, "subject": shape, "format": name}
            text = _measured(value, write, read)
            if text is not None:
                row |= {"bytes": len(text.encode()), "tokens": len(vocabulary.encode(text))}
            rows.append(row)
    print(json.dumps(rows))


if __name__ == "__main__":
    main()
