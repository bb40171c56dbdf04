"""Tokens shared by the processes of one machine."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from knoxcall.private_files import FileLock, write_private
from knoxcall.stores.serial import dump, load

if TYPE_CHECKING:
    from knoxcall.auth.tokens import Token

_WAIT = 30.0


class FileTokenStore:
    """Keeps each token in a file of its own that only its owner can read.

    Args:
        folder: made with mode 0700 when it is first written to. On a local disk: locks do not work over NFS.
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self._folder = Path(folder).expanduser()

    def get(self, key: str) -> Token | None:
        """The token, or None."""
        try:
            handle = os.open(self._file(key), os.O_RDONLY | os.O_NOFOLLOW)
        except FileNotFoundError:
            return None
        with os.fdopen(handle, "rb") as file:
            return load(file.read())

    def set(self, key: str, token: Token) -> None:
        """Keep the token."""
        write_private(self._file(key), dump(token))

    def delete(self, key: str) -> None:
        """Forget the token."""
        self._file(key).unlink(missing_ok=True)

    def lock(self, key: str) -> FileLock:
        """A lock between processes; it is free again when its holder dies."""
        return FileLock(self._file(key).with_suffix(".lock"), _WAIT)

    def _file(self, key: str) -> Path:
        return self._folder / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.json"
