from __future__ import annotations

from typing import ClassVar

from kneo_client.core.models import Keyed

from ..models.credential_inventory_response_inventory import CredentialInventoryResponseInventory


class CredentialInventoryResponse(Keyed, kw_only=True):
    """`CredentialInventoryResponse` of the platform's OpenAPI document."""

    entries__: ClassVar[str] = "inventory"

    inventory: CredentialInventoryResponseInventory
