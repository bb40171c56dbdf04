"""Answers with names: plain dicts that also know what their fields mean.

The service's documentation and its backend describe two dialects (`stats.original_bytes` or `stats.original_length`,
`data` or `result`, `metadata` or `meta.client_metadata`, ...). The accessors read both; every field may be missing,
and everything the service sent stays in the dict.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

_OK = ("ok", "success")
_ORIGINAL_SIZE = ("original_bytes", "original_length")
_COMPRESSED_SIZE = ("compressed_bytes", "optimized_length")


class KaizenResult(dict[str, Any]):
    """One answer.

    Attributes:
        request_id: the X-Request-ID of the call; "" for an answer out of the cache.
    """

    request_id: str = ""
    _value_fields: ClassVar[tuple[str, ...]] = ("result", "data")

    @property
    def ok(self) -> bool:
        """Whether the service reports success. An answer without a status counts: its HTTP status was 2xx."""
        return self.get("status", "ok") in _OK

    @property
    def value(self) -> Any:
        """The encoded text or the decoded value; None when there is none."""
        return next((self[name] for name in self._value_fields if name in self), None)

    @property
    def original_size(self) -> int | None:
        """Size before; bytes or characters, as the service counts."""
        return _number(self._stats, _ORIGINAL_SIZE)

    @property
    def compressed_size(self) -> int | None:
        """Size after, in the same unit."""
        return _number(self._stats, _COMPRESSED_SIZE)

    @property
    def saved(self) -> float | None:
        """Share saved, from the two sizes: 0.25 is a quarter less, below 0 is longer than before. None if unknown.

        The service's own `reduction_ratio` means different things in different places and is not used.
        """
        before, after = self.original_size, self.compressed_size
        return None if not before or after is None else 1 - after / before

    @property
    def metadata(self) -> dict[str, Any]:
        """The ids that the caller sent along; empty when there were none."""
        return _mapping(self.get("metadata")) or _mapping(self.meta.get("client_metadata"))

    @property
    def meta(self) -> dict[str, Any]:
        """What the service says about the call: what was detected, replaced or replayed."""
        return _mapping(self.get("meta"))

    @property
    def token_models(self) -> list[str]:
        """The models that `tokens` knows."""
        stats = _mapping(self.get("token_stats"))
        return sorted(stats["raw"] if "raw" in stats and "optimized" in stats else stats)

    def tokens(self, model: str) -> tuple[int, int] | None:
        """Tokens before and after for this model, or None when they were not counted."""
        stats = _mapping(self.get("token_stats"))
        counted = _mapping(stats.get(model))
        before, after = counted.get("original"), counted.get("compressed")
        if before is None:
            before = _mapping(_mapping(stats.get("raw")).get(model)).get("tokens")
            after = _mapping(_mapping(stats.get("optimized")).get(model)).get("tokens")
        return (before, after) if isinstance(before, int) and isinstance(after, int) else None

    @property
    def _stats(self) -> dict[str, Any]:
        return _mapping(self.get("stats"))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({super().__repr__()})"


class EncodedResult(KaizenResult):
    """An answer whose value is KTOF text."""

    @property
    def value(self) -> str:
        """The text; "" when the answer has none."""
        text = super().value
        return text if isinstance(text, str) else ""


class CompressResponse(EncodedResult):
    """Answer of `compress`."""


class OptimizeResponse(EncodedResult):
    """Answer of `optimize` and `optimize_request`."""


class PromptEncodeResponse(EncodedResult):
    """Answer of `prompts_encode`."""


class DecompressResponse(KaizenResult):
    """Answer of `decompress`."""


class OptimizedValueResponse(KaizenResult):
    """Answer of `optimize_response`."""


class PromptDecodeResponse(KaizenResult):
    """Answer of `prompts_decode`."""


class HealthResponse(KaizenResult):
    """Answer of `health`."""

    @property
    def message(self) -> str | None:
        """The service's greeting, when it sends one."""
        return self.get("message")

    @property
    def uptime(self) -> int | None:
        """Seconds since the service started, when it says so."""
        return self.get("uptime")

    @property
    def region(self) -> str | None:
        """Where the service runs, when it says so."""
        return self.get("region")


def _mapping(value: object) -> dict[str, Any]:
    return dict(value) if isinstance(value, Mapping) else {}


def _number(values: Mapping[str, Any], names: tuple[str, ...]) -> int | None:
    return next((values[name] for name in names if isinstance(values.get(name), int)), None)
