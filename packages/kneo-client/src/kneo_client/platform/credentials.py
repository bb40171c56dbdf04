"""Credential references. Secrets themselves never leave the platform."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sdk_engine.bodies import typed
from sdk_engine.methods import blocking_or_awaited
from sdk_engine.operation import Operation

from kneo_client import types
from kneo_client.core.errors import KneoInvalidRequestError
from kneo_client.core.group import Group
from kneo_client.core.mode import D

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kneo_client.types import CredentialInventoryResponse

LIST_CREDENTIALS = Operation("GET", "/v1/security/credentials", typed(lambda: types.CredentialInventoryResponse))


class CredentialsClient(Group[D]):
    """Which credentials the platform knows, and whether they are present."""

    @blocking_or_awaited
    async def list(
        self,
        *,
        providers: Sequence[str] | None = None,
        extras: Sequence[str] | None = None,
        include_service_tokens: bool = True,
    ) -> CredentialInventoryResponse:
        """`GET /v1/security/credentials`: references, such as `answer.inventory["providers"]`; no secrets.

        Args:
            providers: only these providers; all when left out.
            extras: names of further credentials to look for.
            include_service_tokens: whether the platform's own tokens are listed.
        """
        query = {"providers": _names("providers", providers), "extras": _names("extras", extras)}
        tokens = {} if include_service_tokens else {"include_service_tokens": False}
        return await self._transport.call(LIST_CREDENTIALS, query={**query, **tokens})


def _names(what: str, given: Sequence[str] | None) -> tuple[str, ...] | None:
    if isinstance(given, str):
        raise KneoInvalidRequestError(f"{what} must be a list of names, not one string")
    return None if given is None else tuple(given)
