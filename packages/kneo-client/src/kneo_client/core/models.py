"""Bases of result types: known fields are typed, unknown ones are kept, and every object is a mapping.

A `Model` is decoded straight into its fields. What has no field of its own stays in the bytes it came from, shared by
a page and its rows, and is parsed when somebody asks for it.
"""

from __future__ import annotations

import collections
import functools
import itertools
import typing
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Self, TypeVar

import msgspec

from kneo_client.core.fields import ABSENT, UNSET, Maybe, Observed, OpenObject, Unset, decoder, open_object
from kneo_client.core.notebook import telling

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, ItemsView, Iterator, KeysView, ValuesView

__all__ = ["ABSENT", "UNSET", "ListModel", "MapModel", "Maybe", "Model", "Observed", "OpenObject", "Unset"]

T = TypeVar("T")


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

    Attributes give the known fields, typed; a field that was not sent is `UNSET`. As a mapping it gives every field,
    known or not, as the service sent it: `run["status"]`, `dict(run)`, `run.keys()`. Both can be assigned.
    """

    more__: Any = msgspec.field(default=None, name="=more")
    """Fields kept apart from the attributes: a dict once somebody has asked for them; until then where the answer has
    them: its source, or (the same for what holds this object, its name or place there); None if there are none."""

    open_ended: ClassVar[bool] = False
    """True when the service leaves the object's fields open: `additional_properties` is then where all of them are."""

    def keep_source(self, source: Any) -> None:
        """Remember where this model came from, for itself and the models inside it."""
        self.more__ = source
        for name in _holders(type(self)):
            _keep(getattr(self, name), (source, name))

    @property
    def additional_properties(self) -> dict[str, Any]:
        """Fields that the type does not know; all fields of an object that the service leaves open. Changes count.

        Raises:
            ValueError: an unknown field holds what no Python value can (text that is not UTF-8, a number too large).
        """
        if type(self.more__) is not dict:
            self.more__ = self._collected()
        fields: dict[str, Any] = self.more__
        return fields

    @additional_properties.setter
    def additional_properties(self, fields: Mapping[str, Any]) -> None:
        self.additional_properties  # noqa: B018 - leaves no field of an open object behind
        self.more__ = dict(fields)

    def _collected(self) -> dict[str, Any]:
        """What `additional_properties` is made of. An open object hands its attributes over to it."""
        sent: Mapping[str, Any] = {} if self.more__ is None else _look_up(self.more__)
        names = _fields(type(self))
        if not self.open_ended:
            return {name: value for name, value in sent.items() if name not in names}
        known = {name: getattr(self, name) for name in names}
        for name in names:
            delattr(self, name)
        return {name: value for name, value in {**sent, **known}.items() if value is not UNSET}

    def __getattr__(self, name: str) -> Any:
        if name in _fields(type(self)):  # deleted, or of an open object that handed its attributes over
            return self.more__.get(name, UNSET) if type(self.more__) is dict else UNSET
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __setattr__(self, name: str, value: Any) -> None:
        if self.open_ended and type(self.more__) is dict and name in _fields(type(self)):
            self[name] = value
        else:
            super().__setattr__(name, value)

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

    @classmethod
    def from_json(cls, content: bytes) -> Self:
        """The model for a JSON text. Raises as `from_dict` does."""
        model: Self = decoder(cls)(content)
        model.keep_source(Source(content))
        return model

    def to_dict(self) -> dict[str, Any]:
        """All fields as plain values; fields that are UNSET are left out."""
        if self.open_ended:
            return {name: value for name, value in _plain(self.additional_properties).items() if value is not UNSET}
        known = {name: _plain(getattr(self, name)) for name in _fields(type(self))}
        return {name: value for name, value in {**known, **self.additional_properties}.items() if value is not UNSET}

    # --- the mapping: every field by the name it has on the wire, as plain values

    def get(self, key: str, default: Any = None) -> Any:
        """The field of that name, known or not, or `default`."""
        known = key in _fields(type(self))
        value = _plain(getattr(self, key)) if known else self.additional_properties.get(key, UNSET)
        return default if value is UNSET else value

    def __getitem__(self, key: str) -> Any:
        value = self.get(key, UNSET)
        if value is UNSET:
            raise KeyError(key)
        return value

    def __setitem__(self, key: str, value: Any) -> None:
        fields = self.additional_properties
        if not self.open_ended and key in _fields(type(self)):
            setattr(self, key, value)
        else:
            fields[key] = value

    def __delitem__(self, key: str) -> None:
        if key not in self:
            raise KeyError(key)
        if not self.open_ended and key in _fields(type(self)):
            setattr(self, key, UNSET)
        else:
            del self.additional_properties[key]

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and self.get(key, UNSET) is not UNSET

    def __iter__(self) -> Iterator[Any]:
        return iter(self.to_dict())

    def __len__(self) -> int:
        return len(self.to_dict())

    def keys(self) -> KeysView[str]:
        """The names of the fields that are there."""
        return self.to_dict().keys()

    def values(self) -> ValuesView[Any]:
        """The values of the fields that are there."""
        return self.to_dict().values()

    def items(self) -> ItemsView[str, Any]:
        """Names and values of the fields that are there."""
        return self.to_dict().items()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Model) and type(self) is type(other) and self.to_dict() == other.to_dict()

    __hash__ = None  # type: ignore[assignment]  # fields can be assigned

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> Any:
        """Lets pydantic, and with it FastAPI, take and give models where a type names one."""
        from pydantic_core import core_schema

        fields = core_schema.dict_schema()
        read = core_schema.no_info_after_validator_function(cls.from_dict, fields)
        write = core_schema.plain_serializer_function_ser_schema(cls.to_dict, return_schema=fields)
        return core_schema.no_info_before_validator_function(_plain, read, serialization=write)

    def __reduce__(self) -> tuple[Any, ...]:
        return type(self).from_dict, (self.to_dict(),)

    def __repr__(self) -> str:
        return (
            f"{type(self).__name__}({', '.join(telling((name, getattr(self, name)) for name in _fields(type(self))))})"
        )

    def _repr_html_(self) -> str:
        """What notebooks show."""
        from kneo_client.core.notebook import table_of

        return table_of(type(self).__name__, self.to_dict())


Mapping.register(Model)  # pyright: ignore[reportAttributeAccessIssue]


class ListModel(Model, Generic[T]):
    """An answer with a list in it. It is read like that list too: `for run in page`, `len(page)`, `page[0]`."""

    rows__: ClassVar[str] = ""
    """The name of the list."""

    total: ClassVar[Any] = None
    limit: ClassVar[Any] = None
    offset: ClassVar[Any] = None
    window: ClassVar[Any] = None
    complete: ClassVar[Any] = None
    dropped: ClassVar[Any] = None

    @property  # type: ignore[override]
    def items(self) -> list[T]:
        """The list, whatever the platform calls it."""
        rows: list[T] = getattr(self, self.rows__)
        return rows

    @items.setter
    def items(self, rows: list[T]) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        setattr(self, self.rows__, rows)

    @property
    def has_more(self) -> bool:
        """Whether there are rows after this page."""
        return (self.offset or 0) + len(self.items) < (self.total or 0)

    def __getitem__(self, key: Any) -> Any:
        return super().__getitem__(key) if isinstance(key, str) else self.items[key]

    def __iter__(self) -> Iterator[T]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    def __repr__(self) -> str:
        of = "" if self.total in (None, UNSET) else f" of {self.total}"
        return f"<{type(self).__name__}: {len(self)}{of} {self.rows__}>"

    def _repr_html_(self) -> str:
        from kneo_client.core.notebook import list_of, timeline_of

        rows = self.to_dict()[self.rows__]
        return (timeline_of if type(self).__name__ == "TraceResponse" else list_of)(repr(self)[1:-1], rows)


class MapModel(Model):
    """An answer with objects by name in it."""

    entries__: ClassVar[str] = ""
    """The name of that field."""

    @property  # type: ignore[override]
    def items(self) -> dict[str, Any]:
        """The objects by their names, whatever the platform calls the field."""
        entries: dict[str, Any] = getattr(self, self.entries__)
        return entries

    @items.setter
    def items(self, entries: dict[str, Any]) -> None:  # pyright: ignore[reportIncompatibleMethodOverride]
        setattr(self, self.entries__, entries)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}: {len(self.items)} {self.entries__}>"


@functools.cache
def _fields(model: type[Model]) -> tuple[str, ...]:
    return tuple(name for name in model.__struct_fields__ if name != "more__")


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
        _exhaust(map(_set_more, values, sources))  # pages are long: no bytecode per item
    else:
        _exhaust(map(_keep, values, sources))


_set_more: Callable[[Any, Any], None] = Model.__dict__["more__"].__set__


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
