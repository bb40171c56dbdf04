"""The type variable that says whether a client is awaited or blocks."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sdk_engine.drivers import AsyncDriver, SyncDriver

if TYPE_CHECKING:
    from typing_extensions import TypeVar

    D = TypeVar("D", AsyncDriver, SyncDriver, default=AsyncDriver)
else:
    from typing import TypeVar

    D = TypeVar("D", AsyncDriver, SyncDriver)

__all__ = ["AsyncDriver", "D", "SyncDriver"]
