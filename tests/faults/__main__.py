"""Prove the reliability of the clients: `python -m tests.faults` runs every family and prints one table.

python -m tests.faults                          all families, full counts, and the table into the docs
python -m tests.faults matrix --only gzip       some rows of the fault matrix
python -m tests.faults --wire httpx --short     everything on another wire, with the counts of `make test`
"""

from __future__ import annotations

import argparse
import asyncio
import importlib
import sys
import time

from tests.faults import clients
from tests.faults.figures import Figure, table, write_page
from tests.faults.settings import Settings

FAMILIES = (
    "matrix",
    "exactly_once",
    "batch",
    "platform_runs",
    "cancellation",
    "simulation",
    "storm",
    "deadlines",
    "bombs",
    "tls",
    "redirects",
    "canary",
    "hygiene",
    "lives",
    "package_loops",
    "soak",
)


def main() -> int:
    """Run what the arguments ask for; 0 when every figure was reached."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.faults", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("families", nargs="*", help=f"of {', '.join(FAMILIES)}; all when left out")
    parser.add_argument("--wire", default=clients.chosen_wire(), help="default, httpx, ... or module:Async:Sync")
    parser.add_argument("--seed", default="s1", help="what random choices derive from")
    parser.add_argument("--short", action="store_true", help="the counts of the test suite")
    parser.add_argument("--only", default="", help="cases of the matrix whose name contains this")
    parser.add_argument("--surfaces", default="", help="clients of the matrix, with commas; all when left out")
    parser.add_argument("--write", action="store_true", help="write the table into docs/dev/reliability.md")
    arguments = parser.parse_args()
    surfaces = tuple(filter(None, arguments.surfaces.split(",")))
    settings = Settings(arguments.wire, arguments.seed, arguments.short, arguments.only, surfaces)
    clients.use_wire(settings.wire)
    figures: list[Figure] = []
    for family in arguments.families or FAMILIES:
        started = time.monotonic()
        module = importlib.import_module(f"tests.faults.{family}")
        reached: list[Figure] = asyncio.run(module.prove(settings))
        figures += reached
        print(f"{family}: {time.monotonic() - started:.1f} s", file=sys.stderr)
        if arguments.write:
            write_page(reached)
    print(table(figures))
    return 0 if all(figure.kept for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
