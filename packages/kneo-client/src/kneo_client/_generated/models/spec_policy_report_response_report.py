from __future__ import annotations

from kneo_client.core.models import OpenObject


class SpecPolicyReportResponseReport(OpenObject):
    """`SpecPolicyReportResponseReport`: fields left open by the platform."""

    __slots__ = ()
