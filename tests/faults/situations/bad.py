"""Situations that end badly, so that it can be tested that this is seen."""

from __future__ import annotations

import os
import sys
import threading


def aborts(kind: str, url: str) -> None:
    """End by a signal."""
    print("said", flush=True)
    os.abort()


def hangs(kind: str, url: str) -> None:
    """Never end: in a forked child, which holds the output open."""
    print("said", flush=True)
    if not os.fork():
        threading.Event().wait()


def noisy(kind: str, url: str) -> None:
    """Say something on stderr."""
    print("said", flush=True)
    print("Exception ignored in", file=sys.stderr)


def wrong_code(kind: str, url: str) -> None:
    """Exit with another code."""
    print("said", flush=True)
    sys.exit(1)


def wrong_words(kind: str, url: str) -> None:
    """Say something else."""
    print("something else")
