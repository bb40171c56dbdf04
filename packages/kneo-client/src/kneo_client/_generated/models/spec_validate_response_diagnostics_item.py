from __future__ import annotations

from typing import ClassVar

from sdk_engine.models import UNSET, Maybe, Model


class SpecValidateResponseDiagnosticsItem(Model, kw_only=True):
    """`SpecValidateResponseDiagnosticsItem` of the platform's OpenAPI document."""

    open_ended: ClassVar[bool] = True

    code: Maybe[str] = UNSET
    severity: Maybe[str] = UNSET
    message: Maybe[str] = UNSET
    path: Maybe[None | str] = UNSET
    suggestion: Maybe[None | str] = UNSET
