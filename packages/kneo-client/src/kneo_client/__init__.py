"""Typed client for the Kneo Agent Platform's /v1 HTTP API.

    async with KneoClient.from_profile() as client:
        run = await client.platform.runs.create({"input": "hello", "spec": spec, "async_mode": True})
        done = await client.platform.runs.wait_for_completion(run.run_id, timeout=120)

Names load when they are first used: importing the package costs what bare Python costs.
"""

from __future__ import annotations

from kneo_client._version import __version__

TYPE_CHECKING = False  # as type checkers take it; importing typing would be most of this module's cost
if TYPE_CHECKING:
    from typing import Any

    from kneo_client.client import KneoClient

__all__ = ["KneoClient", "__version__"]


def __getattr__(name: str) -> Any:
    if name == "KneoClient":
        from kneo_client.client import KneoClient

        return KneoClient
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
