"""Start a run, wait until it has ended, and read what it did.

    python -m kneo_client.examples.01_basic_run [SPEC]

SPEC is a spec file: JSON is sent along, anything else must be a path that the platform itself can read. Without SPEC
a bundled one runs.
"""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from kneo_client.examples.connect import connect
from kneo_client.examples.specs import WRITE_TWICE


def spec_fields(argument: str | None) -> dict[str, Any]:
    """The part of a request body that names the spec."""
    if argument is None:
        return {"spec": WRITE_TWICE}
    file = Path(argument)
    if file.suffix == ".json" and file.exists():
        return {"spec": json.loads(file.read_text(encoding="utf-8"))}
    return {"spec_path": str(file.absolute()) if file.exists() else argument}


async def main(argument: str | None) -> None:
    async with connect() as client:
        ready = await client.platform.health.readyz()
        print(f"platform: {ready.service} {ready.version}, ready: {ready.ok}")

        # async_mode: the platform answers at once and works in the background
        body = {"input": "Say hello to the world", "async_mode": True, **spec_fields(argument)}
        created = await client.platform.runs.create(body)
        print(f"run:      {created.run_id} is {created.status}")

        run = await client.platform.runs.wait_for_completion(created.run_id, poll_interval=0.2, timeout=120)
        print(f"status:   {run.status}")
        if run.error:
            sys.exit(f"{run.error['type']}: {run.error['message']}")
        print(f"output:   {run.output_text}")

        trace = await client.platform.runs.trace(run.run_id)
        for event in trace.events:
            print(f"  {event.timestamp}  {event.type}  {event.agent_name or ''}")


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1] if len(sys.argv) > 1 else None))
