"""`ApiKeyAuth`, for those who build their own httpx client."""

from __future__ import annotations

from typing import TYPE_CHECKING

import httpx
from sdk_engine.redaction import Secret, header_problem

from kneo_client.core.auth import AuthScheme, auth_header

if TYPE_CHECKING:
    from collections.abc import Generator


class ApiKeyAuth(httpx.Auth):
    """Adds the API key to every request of an httpx client, sync or async.

    Args:
        api_key: the key, not empty.
        scheme: which header to use.

    Raises:
        ValueError: the key is empty, or holds characters that a header cannot carry. The key is not shown.
    """

    def __init__(self, api_key: str, scheme: AuthScheme = AuthScheme.BEARER) -> None:
        api_key = Secret(api_key)  # so that no traceback shows it
        problem = header_problem(api_key) if api_key else "is empty"
        if problem:
            raise ValueError(f"api_key {problem}")
        self._header, self._value = auth_header(api_key, AuthScheme(scheme))

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Set the header; called by httpx for every request it sends."""
        request.headers[self._header] = self._value
        yield request

    def __repr__(self) -> str:
        return f"<ApiKeyAuth {self._header}>"
