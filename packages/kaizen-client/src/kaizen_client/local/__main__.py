"""Serve the stand-in until Ctrl-C: `python -m kaizen_client.local [--port 8000] [--dialect backend]`."""

from __future__ import annotations

import argparse
import sys
from contextlib import suppress

from kaizen_client.local.server import LocalServer


def main(arguments: list[str] | None = None) -> None:
    """Parse the arguments, say where it listens, serve."""
    parser = argparse.ArgumentParser(prog="python -m kaizen_client.local", description="A local Kaizen stand-in.")
    parser.add_argument("--port", type=int, default=8000, help="0 takes a free one")
    parser.add_argument("--dialect", choices=("documented", "backend"), default="documented")
    parser.add_argument("--api-key", help="refuse requests without this key")
    options = parser.parse_args(arguments)
    server = LocalServer(options.dialect, port=options.port, api_key=options.api_key)
    print(f"local Kaizen stand-in ({options.dialect}) on {server.url}", flush=True)  # noqa: T201 - a program's output
    with suppress(KeyboardInterrupt):
        server.serve()
    server.stop()


if __name__ == "__main__":
    main(sys.argv[1:])
