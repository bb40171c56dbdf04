"""The names that stand in this module of the published package."""

from __future__ import annotations

from knoxcall.stores import MemoryTokenStore, RedisTokenStore, TokenStore
from knoxcall.stores.coroutines import CachedToken

__all__ = ["CachedToken", "MemoryTokenStore", "RedisTokenStore", "TokenStore"]
