from __future__ import annotations

from kneo_client.core.models import UNSET, Maybe, Model

from ..models.spec_validate_response_diagnostics_item import SpecValidateResponseDiagnosticsItem


class SpecValidateResponse(Model, kw_only=True):
    """`SpecValidateResponse` of the platform's OpenAPI document.

    Attributes:
        valid (bool)
        diagnostics (list[SpecValidateResponseDiagnosticsItem], or UNSET)
    """

    valid: bool
    diagnostics: Maybe[list[SpecValidateResponseDiagnosticsItem]] = UNSET
