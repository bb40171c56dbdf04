"""The command `kaizen`: one operation from the shell, with the service or without.

kaizen health
kaizen encode --file prompt.json --local
kaizen encode --prompt '{"a": [1, 2]}' --model gpt-4o-mini
echo 'a: 1' | kaizen decode

The answer goes to standard output, what went wrong to standard error. The status is 0 for an answer, 1 for a failure,
2 for arguments that make no sense.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kaizen_client.client import SyncKaizenClient
from kaizen_client.errors import KaizenError
from kaizen_client.local import sync_local_client

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one operation, print its answer as JSON or, with --text, only its text. 0 when it succeeded."""
    options = parser().parse_args(arguments)
    try:
        with sync_local_client() if options.local else SyncKaizenClient.from_env() as client:
            answer = _perform(client, options)
    except (KaizenError, OSError, ValueError) as exc:
        problem = str(exc)
    except RecursionError:
        problem = "the input is nested too deeply"
    else:
        result = answer.get("result")
        plain = options.text and isinstance(result, str)
        print(result if plain else json.dumps(answer, ensure_ascii=False, indent=2))  # noqa: T201 - a program's output
        return 0
    print(f"kaizen: {problem}", file=sys.stderr)  # noqa: T201
    return 1


def parser() -> argparse.ArgumentParser:
    """The command's arguments."""
    parser = argparse.ArgumentParser(prog="kaizen", description="Encode and decode with the Kaizen service.")
    parser.add_argument("operation", choices=("health", "encode", "decode", "optimize"))
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--file", type=Path, help="what to work on; else standard input")
    source.add_argument("--prompt", "--ktof", dest="given", help="what to work on, itself")
    parser.add_argument("--model", action="append", help="count tokens for this model; may be repeated")
    parser.add_argument("--local", action="store_true", help="work without the service")
    parser.add_argument("--text", action="store_true", help="print the encoded text only")
    return parser


def _perform(client: SyncKaizenClient, options: argparse.Namespace) -> dict[str, Any]:
    if options.operation == "health":
        return client.health()
    text = _input(options)
    if options.operation == "decode":
        return client.prompts_decode({"ktof": text.rstrip("\n")})
    models = {"token_models": options.model} if options.model else {}
    if options.operation == "optimize":
        return client.optimize({"data": json.loads(text), **models})
    return client.prompts_encode({"prompt": _json_or_text(text), **models})


def _input(options: argparse.Namespace) -> str:
    if options.given is not None:
        return str(options.given)
    return options.file.read_text(encoding="utf-8") if options.file else sys.stdin.read()


def _json_or_text(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
