"""The commands of `python -m kneo_client`."""

from __future__ import annotations

import argparse
import sys
from typing import TYPE_CHECKING

from kneo_client import show
from kneo_client.batch import cli as batch
from kneo_client.core.errors import KneoError
from kneo_client.core.profiles import ProfileError

if TYPE_CHECKING:
    from collections.abc import Sequence

_FAILED, _INTERRUPTED = 1, 130


def parse(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """What was asked for; a mistake ends the process with its usage."""
    parser = argparse.ArgumentParser(prog="python -m kneo_client")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for module in (show, batch):
        module.add_parser(commands)
    return parser.parse_args(arguments)


def main(arguments: argparse.Namespace) -> int:
    """Run the chosen command; its exit code."""
    try:
        code: int = arguments.command(arguments)
    except (KneoError, ProfileError) as error:
        print(f"error: {error}", file=sys.stderr)  # noqa: T201
        return _FAILED
    except KeyboardInterrupt:
        return _INTERRUPTED
    return code
