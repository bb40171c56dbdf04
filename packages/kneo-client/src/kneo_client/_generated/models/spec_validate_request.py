from __future__ import annotations

from sdk_engine.models import UNSET, Maybe, Model

from ..models.spec_validate_request_overrides import SpecValidateRequestOverrides
from ..models.spec_validate_request_spec_type_0 import SpecValidateRequestSpecType0


class SpecValidateRequest(Model, kw_only=True):
    """`SpecValidateRequest` of the platform's OpenAPI document."""

    environment: Maybe[None | str] = UNSET
    overlays: Maybe[list[str]] = UNSET
    overrides: Maybe[SpecValidateRequestOverrides] = UNSET
    spec: Maybe[None | SpecValidateRequestSpecType0] = UNSET
    spec_path: Maybe[None | str] = UNSET
