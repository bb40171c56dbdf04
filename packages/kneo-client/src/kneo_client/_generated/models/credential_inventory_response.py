from __future__ import annotations

from sdk_engine.models import Model

from ..models.credential_inventory_response_inventory import CredentialInventoryResponseInventory


class CredentialInventoryResponse(Model, kw_only=True):
    """`CredentialInventoryResponse` of the platform's OpenAPI document."""

    inventory: CredentialInventoryResponseInventory
