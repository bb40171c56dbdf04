"""What all resources have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic

from knoxcall.mode import D

if TYPE_CHECKING:
    from knoxcall.management import Management


class Resource(Generic[D]):
    """A group of operations; its mode decides whether they block or are awaited."""

    def __init__(self, api: Management, driver: D) -> None:
        self.api = api
        self._driver: D = driver

    @property
    def driver(self) -> D:
        """What performs the operations."""
        return self._driver
