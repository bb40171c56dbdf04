"""Credential references. Secrets themselves never leave the platform."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sdk_engine.operation import Operation

from kneo_client import types

if TYPE_CHECKING:
    from kneo_client.core.transport import Transport
    from kneo_client.types import CredentialInventoryResponse

LIST_CREDENTIALS = Operation("GET", "/v1/security/credentials", lambda: types.CredentialInventoryResponse)


class CredentialsClient:
    """Which credentials the platform knows, and whether they are present."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def list(self) -> CredentialInventoryResponse:
        """`GET /v1/security/credentials`: references, such as `answer.inventory["providers"]`; no secrets."""
        return await self._transport.call(LIST_CREDENTIALS)
