from __future__ import annotations

from sdk_engine.models import UNSET, Maybe, Model

from ..models.spec_policy_report_request_overrides import SpecPolicyReportRequestOverrides
from ..models.spec_policy_report_request_spec_type_0 import SpecPolicyReportRequestSpecType0


class SpecPolicyReportRequest(Model, kw_only=True):
    """`SpecPolicyReportRequest` of the platform's OpenAPI document."""

    environment: Maybe[None | str] = UNSET
    overlays: Maybe[list[str]] = UNSET
    overrides: Maybe[SpecPolicyReportRequestOverrides] = UNSET
    spec: Maybe[None | SpecPolicyReportRequestSpecType0] = UNSET
    spec_path: Maybe[None | str] = UNSET
