from __future__ import annotations

from typing import Any

from kneo_client.core.models import UNSET, Maybe, Model

from ..models.skills_overlay import SkillsOverlay


class RunCreateRequest(Model, kw_only=True):
    """`RunCreateRequest` of the platform's OpenAPI document."""

    input: str
    async_mode: Maybe[bool] = UNSET
    environment: Maybe[None | str] = UNSET
    metadata: Maybe[dict[str, Any]] = UNSET
    overlays: Maybe[list[str]] = UNSET
    overrides: Maybe[dict[str, Any]] = UNSET
    session_id: Maybe[None | str] = UNSET
    skills: Maybe[None | SkillsOverlay] = UNSET
    spec: Maybe[None | dict[str, Any]] = UNSET
    spec_path: Maybe[None | str] = UNSET
    target: Maybe[str] = UNSET
