from __future__ import annotations

from kneo_client.core.models import UNSET, Maybe, Model

from ..models.spec_compile_response_diagnostics_item import SpecCompileResponseDiagnosticsItem
from ..models.spec_compile_response_summary import SpecCompileResponseSummary


class SpecCompileResponse(Model, kw_only=True):
    """`SpecCompileResponse` of the platform's OpenAPI document.

    Attributes:
        ok (bool)
        diagnostics (list[SpecCompileResponseDiagnosticsItem], or UNSET)
        summary (SpecCompileResponseSummary, or UNSET)
    """

    ok: bool
    diagnostics: Maybe[list[SpecCompileResponseDiagnosticsItem]] = UNSET
    summary: Maybe[SpecCompileResponseSummary] = UNSET
