"""The specs that the examples run, as the mappings that request bodies carry."""

from typing import Any

_WRITER = {"name": "writer", "runtime_preferences": {"preferred_mode": "bridge"}}  # the built-in model: needs no key

WRITE_TWICE: dict[str, Any] = {
    "version": "v1",
    "agent": _WRITER,
    "components": {"agents": {"writer": _WRITER}},
    "workflow": {
        "type": "sequential",
        "name": "write-twice",
        "steps": [
            {"id": "draft", "kind": "agent", "ref": "writer"},
            {"id": "polish", "kind": "agent", "ref": "writer"},
        ],
    },
}
"""Two agents, one after the other."""

WRITE_WITH_REVIEW: dict[str, Any] = {
    "version": "v1",
    "agent": _WRITER,
    "components": {
        "agents": {"writer": _WRITER},
        "humans": {"editor": {"description": "Is the draft fit to publish?", "assignee": "editor"}},
    },
    "workflow": {
        "type": "sequential",
        "name": "write-with-review",
        "steps": [
            {"id": "draft", "kind": "agent", "ref": "writer"},
            {"id": "review", "kind": "human", "ref": "editor"},
            {"id": "publish", "kind": "agent", "ref": "writer"},
        ],
    },
}
"""A person decides between the two agents."""

DEBATE: dict[str, Any] = {
    "version": "v1",
    "agent": _WRITER,
    "components": {"agents": {"writer": _WRITER, "critic": {**_WRITER, "name": "critic"}}},
    "workflow": {
        "type": "group-chat",
        "name": "debate",
        "rounds": 3,
        "participants": [
            {"id": "writer", "kind": "agent", "ref": "writer"},
            {"id": "critic", "kind": "agent", "ref": "critic"},
        ],
    },
}
"""Two agents in turn, for about a second."""

NAMES_NOBODY: dict[str, Any] = {
    "version": "v1",
    "agent": _WRITER,
    "workflow": {"type": "sequential", "steps": [{"id": "draft", "kind": "agent", "ref": "nobody"}]},
}
"""Invalid: its only step refers to an agent that is not there."""
