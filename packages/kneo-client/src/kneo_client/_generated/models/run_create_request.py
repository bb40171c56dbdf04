from __future__ import annotations

from typing import Any

from kneo_client.core.models import UNSET, Maybe, Model

from ..models.skills_overlay import SkillsOverlay


class RunCreateRequest(Model, kw_only=True):
    """`RunCreateRequest` of the platform's OpenAPI document.

    Attributes:
        input (str)
        async_mode (bool, or UNSET)
        environment (None | str, or UNSET)
        metadata (dict[str, Any], or UNSET)
        overlays (list[str], or UNSET)
        overrides (dict[str, Any], or UNSET)
        session_id (None | str, or UNSET)
        skills (None | SkillsOverlay, or UNSET)
        spec (None | dict[str, Any], or UNSET)
        spec_path (None | str, or UNSET)
        target (str, or UNSET)
    """

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
