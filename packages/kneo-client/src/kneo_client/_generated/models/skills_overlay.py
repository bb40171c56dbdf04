from __future__ import annotations

from kneo_client.core.models import UNSET, Maybe, Model


class SkillsOverlay(Model, kw_only=True):
    """`SkillsOverlay` of the platform's OpenAPI document.

    Attributes:
        add (list[str], or UNSET)
        disable (list[str], or UNSET)
    """

    add: Maybe[list[str]] = UNSET
    disable: Maybe[list[str]] = UNSET
