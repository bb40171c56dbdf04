"""Reading answers that no method describes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sdk_engine.bodies import UndecodableBody, decode_json, error_body

from kneo_client.core.errors import KneoProtocolError, Outcome
from kneo_client.core.request_id import REQUEST_ID_HEADER

if TYPE_CHECKING:
    import httpx

__all__ = ["require_json_body"]


def require_json_body(response: httpx.Response) -> Any:
    """The JSON body of a successful answer, as plain values.

    Raises:
        KneoProtocolError: it is empty or not JSON; the effect of the request may have happened.
    """
    try:
        return decode_json(response.content)
    except UndecodableBody as exc:
        problem = str(exc) if response.content else "the body is empty"
    raise KneoProtocolError(
        f"HTTP {response.status_code}: the answer is not JSON: {problem}",
        outcome=Outcome.UNKNOWN,
        status=response.status_code,
        body=error_body(response.content)[1],
        request_id=response.headers.get(REQUEST_ID_HEADER),
        attempts=1,
    )
