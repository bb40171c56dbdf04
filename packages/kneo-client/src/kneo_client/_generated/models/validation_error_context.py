from __future__ import annotations

from sdk_engine.models import OpenObject


class ValidationErrorContext(OpenObject):
    """`ValidationErrorContext`: fields left open by the platform."""

    __slots__ = ()
