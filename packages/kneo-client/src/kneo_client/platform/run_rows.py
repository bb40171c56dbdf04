"""Rows of the run list, read no further than waiting needs: a page is megabytes, and most of its rows are nobody's."""

from __future__ import annotations

from typing import Any

import msgspec

from kneo_client.types import RunStatusResponse

_REDACTED = "[REDACTED]"


class RunPage(msgspec.Struct):
    """One page of `GET /v1/runs`, its rows still as they came."""

    runs: list[msgspec.Raw]
    total: int = 0


class RunRow(msgspec.Struct):
    """What waiting has to know of a row. Rows are open objects, so a field may be missing or of any type."""

    id: Any = None
    status: Any = None
    created_at: Any = None
    updated_at: Any = None
    continuation_id: Any = None


_read = msgspec.json.Decoder(RunRow).decode
_read_all = msgspec.json.Decoder(dict[str, Any]).decode


def read_row(raw: msgspec.Raw) -> RunRow | None:
    """The row, or None when it does not say which run it is and how that is."""
    try:
        row = _read(raw)
    except ValueError:
        return None
    return row if isinstance(row.id, str) and isinstance(row.status, str) else None


def run_of(raw: msgspec.Raw) -> RunStatusResponse | None:
    """The row as `runs.get` would give the run, and what else the list says of it; None if it is of another shape.

    The list hides the session, which is therefore left out.
    """
    fields = _read_all(raw)
    fields["run_id"] = fields.pop("id")
    if fields.get("session_id") == _REDACTED:
        del fields["session_id"]
    metadata = fields.get("metadata")
    if isinstance(metadata, dict):
        fields.setdefault("usage", metadata.get("usage"))
    events = fields.pop("trace_events", None)
    if isinstance(events, list):
        fields.setdefault("trace_event_count", len(events))
    try:
        return RunStatusResponse.from_dict(fields)
    except ValueError:
        return None
