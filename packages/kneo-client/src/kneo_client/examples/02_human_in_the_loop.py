"""Stop a run for a person's decision, give the decision, and let the run go on.

python -m kneo_client.examples.02_human_in_the_loop [approved | rejected]
"""

import asyncio
import sys

from kneo_client import KneoClient
from kneo_client.core.idempotency import new_idempotency_key
from kneo_client.examples.connect import connect
from kneo_client.examples.specs import WRITE_WITH_REVIEW
from kneo_client.platform import DEFAULT_TERMINAL_STATUSES
from kneo_client.types import HumanResumeRequest, RunStatusResponse

PAUSED_OR_ENDED = DEFAULT_TERMINAL_STATUSES | {"blocked"}


async def start(client: KneoClient) -> RunStatusResponse:
    """A run that waits for a decision."""
    created = await client.platform.runs.create(
        {"input": "Announce the new release", "spec": WRITE_WITH_REVIEW, "async_mode": True}
    )
    return await client.platform.runs.wait_for_completion(
        created.run_id, poll_interval=0.2, timeout=60, terminal_statuses=PAUSED_OR_ENDED
    )


async def decide(client: KneoClient, continuation_id: str, decision: str) -> None:
    """Answer what the task asks."""
    task = await client.platform.human_tasks.get(continuation_id)
    assert task.request
    print(f"asked:   {task.request['prompt']}")
    body = HumanResumeRequest.from_dict({"request_id": task.request["id"], "decision": decision})
    # The key makes the decision count once, even when the connection fails and it is sent again.
    await client.platform.human_tasks.resume(continuation_id, body, idempotency_key=new_idempotency_key())
    print(f"decided: {decision}")


async def main(decision: str) -> None:
    async with connect() as client:
        run = await start(client)
        print(f"status:  {run.status}")

        waiting = await client.platform.human_tasks.list()
        print(f"tasks:   {waiting.count} waiting for somebody")

        assert run.continuation_id
        await decide(client, run.continuation_id, decision)
        run = await client.platform.runs.wait_for_completion(run.run_id, poll_interval=0.2, timeout=60)
        print(f"status:  {run.status}")
        print(f"output:  {run.output_text}")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else "approved"))
