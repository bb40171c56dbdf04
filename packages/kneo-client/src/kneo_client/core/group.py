"""What all groups of methods have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic

from kneo_client.core.mode import D

if TYPE_CHECKING:
    from kneo_client.core.connection import Connection


class Group(Generic[D]):
    """Methods over one connection, which decides whether they are awaited or block."""

    def __init__(self, transport: Connection[D]) -> None:
        self._transport: Connection[D] = transport

    @property
    def driver(self) -> D:
        """What performs the methods."""
        driver: D = self._transport.driver
        return driver
