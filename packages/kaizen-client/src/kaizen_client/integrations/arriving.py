"""An answer that is still arriving: one model of events for all vendors, each with a table of where things stand."""

from __future__ import annotations

from dataclasses import dataclass
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
    """

    module: str
    text: tuple[str, str]
    objects: Mapping[str, str]
    ends: frozenset[str]
    errors: Mapping[str, str]

    def __call__(self) -> Arriving:
        """For a new stream."""
        return _FromEvents(self)


@dataclass
class _FromEvents:
    table: Events
    whole: bool = False
    newest: Any = None

    def take(self, item: Any) -> str:
        if isinstance(item, str):
            return item
        table, kind = self.table, item.type
        if kind in table.objects:
            self.newest = find(item, table.objects[kind]) or self.newest
        if kind in table.errors:
            raise reported(table.module, plain(find(item, table.errors[kind]) or item))
        self.whole = self.whole or kind in table.ends
        wanted, place = table.text
        return (find(item, place) or "") if kind == wanted else ""

    def response(self) -> Any:
        return self.newest
