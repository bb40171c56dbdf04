"""Credential references. Secrets themselves never leave the platform."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sdk_engine.bodies import typed
from sdk_engine.methods import blocking_or_awaited
from sdk_engine.operation import Operation

from kneo_client import types
from kneo_client.core.group import Group
from kneo_client.core.mode import D

if TYPE_CHECKING:
    from kneo_client.types import CredentialInventoryResponse

LIST_CREDENTIALS = Operation("GET", "/v1/security/credentials", typed(lambda: types.CredentialInventoryResponse))


class CredentialsClient(Group[D]):
    """Which credentials the platform knows, and whether they are present."""

    @blocking_or_awaited
    async def list(self) -> CredentialInventoryResponse:
        """`GET /v1/security/credentials`: references, such as `answer.inventory["providers"]`; no secrets."""
        return await self._transport.call(LIST_CREDENTIALS)
