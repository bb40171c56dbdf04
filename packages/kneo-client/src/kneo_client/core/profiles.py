"""Where a client connects to and as whom: profiles, from a TOML file, the environment and arguments."""

from __future__ import annotations

import math
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from sdk_engine.deadline import FOREVER as _LONGEST_TIMEOUT
from sdk_engine.redaction import Secret, header_problem

from kneo_client.core.auth import AuthScheme
from kneo_client.core.logging import get_logger

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

DEFAULT_PROFILE_NAME = "default"
DEFAULT_TIMEOUT_SECONDS = 30.0
ENV_PROFILE = "KNEO_PROFILE"
ENV_URL = "KNEO_URL"
ENV_API_KEY = "KNEO_API_KEY"
ENV_AUTH_SCHEME = "KNEO_AUTH_SCHEME"
ENV_TIMEOUT = "KNEO_TIMEOUT"

_API = "/v1"
_ENVIRONMENT = {"url": ENV_URL, "api_key": ENV_API_KEY, "auth_scheme": ENV_AUTH_SCHEME, "timeout": ENV_TIMEOUT}
_OTHERS_MAY_READ = 0o077


class ProfileError(ValueError):
    """A profile cannot be resolved or is not usable. The message names the field and the source to correct."""


@dataclass(frozen=True, init=False)
class Profile:
    """Everything needed to talk to one platform instance.

    Attributes:
        name: informational; appears in messages, and names the section of the TOML file.
        url: base URL, `https://host[:port][/prefix]`. The key is sent to this origin only.
        api_key: a string like any other, but its repr is redacted and it cannot be pickled.
        auth_scheme: which header carries the key; a scheme's name is taken too.
        timeout: seconds that one attempt may take, from connecting to the last byte of the body.

    Raises:
        ProfileError: a field is unusable; raised at construction.
    """

    name: str
    url: str
    api_key: str = field(repr=False)
    auth_scheme: AuthScheme = AuthScheme.BEARER
    timeout: float = DEFAULT_TIMEOUT_SECONDS

    def __init__(
        self,
        name: str,
        url: str,
        api_key: str,
        auth_scheme: AuthScheme = AuthScheme.BEARER,
        timeout: float = DEFAULT_TIMEOUT_SECONDS,
    ) -> None:
        api_key = _hidden(api_key)
        checked = {
            "name": name,
            "url": _check_url(name, url),
            "api_key": _check_key(name, api_key),
            "auth_scheme": _check_scheme(auth_scheme),
            "timeout": _check_timeout(timeout, f"profile {name!r}: timeout"),
        }
        for attribute, value in checked.items():
            object.__setattr__(self, attribute, value)


def load_profile(
    name: str | None = None,
    *,
    config_file: Path | None = None,
    url: str | None = None,
    api_key: str | None = None,
    auth_scheme: AuthScheme | str | None = None,
    timeout: float | None = None,
) -> Profile:
    """Resolve a profile: TOML file, then environment, then the arguments; later sources win field by field.

    Args:
        name: section of the TOML file; falls back to `$KNEO_PROFILE`, then "default".
        config_file: the file to read instead of `default_config_path()`; a missing file is skipped.
        url, api_key, auth_scheme, timeout: override the field. `$KNEO_URL`, `$KNEO_API_KEY`, `$KNEO_AUTH_SCHEME` and
            `$KNEO_TIMEOUT` do the same with less precedence; an empty variable counts as not set.

    Raises:
        ProfileError: `url` or `api_key` is in no source, or a source holds something unusable. It says which.
    """
    from pathlib import Path

    api_key = _hidden(api_key)
    name = name or os.environ.get(ENV_PROFILE) or DEFAULT_PROFILE_NAME
    path = default_config_path() if config_file is None else Path(config_file)
    given = {"url": url, "api_key": api_key, "auth_scheme": auth_scheme, "timeout": timeout}
    arguments = {key: value for key, value in given.items() if value is not None}
    environment = _from_environment()
    sections = _read_sections(path, named=config_file is not None)
    section = sections.get(name)
    if section is None and sections and name != DEFAULT_PROFILE_NAME and not {"url", "api_key"} <= arguments.keys():
        raise ProfileError(
            f"profile {name!r}: 'url' is not set: {path} has no such section, only {', '.join(sections)}"
        )
    values: dict[str, Any] = {**_checked_section(name, section or {}, path), **environment, **arguments}
    for required in ("url", "api_key"):
        if not values.get(required):
            raise ProfileError(
                f"profile {name!r}: {required!r} is not set in any source:"
                f" pass {required}=, set ${_ENVIRONMENT[required]}, or add it to [{name}] in {path}"
            )
    return Profile(name, **values)


def default_config_path() -> Path:
    """Where `client.toml` is looked for: `~/.config/kneo/` on Linux, the platform's own place elsewhere."""
    from pathlib import Path

    import platformdirs

    return Path(platformdirs.user_config_dir("kneo")) / "client.toml"


def _from_environment() -> dict[str, Any]:
    names = {key: env for key, env in _ENVIRONMENT.items() if os.environ.get(env)}
    values: dict[str, Any] = {key: _hidden_key(key, os.environ[env]) for key, env in names.items()}
    if "timeout" in values:
        values["timeout"] = _number_of_seconds(values["timeout"])
    return values


def _number_of_seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 < seconds <= _LONGEST_TIMEOUT:
        raise ProfileError(f"${ENV_TIMEOUT} must be a float, got {text!r}; give seconds above 0 and at most 1e9")
    return seconds


def _read_sections(path: Path, *, named: bool) -> dict[str, Any]:
    """What the file says; nothing if there is none. The default one that this user may not look at is none."""
    import tomllib

    try:
        with path.open("rb") as file:
            mode = os.fstat(file.fileno()).st_mode
            sections = tomllib.load(file)
    except (FileNotFoundError, NotADirectoryError):
        return {}
    except PermissionError as exc:
        if not named:
            return {}
        reason = str(exc)
    except (OSError, ValueError) as exc:  # TOMLDecodeError and UnicodeDecodeError are ValueErrors
        reason = "it is not UTF-8" if isinstance(exc, UnicodeDecodeError) else str(exc)
    else:
        if os.name == "posix" and mode & _OTHERS_MAY_READ and any("api_key" in str(body) for body in sections.values()):
            get_logger("profiles").warning("%s holds API keys and others may read it; chmod 600 it", path)
        return {name: _without_open_key(section) for name, section in sections.items()}
    raise ProfileError(f"failed to parse {path}: {reason}")


def _without_open_key(section: Any) -> Any:
    if not isinstance(section, dict):
        return section
    return {key: _hidden_key(key, value) for key, value in section.items()}


def _checked_section(name: str, section: object, path: Path) -> Mapping[str, Any]:
    if not isinstance(section, dict):
        raise ProfileError(f"failed to parse {path}: {name!r} is not a section; profiles are tables such as [{name}]")
    unknown = [key for key in section if key not in _ENVIRONMENT]
    if unknown:
        raise ProfileError(
            f"failed to parse {path}: [{name}] has unknown keys {unknown}; known are {list(_ENVIRONMENT)}"
        )
    return section


def _check_url(name: str, url: object) -> str:
    problem = None
    if not isinstance(url, str):
        problem = f"must be a string, got {type(url).__name__}"
    else:
        try:
            parts = urlsplit(url)
            _ = parts.port
        except ValueError:
            parts, problem = urlsplit(""), "is not a valid URL"
        if problem is None:
            problem = _url_problem(parts, url)
    if problem:
        raise ProfileError(f"profile {name!r}: 'url' {problem}")
    return str(url)


def _url_problem(parts: Any, url: str) -> str | None:
    if parts.username is not None or parts.password is not None:
        return "must not hold a user or password; the key belongs into api_key"
    if parts.scheme not in ("http", "https") or not parts.hostname:
        return "must be an absolute http or https URL, such as https://kneo.example.com"
    if parts.query or parts.fragment or "?" in url or "#" in url:
        return "must not hold a query or fragment"
    if parts.path.rstrip("/").endswith(_API):
        return f"must be the platform's address without {_API}, which every path begins with: {url.rstrip('/')[:-3]}"
    if not url.isascii() or not url.isprintable() or " " in url or "\\" in url:
        return "holds characters that a URL cannot (blank, control, backslash or non-ASCII)"
    return None


def _check_key(name: str, key: object) -> Secret:
    problem = header_problem(key) if key else "is not set; it must not be empty"
    if problem:
        raise ProfileError(f"profile {name!r}: 'api_key' {problem}")
    assert isinstance(key, Secret)
    return key


def _hidden_key(name: str, value: Any) -> Any:
    return _hidden(value) if name == "api_key" else value


def _hidden(key: Any) -> Any:
    """The key as a `Secret`, first thing wherever one comes in: no traceback with locals shows it from then on."""
    return Secret(key) if isinstance(key, str) else key


def _check_scheme(scheme: object) -> AuthScheme:
    try:
        return AuthScheme(str(scheme))
    except ValueError:
        pass
    raise ProfileError(f"unknown auth_scheme {scheme!r}; expected one of: {', '.join(AuthScheme)}")


def _check_timeout(timeout: object, label: str) -> float:
    if isinstance(timeout, bool) or not isinstance(timeout, (int, float)) or not 0 < timeout <= _LONGEST_TIMEOUT:
        raise ProfileError(f"{label} must be a number of seconds above 0 and at most 1e9, got {timeout!r}")
    return float(timeout)
