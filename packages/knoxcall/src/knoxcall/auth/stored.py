"""The login that `knoxcall login` stored in a file, shared with the KnoxCall SDKs of other languages."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import secrets
import stat
import time
import warnings
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import partial
from typing import TYPE_CHECKING, Any

from sdk_engine.redaction import Secret, header_problem
from sdk_engine.steps import Blocking, Shielded

from knoxcall.auth.credentials import Grant
from knoxcall.auth.tokens import Token
from knoxcall.errors import AuthenticationError, BootstrapError, KnoxCallError
from knoxcall.private_files import FileLock, write_private

if TYPE_CHECKING:
    from pathlib import Path

    from knoxcall.auth.credentials import Ask

_log = logging.getLogger("knoxcall.auth")

VALID_AHEAD = 60.0
_WAIT = 60.0
_STALE = 60.0
_UNSIGNED = 5.0
"""Seconds after which a marker that names no owner is one whose owner died while making it."""
_MARKER_WAIT = 10.0
_MARKER_POLL = 0.1


def stored_login(path: Path, profile: str) -> StoredLogin | None:
    """The login of that profile, or None when there is no such file or profile.

    Raises:
        BootstrapError: the file is there but cannot be read or is no credentials file.
    """
    entry = _read(path, profile)
    if entry is None:
        return None
    if os.name == "posix" and stat.S_IMODE(path.stat().st_mode) & 0o077:
        from knoxcall.settings import KnoxCallSecurityWarning

        text = f"others can read the credentials in {path}; run: chmod 600 {path}"
        warnings.warn(text, KnoxCallSecurityWarning, stacklevel=2)
    return StoredLogin(path, profile, _text(entry, "base_url"), _text(entry, "tenant"))


@dataclass(frozen=True)
class StoredLogin:
    """One profile of the file. Its refresh token works once: processes take turns, each writes the next one back."""

    path: Path
    profile: str
    base_url: str | None
    tenant: str | None
    kind = "stored login"

    @property
    def source(self) -> str:
        """File and profile."""
        return f"profile {self.profile!r} of {self.path}"

    @property
    def identity(self) -> str:
        """File and profile."""
        return f"file:{self.path}:{self.profile}"

    async def obtain(self, ask: Ask, refused: str | None) -> Token:
        """A plan: the file's access token while it is valid, else a new one; the file is up to date afterwards.

        Raises:
            AuthenticationError: the login has ended; log in again.
        """
        token = _valid_token(await Blocking(self._entry), refused)
        if token is not None:
            return token
        lock = RefreshLock(self.path)
        try:
            await Blocking(lock.acquire)
            renewed: Token = await Shielded(self._renewed(ask, refused))
            return renewed
        except OSError as exc:  # a lock that is held too long, a folder that cannot be written to
            problem = str(exc)
        finally:
            lock.release()
        raise KnoxCallError(f"the stored login could not be renewed: {problem}")

    async def _renewed(self, ask: Ask, refused: str | None) -> Token:
        """A plan with the lock held. It is not left half done: a refresh token that was sent is of no more use."""
        entry = await Blocking(self._entry)
        token = _valid_token(entry, refused)  # another process may have been here meanwhile
        if token is None:
            token = await self._refresh(ask, entry)
            await Blocking(partial(self._keep, token))
        return token

    async def _refresh(self, ask: Ask, entry: dict[str, Any]) -> Token:
        async def grant() -> Grant:
            form = {
                "grant_type": "refresh_token",
                "refresh_token": _text(entry, "refresh_token") or "",
                "client_id": _text(entry, "client_id") or "",
            }
            return Grant(form, reusable=False)

        try:
            return await ask(grant)
        except KnoxCallError as exc:
            if exc.code != "invalid_grant":
                raise
            status = exc.status
        message = f"the login of {self.source} has ended; log in again with: knoxcall login"
        raise AuthenticationError(message, status=status, code="invalid_grant", attempts=1)

    def _entry(self) -> dict[str, Any]:
        entry = _read(self.path, self.profile)
        if entry is None:
            raise BootstrapError(f"{self.source} is gone; log in again with: knoxcall login")
        return entry

    def _keep(self, token: Token) -> None:
        """Write the token back; if that cannot be done, it still serves this process until it ends."""
        try:
            self._write(token)
        except (OSError, ValueError, LookupError, TypeError) as exc:
            _log.error("%s could not be updated (%s): log in again with: knoxcall login", self.source, exc)

    def _write(self, token: Token) -> None:
        document = json.loads(self.path.read_bytes())
        entry = document["profiles"][self.profile]
        moment = datetime.fromtimestamp(token.expires_at, timezone.utc)
        entry["access_token"] = str(token.value)
        entry["access_token_expires_at"] = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
        if token.refresh_token is not None:
            entry["refresh_token"] = str(token.refresh_token)
        if token.scope:
            entry["scope"] = " ".join(token.scope)
        write_private(self.path, json.dumps(document, indent=2).encode())


class RefreshLock:
    """Turns between processes: `flock` among ours, and the marker file that the other languages' SDKs look for."""

    def __init__(self, path: Path) -> None:
        self._lock = FileLock(path.with_name(path.name + ".flock"), _WAIT)
        self._marker = path.with_name(path.name + ".lock")
        self._mine = f"{os.getpid()} {time.time():.3f} {secrets.token_hex(8)}"
        self._released = False

    def acquire(self) -> None:
        """Wait for both.

        Raises:
            TimeoutError: another process has held one of them all the time.
        """
        self._lock.acquire()
        give_up = time.monotonic() + _MARKER_WAIT
        while not self._released:
            try:
                handle = os.open(self._marker, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            except FileExistsError:
                if self._is_stale():
                    self._marker.unlink(missing_ok=True)
                elif time.monotonic() > give_up:
                    raise TimeoutError(f"another program has held {self._marker} for {_MARKER_WAIT:.6g} s") from None
                else:
                    time.sleep(_MARKER_POLL)
                continue
            with os.fdopen(handle, "w") as file:
                file.write(self._mine)
            break
        if self._released:
            self.release()

    def release(self) -> None:
        """Let the next one in. Never waits; may be called at any time, also twice."""
        self._released = True
        with contextlib.suppress(OSError):
            if self._marker.read_text() == self._mine:
                self._marker.unlink()
        self._lock.release()

    def _is_stale(self) -> bool:
        """Whether its owner is gone: its process has ended, or it is too old to be true."""
        try:
            age = time.time() - self._marker.stat().st_mtime
            signature = self._marker.read_text().split()
        except (OSError, ValueError):
            return False
        if not signature or not signature[0].isdecimal():
            return age > _UNSIGNED
        owner = int(signature[0])
        if age > _STALE:
            return True
        try:
            os.kill(owner, 0)
        except OSError as exc:
            return isinstance(exc, ProcessLookupError)
        return False


def _read(path: Path, profile: str) -> dict[str, Any] | None:
    try:
        document: Any = json.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    except (OSError, ValueError, RecursionError) as exc:
        raise BootstrapError(f"{path} is not a readable credentials file ({type(exc).__name__})") from None
    profiles = document.get("profiles") if isinstance(document, dict) else None
    entry: Any = profiles.get(profile) if isinstance(profiles, dict) else None
    if not isinstance(entry, dict):
        return None
    return {
        name: Secret(value) if isinstance(value, str) and "token" in name else value for name, value in entry.items()
    }


def _valid_token(entry: dict[str, Any], refused: str | None) -> Token | None:
    value, expiry = _text(entry, "access_token"), _text(entry, "access_token_expires_at")
    if not value or value == refused or header_problem(value) or not expiry:
        return None
    try:
        moment = datetime.fromisoformat(expiry.replace("Z", "+00:00"))
    except ValueError:
        return None
    expires_at = moment.replace(tzinfo=moment.tzinfo or timezone.utc).timestamp()
    left = expires_at - time.time()
    if left <= VALID_AHEAD:
        return None
    return Token(Secret(value), "Bearer", expires_at, left, tuple((_text(entry, "scope") or "").split()))


def _text(entry: dict[str, Any], name: str) -> str | None:
    value = entry.get(name)
    return value if isinstance(value, str) and value else None
