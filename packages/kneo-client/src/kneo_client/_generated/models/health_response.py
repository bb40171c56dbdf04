from __future__ import annotations

from kneo_client.core.models import UNSET, Maybe, Model

from ..models.health_response_metadata import HealthResponseMetadata


class HealthResponse(Model, kw_only=True):
    """`HealthResponse` of the platform's OpenAPI document.

    Attributes:
        ok (bool)
        metadata (HealthResponseMetadata, or UNSET)
        service (str, or UNSET)
        version (str, or UNSET)
    """

    ok: bool
    metadata: Maybe[HealthResponseMetadata] = UNSET
    service: Maybe[str] = UNSET
    version: Maybe[str] = UNSET
