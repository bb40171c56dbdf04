"""What an answer of the service gives the caller."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sdk_engine.bodies import RefusedInside, decode_json

if TYPE_CHECKING:
    from sdk_engine.messages import Response


def answered(response: Response) -> dict[str, Any]:
    """The JSON object of a 2xx, which may still report a failure.

    Raises:
        UndecodableBody: it is no JSON object.
        RefusedInside: its `status` is "error".
    """
    answer: dict[str, Any] = decode_json(response.content, dict[str, Any])
    if answer.get("status") == "error":
        raise RefusedInside
    return answer
