"""Loops that the packages bring: hostile webhook deliveries, paths and KTOF documents, logins renewed under fire.

This family gives them their full counts. Each ends at the first rule broken.
"""

from __future__ import annotations

import asyncio
import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tests.faults.figures import Figure

if TYPE_CHECKING:
    from tests.faults.settings import Settings

PACKAGES = Path(__file__).parents[2] / "packages"
KNOXCALL = PACKAGES / "knoxcall" / "tests" / "faults"
KAIZEN = PACKAGES / "kaizen-client" / "tests"
RANDOM_KTOF = KAIZEN / "test_ktof_random.py"


@dataclass(frozen=True)
class Loop:
    """One loop: a Python command line, whose last argument, or whose variable, is the count if it has one."""

    title: str
    demanded: str
    command: tuple[str, ...]
    variable: str | None = None
    full: int | None = 100_000
    short: int = 500

    async def run(self, count: int | None) -> tuple[bool, str]:
        """Whether it held, and what it printed."""
        command = self.command if self.variable or count is None else (*self.command, str(count))
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            *command,
            env=os.environ | ({self.variable: str(count)} if self.variable else {}),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        printed, _ = await process.communicate()
        return process.returncode == 0, printed.decode(errors="replace")


LOOPS = (
    Loop(
        "Webhook deliveries to the verifier of knoxcall",
        "each genuine one accepted, each other one the one typed refusal",
        (str(KNOXCALL / "webhooks.py"),),
    ),
    Loop(
        "Upstream paths through knoxcall, DPoP proofs checked by the server",
        "none leaves its prefix, each proof names the URL that arrived",
        (str(KNOXCALL / "urls.py"),),
    ),
    Loop(
        "Processes that renew one stored login at the same moment",
        "its single-use token used once",
        (str(KNOXCALL / "refreshes.py"),),
        full=100,
        short=10,
    ),
    Loop(
        "A process killed at every step of saving a login",
        "the old file or the new one, whole and private; the next process goes on",
        (str(KNOXCALL / "kills.py"),),
        full=None,
    ),
    Loop(
        "Documents, whole and broken, read at once and in pieces",
        "the same value or the same refusal; whole ones come back equal",
        (str(KAIZEN / "faults" / "ktof_agreement.py"),),
        full=1_000_000,
    ),
    Loop(
        "Random documents through KTOF and back",
        "all equal",
        ("-m", "pytest", "-q", "-p", "no:cacheprovider", str(RANDOM_KTOF)),
        "KTOF_EXAMPLES",
    ),
)


async def prove(settings: Settings) -> list[Figure]:
    """All loops, one after another."""
    figures: list[Figure] = []
    for loop in LOOPS:
        count = None if loop.full is None else settings.count(loop.full, loop.short)
        held, printed = await loop.run(count)
        if not held:
            print(printed)
        last = printed.strip().rpartition("\n")[2]
        reached = ("all as demanded" if count else f"all as demanded ({last})") if held else last
        title = f"{loop.title}, {count:,}" if count else loop.title
        figures.append(Figure(title, reached, loop.demanded, held, settings.command("package_loops")))
    return figures
