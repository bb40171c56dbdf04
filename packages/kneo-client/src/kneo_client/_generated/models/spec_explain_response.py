from __future__ import annotations

from kneo_client.core.models import Model

from ..models.spec_explain_response_summary import SpecExplainResponseSummary


class SpecExplainResponse(Model, kw_only=True):
    """`SpecExplainResponse` of the platform's OpenAPI document.

    Attributes:
        summary (SpecExplainResponseSummary)
    """

    summary: SpecExplainResponseSummary
