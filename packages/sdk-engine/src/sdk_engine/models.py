"""Bases of result types: known fields are typed and checked, unknown ones are kept.

A `Model` is decoded straight into its fields. What the type does not know stays in the bytes it came from, shared by
a page and its items, and is parsed when somebody asks for it.
"""

from __future__ import annotations

import collections
import functools
import itertools
import typing
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeVar, Union

import msgspec

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from typing_extensions import Self

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

if TYPE_CHECKING:
    Maybe = Union[T, Unset]  # noqa: UP007 - a generic alias, which "|" would not make on 3.10
else:

    class Maybe:
        """`Maybe[str]` is `str | Unset` to type checkers and plain `str` to the decoder: UNSET is never on the wire."""

        def __class_getitem__(cls, item: Any) -> Any:
            return item


class OpenObject(dict[str, Any]):
    """A JSON object whose fields the service leaves open: a dict, under the name its schema gave it."""

    __slots__ = ()

    @property
    def additional_properties(self) -> dict[str, Any]:
        """All fields; the object itself."""
        return self

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """A copy of the mapping under this type."""
        return cls(src_dict)

    def to_dict(self) -> dict[str, Any]:
        """A plain dict with the same fields."""
        return dict(self)


class Source(msgspec.Struct, eq=False):
    """What one answer said: bytes that are parsed into plain values when an unknown field is first asked for."""

    content: bytes | None = None
    values: Any = None

    def parsed(self) -> Any:
        """The answer as plain values."""
        if self.content is not None:
            self.values = msgspec.json.decode(self.content)
            self.content = None
        return self.values


class Model(msgspec.Struct, kw_only=True, eq=False):
    """A JSON object with known fields. Build one by keyword, or read it from an answer.

    Besides the attributes, every field that the service sent can be read by its wire name, known or not:
    `run["status"]`, `run.get("status")`, `"status" in run`, `run.to_dict()`.
    """

    source__: Any = msgspec.field(default=None, name="=source")
    """Where the object came from: its source, or (the same for what holds it, its name or place there), or None."""

    open_ended: ClassVar[bool] = False
    """True when the service leaves the object's fields open; `additional_properties` then holds all of them."""

    def keep_source(self, source: Any) -> None:
        """Remember where this model came from, for itself and the models inside it."""
        self.source__ = source
        for name in _holders(type(self)):
            _keep(getattr(self, name), (source, name))

    def _sent(self) -> Mapping[str, Any]:
        fields: Mapping[str, Any] = {} if self.source__ is None else _look_up(self.source__)
        return fields

    @property
    def additional_properties(self) -> dict[str, Any]:
        """Fields that the type does not know; all fields of an object the service leaves open.

        Raises:
            ValueError: an unknown field holds what no Python value can (text that is not UTF-8, a number too large).
        """
        known = () if self.open_ended else _fields(type(self))
        return {name: value for name, value in self._sent().items() if name not in known}

    @property
    def additional_keys(self) -> list[str]:
        """The names of `additional_properties`."""
        return list(self.additional_properties)

    @classmethod
    def from_dict(cls, src_dict: Mapping[str, Any]) -> Self:
        """The model for a parsed JSON object.

        Raises:
            ValueError: a required field is missing, or a field has another type; the message names it.
        """
        model = msgspec.convert(src_dict, cls, dec_hook=open_object)
        model.keep_source(Source(values=src_dict))
        return model

    def to_dict(self) -> dict[str, Any]:
        """Known and unknown fields as plain values; fields that are UNSET are left out."""
        known = {name: _plain(getattr(self, name)) for name in _fields(type(self))}
        return {name: value for name, value in {**self._sent(), **known}.items() if value is not UNSET}

    def get(self, key: str, default: Any = None) -> Any:
        """The field of that name, known or not, or `default`."""
        value = getattr(self, key) if key in _fields(type(self)) else self._sent().get(key, UNSET)
        return default if value is UNSET else value

    def __getitem__(self, key: str) -> Any:
        value = self.get(key, UNSET)
        if value is UNSET:
            raise KeyError(key)
        return value

    def __contains__(self, key: str) -> bool:
        return self.get(key, UNSET) is not UNSET

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Model) and type(self) is type(other) and self.to_dict() == other.to_dict()

    __hash__ = None  # type: ignore[assignment]  # fields can be assigned

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self).from_dict, (self.to_dict(),)

    def __repr__(self) -> str:
        pairs = ((name, getattr(self, name)) for name in _fields(type(self)))
        return f"{type(self).__name__}({', '.join(f'{name}={value!r}' for name, value in pairs if value is not UNSET)})"


@functools.cache
def _fields(model: type[Model]) -> tuple[str, ...]:
    return tuple(name for name in model.__struct_fields__ if name != "source__")


@functools.cache
def _holders(model: type[Model]) -> tuple[str, ...]:
    """Fields in which there are models."""
    hints = typing.get_type_hints(model)
    return tuple(name for name in _fields(model) if _holds_models(hints[name]))


def _holds_models(hint: Any) -> bool:
    if isinstance(hint, type) and issubclass(hint, Model):
        return True
    return any(_holds_models(argument) for argument in typing.get_args(hint))


def _keep(value: Any, source: Any) -> None:
    """Tell the models in `value` where it came from."""
    if isinstance(value, Model):
        value.keep_source(source)
    elif isinstance(value, list):
        _keep_each(value, zip(itertools.repeat(source), itertools.count()))
    elif isinstance(value, dict):
        _keep_each(value.values(), zip(itertools.repeat(source), value))


def _keep_each(values: Collection[Any], sources: Iterator[tuple[Any, Any]]) -> None:
    if all(issubclass(each, Model) and not _holders(each) for each in set(map(type, values))):
        _exhaust(map(setattr, values, itertools.repeat("source__"), sources))  # pages are long: no bytecode per item
    else:
        _exhaust(map(_keep, values, sources))


def _exhaust(iterator: Iterator[None]) -> None:
    collections.deque(iterator, maxlen=0)


def _look_up(source: Any) -> Any:
    """What the answer said there, as plain values."""
    if isinstance(source, Source):
        return source.parsed()
    holder, step = source
    return _look_up(holder)[step]


def _plain(value: Any) -> Any:
    if isinstance(value, Model):
        return value.to_dict()
    if isinstance(value, dict):
        return {name: _plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return value


def open_object(expected: type[Any], value: Any) -> Any:
    """The decoder's hook for types it does not know, which are the open objects."""
    if isinstance(value, dict) and issubclass(expected, OpenObject):
        return expected(value)
    raise ValueError(f"Expected `object`, got `{type(value).__name__}`")
