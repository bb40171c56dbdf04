"""Tokens shared by the processes of one machine."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import TYPE_CHECKING

from knoxcall.locks import FileLock
from knoxcall.private_files import private_folder, read_private, write_private
from knoxcall.stores.serial import dump, load

if TYPE_CHECKING:
    import os

    from knoxcall.token import Token


class FileTokenStore:
    """Keeps each token in a file of its own that only its owner can read.

    Files that somebody else put there, links and pipes are neither read nor written to: the store then counts as down.

    Args:
        folder: for nothing else; made when it is first written to, and closed to other users (mode 0700).
    """

    def __init__(self, folder: str | os.PathLike[str]) -> None:
        self._folder = Path(folder).expanduser()

    def get(self, key: str) -> Token | None:
        """The token, or None."""
        try:
            private_folder(self._folder, create=False)
            return load(read_private(self._file(key)))
        except FileNotFoundError:
            return None

    def set(self, key: str, token: Token) -> None:
        """Keep the token."""
        private_folder(self._folder)
        write_private(self._file(key), dump(token))

    def delete(self, key: str) -> None:
        """Forget the token."""
        self._file(key).unlink(missing_ok=True)

    def lock(self, key: str) -> FileLock:
        """A lock between processes; it is free again when its holder dies."""
        private_folder(self._folder)
        return FileLock(self._file(key).with_suffix(".lock"))

    def _file(self, key: str) -> Path:
        return self._folder / f"{hashlib.sha256(key.encode()).hexdigest()[:32]}.json"
