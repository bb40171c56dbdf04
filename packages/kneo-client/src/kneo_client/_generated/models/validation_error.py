from __future__ import annotations

from typing import Any, ClassVar

from kneo_client.core.models import UNSET, Maybe, Model

from ..models.validation_error_context import ValidationErrorContext


class ValidationError(Model, kw_only=True):
    """`ValidationError` of the platform's OpenAPI document.

    Attributes:
        loc (list[int | str])
        msg (str)
        type (str)
        ctx (ValidationErrorContext, or UNSET)
        input (Any, or UNSET)
    """

    open_ended: ClassVar[bool] = True

    loc: list[int | str]
    msg: str
    type: str
    ctx: Maybe[ValidationErrorContext] = UNSET
    input: Maybe[Any] = UNSET
