"""What the methods of `environments` return."""

from __future__ import annotations

from typing_extensions import TypedDict


class Environment(TypedDict):
    """What `environments.list` returns."""

    id: str
    name: str
    display_name: str
    description: str | None
    color: str
    is_default: bool
    created_at: str


class EnvironmentFull(TypedDict):
    """What `environments.create` and `environments.update` return."""

    id: str
    name: str
    display_name: str
    description: str | None
    color: str
    is_default: bool
    created_at: str
    tenant_id: str
    sandbox: bool
