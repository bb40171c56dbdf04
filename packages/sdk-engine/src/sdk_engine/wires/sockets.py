"""Small questions to sockets."""

from __future__ import annotations

import contextlib
import select
import socket
from typing import Any


def is_readable(sock: Any) -> bool:
    """Whether bytes, or the end, lie in the socket unread. On an idle connection either makes it unusable."""
    descriptor = sock.fileno()
    if descriptor < 0:
        return True
    if not hasattr(select, "poll"):  # on Windows
        return bool(select.select([descriptor], [], [], 0)[0])
    waiting = select.poll()
    waiting.register(descriptor, select.POLLIN)
    return bool(waiting.poll(0))


def hang_up(sock: Any) -> None:
    """End the connection, also for a thread that waits on it."""
    with contextlib.suppress(OSError):  # it has ended
        sock.shutdown(socket.SHUT_RDWR)
