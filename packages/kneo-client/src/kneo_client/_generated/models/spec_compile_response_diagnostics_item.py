from __future__ import annotations

from typing import ClassVar

from kneo_client.core.models import UNSET, Maybe, Model, Observed


class SpecCompileResponseDiagnosticsItem(Model, kw_only=True):
    """`SpecCompileResponseDiagnosticsItem` of the platform's OpenAPI document.

    Attributes:
        code (str, or UNSET)
        severity (str, or UNSET)
        message (str, or UNSET)
        path (None | str, or UNSET)
        suggestion (None | str, or UNSET)
    """

    open_ended: ClassVar[bool] = True

    code: Observed[Maybe[str]] = UNSET
    severity: Observed[Maybe[str]] = UNSET
    message: Observed[Maybe[str]] = UNSET
    path: Observed[Maybe[None | str]] = UNSET
    suggestion: Observed[Maybe[None | str]] = UNSET
