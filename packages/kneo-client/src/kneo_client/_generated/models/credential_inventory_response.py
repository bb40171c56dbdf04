from __future__ import annotations

from typing import ClassVar

from kneo_client.core.models import MapModel

from ..models.credential_inventory_response_inventory import CredentialInventoryResponseInventory


class CredentialInventoryResponse(MapModel, kw_only=True):
    """`CredentialInventoryResponse` of the platform's OpenAPI document.

    Attributes:
        inventory (CredentialInventoryResponseInventory)
    """

    entries__: ClassVar[str] = "inventory"

    inventory: CredentialInventoryResponseInventory
