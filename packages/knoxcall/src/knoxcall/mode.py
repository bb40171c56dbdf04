"""Whether a client blocks or is awaited: the type variable that says so, and what is refused in the other mode."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sdk_engine.drivers import AsyncDriver, SyncDriver

if TYPE_CHECKING:
    from typing_extensions import TypeVar

    D = TypeVar("D", SyncDriver, AsyncDriver, default=SyncDriver)
else:
    from typing import TypeVar

    D = TypeVar("D", SyncDriver, AsyncDriver)

__all__ = ["AsyncDriver", "D", "SyncDriver", "check_awaited", "check_blocks"]


def check_blocks(driver: object, instead: str) -> None:
    """Refuse what only a blocking client can do, before anything is done.

    Raises:
        InvalidRequestError: the client is awaited; the message says what to write `instead`.
    """
    if not isinstance(driver, SyncDriver):
        raise _refused(f"this client is awaited (KnoxCall(sync=False)): write `{instead}`")


def check_awaited(driver: object, instead: str) -> None:
    """Refuse what only an awaited client can do, as above."""
    if not isinstance(driver, AsyncDriver):
        raise _refused(f"this client blocks (KnoxCall(sync=False) is awaited): write `{instead}`")


def _refused(message: str) -> Exception:
    from knoxcall.errors import InvalidRequestError  # here: to import a client costs little

    return InvalidRequestError(message)
