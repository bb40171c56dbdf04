from __future__ import annotations

from typing import ClassVar

from kneo_client.core.models import UNSET, Maybe, Model

from ..models.validation_error import ValidationError


class HTTPValidationError(Model, kw_only=True):
    """`HTTPValidationError` of the platform's OpenAPI document.

    Attributes:
        detail (list[ValidationError], or UNSET)
    """

    open_ended: ClassVar[bool] = True

    detail: Maybe[list[ValidationError]] = UNSET
