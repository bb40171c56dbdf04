"""What the methods of `roles` return."""

from __future__ import annotations

from typing_extensions import TypedDict

from knoxcall.types.pages import PageMeta


class Role(TypedDict):
    """Part of another answer."""

    id: str
    name: str
    description: str | None
    applies_to: list[str]
    is_default: bool
    seeded: bool


class RolePage(TypedDict):
    """One page of a list."""

    data: list[Role]
    meta: PageMeta
