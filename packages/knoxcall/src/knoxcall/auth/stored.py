"""The login that `knoxcall login` stored in a file, shared with the KnoxCall SDKs of other languages."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import secrets
import time
import warnings
from dataclasses import dataclass
from datetime import datetime, timezone
from functools import partial
from typing import TYPE_CHECKING, Any

from sdk_engine.redaction import Secret, header_problem
from sdk_engine.steps import Blocking, Shielded

from knoxcall.errors import AuthenticationError, BootstrapError, KnoxCallError, NotAuthenticatedError
from knoxcall.locks import FileLock, taken
from knoxcall.private_files import read_regular, write_private
from knoxcall.settings import KnoxCallSecurityWarning
from knoxcall.token import Grant, Token

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sdk_engine.deadline import Deadline

    from knoxcall.auth.credentials import Ask

_log = logging.getLogger("knoxcall.auth")

VALID_AHEAD = 60.0
_POSIX = os.name == "posix"
_WAIT = 60.0
"""Seconds that other processes of ours are waited for; each of them does one refresh or none."""
_POLL = 0.02
_STALE = 60.0
"""Seconds that a marker counts, whoever made it: its process cannot be seen from another container or machine."""
_MARKER_WAIT = 10.0
_MARKER_POLL = 0.1


def stored_login(path: Path, profile: str) -> StoredLogin | None:
    """The login of that profile, or None when there is no such file or profile.

    Raises:
        BootstrapError: the file is there but cannot be read or is no credentials file.
    """
    entry, facts = _read(path, profile)
    if entry is None:
        return None
    if _POSIX and facts is not None and facts.st_mode & 0o077:
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

    async def obtain(self, ask: Ask, refused: str | None, deadline: Deadline) -> Token:
        """A plan: the file's access token while it is valid, else a new one; the file is up to date afterwards.

        Raises:
            AuthenticationError: the login has ended; log in again.
        """
        token = _valid_token(await Blocking(self._entry), refused)
        if token is not None:
            return token
        lock = RefreshLock(self.path)
        try:
            await self._wait_for(lock.take_turn, _WAIT, _POLL, deadline)
            await self._wait_for(lock.mark, _MARKER_WAIT, _MARKER_POLL, deadline)
            renewed: Token = await Shielded(self._renewed(ask, refused))
            return renewed
        except OSError as exc:  # a lock that is held too long, a folder that cannot be written to
            problem = str(exc)
        finally:
            lock.release()
        raise KnoxCallError(f"the stored login could not be renewed: {problem}")

    async def _wait_for(self, attempt: Callable[[], bool], seconds: float, poll: float, deadline: Deadline) -> None:
        async def try_it() -> bool:
            succeeded: bool = await Blocking(attempt)
            return succeeded

        seconds = min(seconds, deadline.remaining)
        if not await taken(try_it, seconds, poll):
            raise TimeoutError(f"another program has held the lock of {self.path} for {seconds:.6g} s")

    async def _renewed(self, ask: Ask, refused: str | None) -> Token:
        """A plan with the lock held. It is not left half done: a refresh token that was sent is of no more use."""
        entry = await Blocking(self._entry)
        token = _valid_token(entry, refused)  # another process may have been here meanwhile
        if token is None:
            token = await self._refresh(ask, entry)
            await Blocking(partial(self._keep, token))
        return token

    async def _refresh(self, ask: Ask, entry: dict[str, Any]) -> Token:
        refresh_token = _text(entry, "refresh_token")
        if refresh_token is None:
            raise NotAuthenticatedError(f"{self.source} holds no refresh token; log in with: knoxcall login")

        async def grant() -> Grant:
            form = {
                "grant_type": "refresh_token",
                "refresh_token": refresh_token,
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
        entry, _ = _read(self.path, self.profile)
        if entry is None:
            raise NotAuthenticatedError(f"{self.source} is gone; log in again with: knoxcall login")
        return entry

    def _keep(self, token: Token) -> None:
        """Write the token back; if that cannot be done, it still serves this process until it ends."""
        try:
            self._write(token)
        except (OSError, ValueError, LookupError, TypeError) as exc:
            _log.error("%s could not be updated (%s): log in again with: knoxcall login", self.source, exc)

    def _write(self, token: Token) -> None:
        document = json.loads(read_regular(self.path)[0])
        entry = document["profiles"][self.profile]
        moment = datetime.fromtimestamp(token.expires_at, timezone.utc)
        entry["access_token"] = str(token.value)
        entry["access_token_expires_at"] = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
        if token.refresh_token is not None:
            entry["refresh_token"] = str(token.refresh_token)
        if token.scope:
            entry["scope"] = " ".join(token.scope)
        write_private(self.path.resolve(), json.dumps(document, indent=2).encode())


class RefreshLock:
    """Turns between processes: a lock of the kernel's among ours, and the marker that the other SDKs look for."""

    def __init__(self, path: Path) -> None:
        self._lock = FileLock(path.with_name(path.name + ".flock"))
        self._marker = path.with_name(path.name + ".lock")
        self._mine = f"{os.getpid()} {time.time():.3f} {secrets.token_hex(8)}"

    def take_turn(self) -> bool:
        """Whether it is this one's turn among ours."""
        return self._lock.acquire()

    def mark(self) -> bool:
        """Whether the marker is ours now; one that is too old to be true is passed over."""
        for _ in range(2):
            with contextlib.suppress(FileExistsError):
                handle = os.open(self._marker, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
                with os.fdopen(handle, "w") as file:
                    file.write(self._mine)
                return True
            if not _is_stale(self._marker):
                return False
            self._put_aside()
        return False

    def _put_aside(self) -> None:
        """Remove the marker that was too old; in one step, so that one made meanwhile by somebody else is noticed."""
        aside = self._marker.with_name(f"{self._marker.name}.{secrets.token_hex(8)}")
        with contextlib.suppress(FileNotFoundError):  # its owner has removed it
            self._marker.rename(aside)
            if not _is_stale(aside):
                with contextlib.suppress(OSError):
                    os.link(aside, self._marker)
            aside.unlink()

    def release(self) -> None:
        """Let the next one in. Never waits; may be called at any time, also twice."""
        with contextlib.suppress(OSError):
            if self._marker.read_text() == self._mine:
                self._marker.unlink()
        self._lock.release()


def _is_stale(marker: Path) -> bool:
    with contextlib.suppress(OSError):
        return time.time() - marker.stat().st_mtime > _STALE
    return False


def _read(path: Path, profile: str) -> tuple[dict[str, Any] | None, os.stat_result | None]:
    """What the file says about the profile, and whose file it is."""
    try:
        content, facts = read_regular(path)
        if _POSIX and facts.st_uid not in (os.geteuid(), 0):
            raise PermissionError("it belongs to another user")
        document: Any = json.loads(content)
    except FileNotFoundError:
        return None, None
    except (OSError, ValueError, RecursionError) as exc:
        problem = str(exc) if isinstance(exc, PermissionError) else type(exc).__name__
        raise BootstrapError(f"{path} is not a readable credentials file ({problem})") from None
    profiles = document.get("profiles") if isinstance(document, dict) else None
    entry: Any = profiles.get(profile) if isinstance(profiles, dict) else None
    if not isinstance(entry, dict):
        return None, None
    secret = {name: Secret(value) for name, value in entry.items() if isinstance(value, str) and "token" in name}
    return {**entry, **secret}, facts


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
