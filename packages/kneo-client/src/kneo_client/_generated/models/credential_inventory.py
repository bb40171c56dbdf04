from __future__ import annotations

from kneo_client.core.models import UNSET, Maybe, Model

from ..models.credential_inventory_extra import CredentialInventoryExtra
from ..models.credential_inventory_providers import CredentialInventoryProviders
from ..models.credential_inventory_service_tokens import CredentialInventoryServiceTokens


class CredentialInventory(Model, kw_only=True):
    """`CredentialInventory` of the platform's OpenAPI document.

    Attributes:
        extra (CredentialInventoryExtra, or UNSET)
        providers (CredentialInventoryProviders, or UNSET)
        service_tokens (CredentialInventoryServiceTokens, or UNSET)
    """

    extra: Maybe[CredentialInventoryExtra] = UNSET
    providers: Maybe[CredentialInventoryProviders] = UNSET
    service_tokens: Maybe[CredentialInventoryServiceTokens] = UNSET
