"""Secrets as the published package wraps them."""

from __future__ import annotations


class Redacted:
    """A secret that nothing shows; `expose()` gives it. Two of them are never equal, whatever they hold."""

    __slots__ = ("_value",)

    def __init__(self, value: str) -> None:
        self._value = value

    def expose(self) -> str:
        """The secret itself."""
        return self._value

    def __repr__(self) -> str:
        return "[REDACTED]"

    def __format__(self, spec: str) -> str:
        return format("[REDACTED]", spec)
