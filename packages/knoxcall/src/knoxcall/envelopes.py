"""What answers of the management API are wrapped in, and how each operation's is undone.

The envelope is checked and nothing else: a field of another type, or a row that lacks one, is the caller's to see and
never a failed call. Every function here is the `decode` of an `Operation`; they raise `UndecodableBody`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sdk_engine.bodies import UndecodableBody, nothing, plain_json, text

if TYPE_CHECKING:
    from sdk_engine.messages import Response

__all__ = [
    "data",
    "data_with_warning",
    "deleted",
    "nothing",
    "page",
    "page_of_rows",
    "rows",
    "text",
    "tokens",
    "wrapped_data",
]

_NO_CONTENT = 204


def data(response: Response) -> Any:
    """The object under `data`; an object without `data` as it is."""
    return _data_of(_object(response))


def wrapped_data(response: Response) -> Any:
    """The object under `data`, which has to be there."""
    return _checked(_object(response).get("data"))


def data_with_warning(response: Response) -> Any:
    """The object under `data`, with the envelope's `warning` put into it."""
    envelope = _object(response)
    value = _data_of(envelope)
    return {**value, "warning": envelope["warning"]} if "warning" in envelope else value


def deleted(response: Response) -> Any:
    """What a deletion says about what it deleted; None where it answers 204."""
    return None if response.status_code == _NO_CONTENT else data(response)


def tokens(response: Response) -> Any:
    """The list under `data.tokens`."""
    found = wrapped_data(response).get("tokens")
    if not isinstance(found, list):
        raise UndecodableBody("there is no list under data.tokens")
    return found


def rows(response: Response) -> Any:
    """The list under `data`."""
    return page_of_rows(response)["data"]


def page(response: Response) -> Any:
    """The whole answer as it is: rows, or whatever else has members, under `data`, and `meta`."""
    envelope = _object(response)
    if not isinstance(envelope.get("data"), (list, dict)):
        raise UndecodableBody("there is nothing under data")
    if not isinstance(envelope.get("meta"), (dict, type(None))):
        raise UndecodableBody("meta is not an object")
    return envelope


def page_of_rows(response: Response) -> Any:
    """The same with a list under `data`, which can be walked."""
    envelope = page(response)
    if not isinstance(envelope["data"], list):
        raise UndecodableBody("there is no list under data")
    return envelope


def _object(response: Response) -> dict[str, Any]:
    return _checked(plain_json(response))


def _data_of(envelope: dict[str, Any]) -> dict[str, Any]:
    return _checked(envelope.get("data", envelope))


def _checked(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise UndecodableBody(f"expected an object, got {type(value).__name__}")
    return value
