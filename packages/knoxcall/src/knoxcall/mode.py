"""The type variable that says whether a client blocks or is awaited."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sdk_engine.drivers import AsyncDriver, SyncDriver

if TYPE_CHECKING:
    from typing_extensions import TypeVar

    D = TypeVar("D", SyncDriver, AsyncDriver, default=SyncDriver)
else:
    from typing import TypeVar

    D = TypeVar("D", SyncDriver, AsyncDriver)

__all__ = ["AsyncDriver", "D", "SyncDriver"]
