from __future__ import annotations

from typing import ClassVar

from kneo_client.core.models import Model


class ErrorDetail(Model, kw_only=True):
    """`ErrorDetail` of the platform's OpenAPI document.

    Attributes:
        error (str)
        message (str)
    """

    open_ended: ClassVar[bool] = True

    error: str
    message: str
