"""Check a spec before anything runs: validate, compile, explain, and ask what the policies would say.

python -m kneo_client.examples.04_validate_and_compile
"""

import asyncio
from typing import Any

from kneo_client import KneoClient
from kneo_client.examples.connect import connect
from kneo_client.examples.specs import NAMES_NOBODY, WRITE_TWICE, WRITE_WITH_REVIEW


async def check(client: KneoClient, spec: dict[str, Any]) -> bool:
    """Print what is wrong with a spec; true when nothing is."""
    answer = await client.agent.specs.validate({"spec": spec})
    for diagnostic in answer.diagnostics or []:
        print(f"  {diagnostic.severity}: {diagnostic.message} (at {diagnostic.path})")
    return answer.valid


async def show(client: KneoClient, spec: dict[str, Any]) -> None:
    """Print what a valid spec amounts to."""
    compiled = await client.agent.specs.compile({"spec": spec})
    print(f"  compiled: {compiled.ok}, agents: {', '.join(compiled['summary']['component_agents'])}")

    explained = await client.agent.specs.explain({"spec": spec})
    for name, value in explained.summary.items():
        print(f"  {name}: {value}")

    policies = await client.agent.specs.policy_report({"spec": spec})
    print(f"  policies met: {policies.valid}")


async def main() -> None:
    async with connect() as client:
        for name, spec in {
            "write twice": WRITE_TWICE,
            "write with review": WRITE_WITH_REVIEW,
            "names nobody": NAMES_NOBODY,
        }.items():
            print(f"{name}:")
            # An invalid spec is an answer of validate, but an error of compile: ask first.
            if await check(client, spec):
                await show(client, spec)
            else:
                print("  not compiled")


if __name__ == "__main__":
    asyncio.run(main())
