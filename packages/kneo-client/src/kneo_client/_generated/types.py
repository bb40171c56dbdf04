"""The type of a field that is not there."""

from kneo_client.core.models import UNSET, Unset

__all__ = ["UNSET", "Unset"]
