from __future__ import annotations

from typing import Any

from kneo_client.core.models import UNSET, Maybe, Model


class SpecExplainRequest(Model, kw_only=True):
    """`SpecExplainRequest` of the platform's OpenAPI document.

    Attributes:
        environment (None | str, or UNSET)
        overlays (list[str], or UNSET)
        overrides (dict[str, Any], or UNSET)
        spec (None | dict[str, Any], or UNSET)
        spec_path (None | str, or UNSET)
    """

    environment: Maybe[None | str] = UNSET
    overlays: Maybe[list[str]] = UNSET
    overrides: Maybe[dict[str, Any]] = UNSET
    spec: Maybe[None | dict[str, Any]] = UNSET
    spec_path: Maybe[None | str] = UNSET
