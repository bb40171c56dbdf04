"""What fields of models are made of: the value of one that is not there, its type, and objects left open."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Annotated, Any, Literal, Self, TypeVar, Union

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

T = TypeVar("T")


class Unset:
    """The type of `UNSET`, the value of a field that is not there. False in conditions."""

    def __bool__(self) -> Literal[False]:
        return False

    def __repr__(self) -> str:
        return "UNSET"

    def __reduce__(self) -> str:
        return "UNSET"


UNSET = Unset()
ABSENT: Any = UNSET
"""`UNSET` as the default of a field that has always been there so far, and whose type therefore does not name it."""

if TYPE_CHECKING:
    Maybe = Union[T, Unset]  # noqa: UP007 - a generic alias
    Observed = Annotated[T, "as seen so far"]
else:

    class Maybe:
        """`Maybe[str]` is `str | Unset` to type checkers; on the wire UNSET is no field. A null where a service may
        leave out a text or a number is let through as None: it says no less."""

        def __class_getitem__(cls, item: Any) -> Any:
            return item | None if item in (str, int, float, bool) else item

    class Observed:
        """`Observed[str]` is `str` to type checkers and anything to the decoder: seen so far, but never promised."""

        def __class_getitem__(cls, item: Any) -> Any:
            return Any


class OpenObject(dict[str, Any]):
    """A JSON object whose fields the service leaves open: a dict, under the name its schema gave it."""

    __slots__ = ()

    @property
    def additional_properties(self) -> dict[str, Any]:
        """All fields; the object itself."""
        return self

    @additional_properties.setter
    def additional_properties(self, fields: Mapping[str, Any]) -> None:
        fields = dict(fields)  # it may be this very object
        self.clear()
        self.update(fields)

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """A copy of the mapping under this type."""
        return cls(src_dict)

    @classmethod
    def from_json(cls, content: bytes) -> Self:
        """The object of a JSON text. Raises ValueError for anything else."""
        decoded: Self = decoder(cls)(content)
        return decoded

    def to_dict(self) -> dict[str, Any]:
        """A plain dict with the same fields."""
        return dict(self)


@functools.cache
def decoder(expected: type[Any]) -> Callable[[bytes], Any]:
    """Reads a JSON text into that type; raises ValueError for what does not fit."""
    return msgspec.json.Decoder(expected, dec_hook=open_object).decode


def open_object(expected: type[Any], value: Any) -> Any:
    """The decoder's hook for types it does not know, which are the open objects."""
    if isinstance(value, dict) and issubclass(expected, OpenObject):
        return expected(value)
    raise ValueError(f"Expected `object`, got `{type(value).__name__}`")
