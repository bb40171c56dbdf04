"""What later platforms added, so that an older one's refusal says which version is needed.

The contract tests hold these tables against the pinned documents.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

Place = tuple[str | None, str | None]

OPERATIONS: dict[Place, str] = {
    ("GET", "/v1/runs/{run_id}/graph"): "1.2.0",
    ("GET", "/v1/skills"): "1.2.0",
    ("POST", "/v1/policies/environment/{environment}/preview"): "1.2.0",
    ("POST", "/v1/specs/graph"): "1.2.0",
}
"""Operations by the version that brought them."""

FIELDS: dict[Place, dict[str, str]] = {
    ("POST", "/v1/runs"): {"session_id": "1.2.0", "skills": "1.2.0"},
    ("POST", "/v1/specs/run"): {"session_id": "1.2.0", "skills": "1.2.0"},
    ("POST", "/v1/specs/explain"): {"environment": "1.2.0", "overlays": "1.2.0", "overrides": "1.2.0"},
}
"""Fields of bodies, likewise."""

FILTERS: dict[Place, dict[str, str]] = {
    ("GET", "/v1/runs"): dict.fromkeys(
        ("workflow_kind", "workflow_name", "session_id", "has_error", "created_after", "created_before", "q"), "1.2.0"
    ),
}
"""Parameters that an older platform ignores, where that would change what an answer means."""

_NO_ROUTE = "Not Found"
_NOT_FOUND = 404
_UNPROCESSABLE = 422


def needed(method: str | None, path: str | None, status: int, body: Any) -> tuple[str, str] | None:
    """What was asked for and the version that has it, if this refusal is an older platform's way of not knowing it."""
    place = (method, path)
    detail: Any = body.get("detail") if isinstance(body, dict) else None
    if status == _NOT_FOUND and detail == _NO_ROUTE and place in OPERATIONS:  # a missing run has an error code
        return f"{method} {path}", OPERATIONS[place]
    if status == _UNPROCESSABLE and isinstance(detail, list) and place in FIELDS:
        for name in map(_unknown_field, detail):
            if name in FIELDS[place]:
                return f"the field {name!r}", FIELDS[place][name]
    return None


def _unknown_field(problem: Any) -> str:
    """The body's field that the platform does not know, if that is the problem."""
    if not isinstance(problem, dict) or problem.get("type") != "extra_forbidden":
        return ""
    location = problem.get("loc")
    return str(location[-1]) if isinstance(location, list) and len(location) == 2 else ""  # body, name


def ignored(place: Place, given: Iterable[str]) -> tuple[str, str] | None:
    """The first of these filters that a platform without it ignores, and the version that has it."""
    filters = FILTERS[place]
    return next(((f"the filter {name!r}", filters[name]) for name in given if name in filters), None)
