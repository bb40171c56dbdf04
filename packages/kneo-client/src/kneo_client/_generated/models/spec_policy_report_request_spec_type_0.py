from __future__ import annotations

from kneo_client.core.models import OpenObject


class SpecPolicyReportRequestSpecType0(OpenObject):
    """`SpecPolicyReportRequestSpecType0`: fields left open by the platform."""

    __slots__ = ()
