"""The type of a field that is not there."""

from sdk_engine.models import UNSET, Unset

__all__ = ["UNSET", "Unset"]
