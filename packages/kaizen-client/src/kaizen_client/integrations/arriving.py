"""An answer that is still arriving: one model of events for all vendors, each with a table of where things stand."""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from kaizen_client.integrations.answers import find, plain
from kaizen_client.integrations.failures import reported

if TYPE_CHECKING:
    from collections.abc import Mapping


class Arriving(Protocol):
    """Takes the items of a vendor's stream, and puts the vendor's own final object together."""

    def take(self, item: Any) -> str:
        """The text that the item adds; raises the vendor's exception for an item that reports an error."""
        ...

    @property
    def whole(self) -> bool:
        """Whether the answer has come to its end."""
        ...

    def response(self) -> Any:
        """The final object; while the answer is not whole, what there is of it, or None."""
        ...


@dataclass(frozen=True)
class Events:
    """A vendor whose stream consists of events, which say by their `type` what they are.

    Attributes:
        module: the vendor's package.
        text: the type of the events that add text, and where they hold it.
        objects: the types of the events that hold the answer as it stands, and where; the newest counts.
        ends: the types of the last event.
        errors: the types of the events that report an error, and where they hold it.
        finished: the type of the events that hold a finished item of the answer, and where.
        items: the answer's list of these items.
    """

    module: str
    text: tuple[str, str]
    objects: Mapping[str, str]
    ends: frozenset[str]
    errors: Mapping[str, str]
    finished: tuple[str, str]
    items: str

    def __call__(self) -> Arriving:
        """For a new stream."""
        return _FromEvents(self)


@dataclass
class _FromEvents:
    table: Events
    whole: bool = False
    newest: Any = None
    items: list[Any] = field(default_factory=list[Any])

    def take(self, item: Any) -> str:
        if isinstance(item, str):
            return item
        table, kind = self.table, item.type
        if kind in table.objects:
            self.newest = find(item, table.objects[kind]) or self.newest
        if kind in table.errors:
            raise reported(table.module, plain(find(item, table.errors[kind]) or item))
        if kind == table.finished[0]:
            self.items.append(find(item, table.finished[1]))
        self.whole = self.whole or kind in table.ends
        return (find(item, table.text[1]) or "") if kind == table.text[0] else ""

    def response(self) -> Any:
        if self.whole or not self.items or self.newest is None:
            return self.newest
        so_far = copy.copy(self.newest)
        setattr(so_far, self.table.items, self.items)
        return so_far
