"""What a run of the proof is asked for."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Settings:
    """Choices of the command line, the same for every family.

    Attributes:
        wire: through which the clients send; see `clients.WIRES`.
        seed: what every random choice derives from.
        short: whether counts are those of the test suite.
        only, surfaces: which cases of the matrix; no surface named means all.
    """

    wire: str = "default"
    seed: str = "s1"
    short: bool = False
    only: str = ""
    surfaces: tuple[str, ...] = ()

    def count(self, full: int, short: int) -> int:
        """How many, in this run."""
        return short if self.short else full

    def command(self, family: str) -> str:
        """How to see a figure of this family again."""
        options = ["--short"] * self.short + [f"--wire {self.wire}"] * (self.wire != "default")
        return f'make faults ARGS="{" ".join([family, *options])}"'
