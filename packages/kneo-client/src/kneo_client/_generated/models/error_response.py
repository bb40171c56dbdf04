from __future__ import annotations

from typing import ClassVar

from kneo_client.core.models import Model

from ..models.error_detail import ErrorDetail


class ErrorResponse(Model, kw_only=True):
    """`ErrorResponse` of the platform's OpenAPI document.

    Attributes:
        detail (ErrorDetail)
    """

    open_ended: ClassVar[bool] = True

    detail: ErrorDetail
