"""Answers as people see them: on one line, and as HTML for notebooks (no script, nothing from elsewhere, escaped)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

_ROWS = 50
_EVENTS = 500
_COLUMNS = ("id", "run_id", "name", "status", "type", "event_type", "workflow_name", "agent_name", "created_at")
_WIDEST = 200
_CELL = "text-align:left;padding:2px 8px;vertical-align:top"
_BAR = "display:inline-block;height:10px;min-width:3px;background:{colour};border-radius:2px"
_COLOURS = {"failed": "#c0392b", "error": "#c0392b", "completed": "#27ae60", "started": "#2980b9"}

_TELLING = ("run_id", "id", "type", "event_type", "sequence", "status", "name", "agent_name", "workflow_name")
_SHOWN = 5
_WIDEST_SHOWN = 40


def telling(fields: Iterable[tuple[str, object]]) -> Iterator[str]:
    """What tells one object from another, as `name=value`: who, in which state, when."""
    scalars = {name: value for name, value in fields if isinstance(value, str | int | float)}
    first = [name for name in _TELLING if name in scalars]
    times = [name for name in scalars if name.endswith("_at") or name == "timestamp"]
    for name in [*first, *times] if first else list(scalars)[:_SHOWN]:
        text = repr(scalars[name])
        yield f"{name}={text if len(text) <= _WIDEST_SHOWN else text[: _WIDEST_SHOWN - 1] + '…'}"


def table_of(title: str, fields: Mapping[str, Any]) -> str:
    """An object: one row a field that has a short value."""
    rows = [(name, value) for name, value in fields.items() if isinstance(value, str | int | float)]
    return _table(title, (), rows)


def list_of(title: str, rows: Sequence[Mapping[str, Any]]) -> str:
    """A page: one row an item, in the columns that its items have."""
    shown = rows[:_ROWS]
    columns = [name for name in _COLUMNS if any(row.get(name) is not None for row in shown)]
    more = f", {len(rows) - _ROWS} more rows not shown" if len(rows) > _ROWS else ""
    return _table(title + more, columns, [[row.get(name) for name in columns] for row in shown])


def timeline_of(title: str, events: Sequence[Mapping[str, Any]]) -> str:
    """A trace: one row an event, placed by its time between the first and the last."""
    from html import escape

    shown = events[:_EVENTS]
    moments = [_seconds(event.get("timestamp")) for event in shown]
    known = [moment for moment in moments if moment is not None]
    begin, length = min(known, default=0.0), (max(known, default=0.0) - min(known, default=0.0)) or 1.0
    lines = []
    for event, moment in zip(shown, moments, strict=True):
        after = None if moment is None else moment - begin
        place = 0.0 if after is None else 100 * after / length
        kind = str(event.get("type", ""))
        colour = next((colour for word, colour in _COLOURS.items() if word in kind), "#7f8c8d")
        bar = f'<div style="width:240px"><span style="margin-left:{min(place, 98):.1f}%;{_BAR.format(colour=colour)}">'
        who = event.get("agent_name") or event.get("workflow_name") or ""
        text = event.get("error") or event.get("output_preview") or event.get("input_preview") or ""
        cells = ["" if after is None else f"{after:.3f} s", kind, who, text]
        lines.append(f"<tr><td>{bar}</span></div></td>{_cells(cells)}</tr>")
    more = f", {len(events) - _EVENTS} more events not shown" if len(events) > _EVENTS else ""
    return f"<b>{escape(title + more)}</b><table>{''.join(lines)}</table>"


def _table(title: str, columns: Iterable[str], rows: Iterable[Iterable[Any]]) -> str:
    from html import escape

    head = "".join(f'<th style="{_CELL}">{escape(name)}</th>' for name in columns)
    body = "".join(f"<tr>{_cells(row)}</tr>" for row in rows)
    return f"<b>{escape(title)}</b><table>{f'<tr>{head}</tr>' if head else ''}{body}</table>"


def _cells(values: Iterable[Any]) -> str:
    from html import escape

    return "".join(f'<td style="{_CELL}">{escape(_short(value))}</td>' for value in values)


def _short(value: Any) -> str:
    text = "" if value is None else str(value)
    return text if len(text) <= _WIDEST else text[: _WIDEST - 1] + "…"


def _seconds(text: Any) -> float | None:
    from datetime import datetime

    try:
        return datetime.fromisoformat(text).timestamp()
    except (TypeError, ValueError, OverflowError, OSError):
        return None
