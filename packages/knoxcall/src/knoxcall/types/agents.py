"""What the methods of `agents` return."""

from __future__ import annotations

from typing_extensions import TypedDict


class Agent(TypedDict):
    """What `agents.list` returns."""

    id: str
    name: str
    agent_id: str
    status: str  # active or revoked
    require_verified_build: bool
    last_seen_at: str | None
    last_session_issued_at: str | None
    created_at: str
    has_tamper_events: bool


class AgentCreateResult(TypedDict):
    """What `agents.create` returns."""

    id: str
    name: str
    agent_id: str
    status: str
    require_verified_build: bool
    created_at: str
    agent_secret: str


class AgentRevokeResult(TypedDict):
    """What `agents.revoke` returns."""

    revoked: bool


class TamperEvent(TypedDict):
    """What `agents.get_tamper_events` returns."""

    id: str
    version_reported: str | None
    build_sig_reported: str | None
    src_ip: str | None
    action_taken: str | None
    detected_at: str
