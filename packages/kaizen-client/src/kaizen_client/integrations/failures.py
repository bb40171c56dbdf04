"""What goes wrong at a vendor: its own exceptions marked as ours, and exceptions for what its streams report."""

from __future__ import annotations

import functools
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from sdk_engine.errors import Outcome
from sdk_engine.retries import parse_retry_after

from kaizen_client.errors import KaizenProviderError

if TYPE_CHECKING:
    from collections.abc import Mapping

CUT = "the stream ended before the answer did; `partial` holds what came before"


def marked(
    exc: Exception, provider: str, encoded: dict[str, Any] | None, partial: dict[str, Any] | None = None
) -> Exception:
    """The vendor's exception, which from now on is a `KaizenProviderError` as well.

    It stays the same object, but for an `OSError`, which gets a twin of both kinds. Python's other exceptions, such as
    the TypeError for a wrong argument, stay as they are.

    Args:
        partial: what had come of a stream.
    """
    if isinstance(exc, KaizenProviderError) and exc.provider:
        return exc
    exc = _of_both_kinds(exc)
    if not isinstance(exc, KaizenProviderError):
        return exc
    response = getattr(exc, "response", None)
    headers = getattr(response, "headers", None) or {}
    answered = response is not None or exc.__dict__.get("outcome") is Outcome.ANSWERED
    facts: dict[str, Any] = {
        "provider": provider,
        "encoded": encoded,
        "partial": partial,
        "outcome": Outcome.ANSWERED if answered else Outcome.UNKNOWN,
        "attempts": 1,
        "retry_after": parse_retry_after(headers.get("retry-after")),
        "idempotency_key": None,
    }
    for name, value in facts.items():
        setattr(exc, name, value)
    for name in ("status", "code", "body", "request_id"):
        if not hasattr(exc, name):
            setattr(exc, name, getattr(exc, "status_code", None) if name == "status" else None)
    return exc


def reported(module: str, facts: Mapping[str, Any]) -> Exception:
    """The exception for an error that arrived as an event: the SDK's `APIError` where the SDK is loaded."""
    code, text = facts.get("code") or facts.get("type"), facts.get("message")
    message = f"{code}: {text}" if code and text else str(text or code or "the vendor reports an error")
    kind = getattr(sys.modules.get(module), "APIError", None)
    if kind is None:
        error: Any = KaizenProviderError(message)
        error.code, error.body = facts.get("code"), dict(facts)
    else:
        error = kind(message, None, body=dict(facts))  # the request is the stream's, which the event does not know
    error.outcome = Outcome.ANSWERED
    failure: Exception = error
    return failure


def _of_both_kinds(exc: Exception) -> Exception:
    kind: Any = type(exc)
    if isinstance(exc, KaizenProviderError):
        return exc
    if kind.__module__ != "builtins":
        with suppress(TypeError):  # a class of a C extension
            exc.__class__ = _both(kind)
    elif issubclass(kind, OSError):
        twin = _both(kind)(*exc.args)
        twin.__cause__ = exc
        return twin
    return exc


@functools.cache
def _both(vendors: type[Exception]) -> type[Exception]:
    bases: Any = (vendors, KaizenProviderError)
    names = {"__module__": vendors.__module__, "__reduce__": KaizenProviderError.__reduce__}
    return type(vendors.__name__, bases, names)
