"""What failures look like, which of them may be repeated, and how to create a run exactly once.

python -m kneo_client.examples.05_errors_and_retries
"""

import asyncio
from typing import Any

from kneo_client import KneoClient
from kneo_client.core.errors import (
    KneoError,
    KneoIdempotencyMismatchError,
    KneoNetworkError,
    KneoNotFoundError,
    Outcome,
)
from kneo_client.core.idempotency import new_idempotency_key
from kneo_client.core.profiles import Profile
from kneo_client.core.retries import RetryPolicy
from kneo_client.examples.connect import connect
from kneo_client.examples.specs import WRITE_TWICE

PATIENT = RetryPolicy(max_attempts=5, base_delay=0.05, max_delay=5.0)


async def create_exactly_once(client: KneoClient, body: dict[str, Any], key: str) -> str:
    """Start a run; with the same key it may be called again and again, also by another process."""
    for _ in range(3):
        try:
            created = await client.platform.runs.create(body, idempotency_key=key)
        except KneoNetworkError as error:
            print(f"  no answer, may have arrived: {error.outcome is Outcome.UNKNOWN}; sending the same key again")
        else:
            return created.run_id
    raise SystemExit("the platform cannot be reached")


async def main() -> None:
    async with connect() as client:
        print("the same key gives the same run:")
        key = new_idempotency_key()
        body = {"input": "once", "spec": WRITE_TWICE, "async_mode": True}
        first = await create_exactly_once(client, body, key)
        second = await create_exactly_once(client, body, key)
        print(f"  {first}\n  {second}")

        print("the same key with another body is refused:")
        try:
            await client.platform.runs.create({**body, "input": "twice"}, idempotency_key=key)
        except KneoIdempotencyMismatchError as error:
            print(f"  {error.status} {error.code}")

        print("a run that is not there:")
        try:
            await client.platform.runs.get("no-such-run")
        except KneoNotFoundError as error:
            print(f"  {error.status} after {error.attempts} attempt, request id {error.request_id}")

        print("a body that the platform does not take:")
        try:
            await client.platform.runs.create({"spec_id": "an-id"})
        except KneoError as error:
            print(f"  {error}")

    print("a platform that is not there, with a policy of five attempts:")
    nowhere = Profile("nowhere", "http://127.0.0.1:9", "any-key", timeout=2.0)
    async with KneoClient(nowhere, retry_policy=PATIENT) as client:
        try:
            await client.platform.health.livez()
        except KneoNetworkError as error:
            print(
                f"  {error.attempts} attempts; it {'was never' if error.outcome is Outcome.NOT_SENT else 'may be'} sent"
            )


if __name__ == "__main__":
    asyncio.run(main())
