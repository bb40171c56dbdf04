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
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kaizen_client._version import __version__
from kaizen_client.choosing import choose
from kaizen_client.client import SyncKaizenClient
from kaizen_client.documents import read_document
from kaizen_client.errors import KaizenError
from kaizen_client.local import sync_local_client
from kaizen_client.tokens import tokenizer

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kaizen_client.choosing import Preference

_INTERRUPTED = 130


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
    except KeyboardInterrupt:
        return _INTERRUPTED
    else:
        result = answer.get("result")
        _show(result if options.text and isinstance(result, str) else answer)
        return 0
    print(f"kaizen: {problem}", file=sys.stderr)  # noqa: T201 - a program's output
    return 1


def parser() -> argparse.ArgumentParser:
    """The arguments."""
    parser = argparse.ArgumentParser(prog="kaizen", description="Encode and decode KTOF.")
    parser.add_argument("--version", action="version", version=f"kaizen {__version__}")
    parser.add_argument("operation", choices=("encode", "decode", "optimize", "health"))
    source = parser.add_mutually_exclusive_group()
    source.add_argument("--file", type=Path, help="what to work on; else standard input")
    source.add_argument("--prompt", "--ktof", dest="given", help="what to work on, itself")
    parser.add_argument("--model", action="append", help="count tokens for this model; may be repeated")
    parser.add_argument("--local", action="store_true", help="work without the service")
    parser.add_argument("--text", action="store_true", help="print the encoded text only")
    parser.add_argument(
        "--format",
        choices=("smaller", "ktof", "json"),
        default="smaller",
        help="what encode gives: KTOF where that is smaller and else compact JSON, or always the one or the other",
    )
    parser.add_argument("--no-detect", action="store_true", help="take the input of encode as text, without its JSON")
    return parser


def _perform(client: SyncKaizenClient, options: argparse.Namespace) -> dict[str, Any]:
    if options.operation == "health":
        return client.health()
    text = _input(options)
    if options.operation == "decode":
        return client.prompts_decode({"ktof": text.rstrip("\n")})
    if options.operation == "optimize":
        return client.optimize({"data": json.loads(text), **_models(options)})
    return _encode(client, text, options)


def _encode(client: SyncKaizenClient, text: str, options: argparse.Namespace) -> dict[str, Any]:
    """A JSON document in whichever form is smaller; a text with its documents in theirs, and all else as it is."""
    count = tokenizer(options.model[0]) if options.model else None
    value = None if options.no_detect else read_document(text.strip())
    if value is not None:
        answer = client.prompts_encode({"prompt": value, **_models(options)})
        return choose(value, count=count, prefer=options.format, encoded=answer["result"]).told_in(answer)
    answer = client.prompts_encode({"prompt": text, "auto_detect_json": False, **_models(options)})
    prefer: Preference = "json" if options.no_detect else options.format
    return choose(text, count=count, prefer=prefer).told_in(answer)


def _models(options: argparse.Namespace) -> dict[str, Any]:
    return {"token_models": options.model} if options.model else {}


def _input(options: argparse.Namespace) -> str:
    """The input as text: UTF-8, or what its first bytes say it is."""
    if options.given is not None:
        return str(options.given)
    content: bytes
    if options.file:
        content = options.file.read_bytes()
    elif hasattr(sys.stdin, "buffer"):
        content = sys.stdin.buffer.read()
    else:
        return sys.stdin.read()  # a stand-in for a stream, which is text already
    return str(content, json.detect_encoding(content))


def _show(answer: Any) -> None:
    """Print a text, or an answer as JSON; signs that the output has no bytes for are escaped."""
    plain = isinstance(answer, str)
    text = answer if plain else json.dumps(answer, ensure_ascii=False, indent=2)
    encoding = sys.stdout.encoding or "utf-8"
    try:
        text.encode(encoding)
    except UnicodeEncodeError:
        escaped = text.encode(encoding, "backslashreplace").decode(encoding)
        text = escaped if plain else json.dumps(answer, indent=2)
    try:
        print(text, flush=True)  # noqa: T201 - a program's output
    except BrokenPipeError:  # whoever reads it, as `head` does, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


if __name__ == "__main__":
    sys.exit(main())
