"""Names of a package that load when they are first used."""

from __future__ import annotations

TYPE_CHECKING = False  # as type checkers take it; importing typing would be most of this module's cost
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any


def lazy(package: str, homes: dict[str, str]) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """`__getattr__` and `__dir__` of a package whose names have these modules as their homes."""

    def load(name: str) -> Any:
        if name not in homes:
            raise AttributeError(f"module {package!r} has no attribute {name!r}")
        from importlib import import_module

        return getattr(import_module(homes[name]), name)

    return load, lambda: sorted(homes)
