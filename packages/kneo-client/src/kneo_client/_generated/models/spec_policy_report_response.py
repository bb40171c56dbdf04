from __future__ import annotations

from kneo_client.core.models import UNSET, Maybe, Model

from ..models.spec_policy_report_response_report import SpecPolicyReportResponseReport


class SpecPolicyReportResponse(Model, kw_only=True):
    """`SpecPolicyReportResponse` of the platform's OpenAPI document.

    Attributes:
        report (SpecPolicyReportResponseReport)
        valid (bool, or UNSET)
    """

    report: SpecPolicyReportResponseReport
    valid: Maybe[bool] = UNSET
