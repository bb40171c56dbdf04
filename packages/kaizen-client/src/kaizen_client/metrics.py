"""Being told about every call."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import Protocol


class MetricsCollector(Protocol):
    """What a collector must be able to do. It is called on the thread or loop of the call and must not block."""

    def record_request(self, endpoint: str, duration_ms: float, status: int | None, error: str | None = None) -> None:
        """A call ended.

        Args:
            endpoint: the operation, such as "prompts_encode".
            duration_ms: all its attempts and waits; milliseconds.
            status: HTTP status of the last answer, None when there was none.
            error: name of the exception, None for a success.
        """
        ...

    def record_cache(self, endpoint: str, *, hit: bool) -> None:
        """The cache was asked; a hit sends no request and is not recorded as one."""
        ...


@dataclass
class Counters:
    """A collector that counts, for any number of threads.

    Attributes:
        calls: ended calls by operation.
        errors: failed calls by name of the exception.
        duration_ms: milliseconds by operation, in total.
        cache_hits, cache_misses: answers that the cache had, and had not.
    """

    calls: dict[str, int] = field(default_factory=dict[str, int])
    errors: dict[str, int] = field(default_factory=dict[str, int])
    duration_ms: dict[str, float] = field(default_factory=dict[str, float])
    cache_hits: int = 0
    cache_misses: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False, compare=False)

    def record_request(self, endpoint: str, duration_ms: float, status: int | None, error: str | None = None) -> None:
        """Count the call."""
        with self._lock:
            self.calls[endpoint] = self.calls.get(endpoint, 0) + 1
            self.duration_ms[endpoint] = self.duration_ms.get(endpoint, 0.0) + duration_ms
            if error is not None:
                self.errors[error] = self.errors.get(error, 0) + 1

    def record_cache(self, endpoint: str, *, hit: bool) -> None:
        """Count the look-up."""
        with self._lock:
            if hit:
                self.cache_hits += 1
            else:
                self.cache_misses += 1
