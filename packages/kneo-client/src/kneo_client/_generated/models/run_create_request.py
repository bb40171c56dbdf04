from __future__ import annotations

from sdk_engine.models import UNSET, Maybe, Model

from ..models.run_create_request_metadata import RunCreateRequestMetadata
from ..models.run_create_request_overrides import RunCreateRequestOverrides
from ..models.run_create_request_spec_type_0 import RunCreateRequestSpecType0


class RunCreateRequest(Model, kw_only=True):
    """`RunCreateRequest` of the platform's OpenAPI document."""

    input: str
    async_mode: Maybe[bool] = UNSET
    environment: Maybe[None | str] = UNSET
    metadata: Maybe[RunCreateRequestMetadata] = UNSET
    overlays: Maybe[list[str]] = UNSET
    overrides: Maybe[RunCreateRequestOverrides] = UNSET
    spec: Maybe[None | RunCreateRequestSpecType0] = UNSET
    spec_path: Maybe[None | str] = UNSET
    target: Maybe[str] = UNSET
