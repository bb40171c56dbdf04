"""Sending one case, once: the batch paces itself, so that nothing is to be repeated behind its back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sdk_engine.call import call
from sdk_engine.errors import Outcome
from sdk_engine.retries import RetryPolicy
from sdk_engine.settings import RequestOptions

from kneo_client.platform.runs import CREATE

if TYPE_CHECKING:
    from kneo_client.client import KneoClient
    from kneo_client.core.errors import KneoError

_ONCE = RetryPolicy(max_attempts=1)
_SERVER_ERROR = 500
NOT_NOW = frozenset({429, 503})
"""Statuses with which a platform says that it has enough to do."""

_PASSING_STATUSES = NOT_NOW | {408, 425, 502, 504}
_PASSING_CODES = frozenset({"idempotency_key_in_progress", "resource_locked"})


async def send(client: KneoClient, body: dict[str, Any], key: str) -> str:
    """The id of the case's run, which is the same however often it is sent under this key.

    Every attempt that meets a full queue leaves a failed run on the platform: there is one attempt.
    """
    transport = client._transport
    transport.check_open()
    options = RequestOptions(idempotency_key=key, retry=_ONCE)
    run = await transport.driver.run(call(transport.settings, CREATE, json=body, options=options))
    return run.run_id


def not_now(error: KneoError) -> bool:
    """Whether the platform, or the way there, takes no case at the moment: this one may be taken later."""
    if error.status is None:
        return error.attempts > 0
    return error.status in _PASSING_STATUSES or error.code in _PASSING_CODES


def in_doubt(error: KneoError) -> bool:
    """Whether sending it once more, under the same key, could make a difference."""
    return error.outcome is Outcome.UNKNOWN or error.status == _SERVER_ERROR
