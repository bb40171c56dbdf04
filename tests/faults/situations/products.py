"""The clients whose lives are tried: seven kinds with the same three verbs, imported only when they are made.

Each is set up as its documents show it, by public names alone. `call` and `create` give back the name that the server
read from the request; of the awaited kinds, a coroutine of it.
"""

from __future__ import annotations

import inspect
import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Coroutine

KEY = "lives-0123456789abcdef"
TIMEOUT = 20.0
"""Seconds for one attempt: far more than anything here takes, unless it was lost."""


class Kneo:
    """`KneoClient`."""

    def __init__(self, url: str, **settings: Any) -> None:
        from kneo_client import KneoClient
        from kneo_client.core.errors import KneoError

        self.error = KneoError
        self.client = KneoClient(_profile(url), **settings)

    async def call(self, name: str) -> str:
        return (await self.client.platform.runs.get(name)).run_id

    async def create(self, name: str) -> str:
        return (await self.client.platform.runs.create({"input": name})).run_id

    async def close(self) -> None:
        await self.client.aclose()


class KneoSync:
    """`SyncKneoClient`."""

    def __init__(self, url: str, **settings: Any) -> None:
        from kneo_client.client import SyncKneoClient
        from kneo_client.core.errors import KneoError

        self.error = KneoError
        self.client = SyncKneoClient(_profile(url), **settings)

    def call(self, name: str) -> str:
        return self.client.platform.runs.get(name).run_id

    def create(self, name: str) -> str:
        return self.client.platform.runs.create({"input": name}).run_id

    def close(self) -> None:
        self.client.close()


class KneoPortal:
    """`SyncTransport`, whose calls run in an event loop on a thread of its own."""

    def __init__(self, url: str, **settings: Any) -> None:
        from kneo_client.core.errors import KneoError
        from kneo_client.core.transport import SyncTransport

        self.error = KneoError
        self.client = SyncTransport(_profile(url), **settings)

    def call(self, name: str) -> str:
        return str(self.client.request("GET", f"/v1/runs/{name}").json()["run_id"])

    def create(self, name: str) -> str:
        return str(self.client.request("POST", "/v1/runs", json={"input": name}).json()["run_id"])

    def close(self) -> None:
        self.client.close()


class Knox:
    """`KnoxCall(sync=False)`."""

    def __init__(self, url: str, **settings: Any) -> None:
        from knoxcall import KnoxCall, KnoxCallError

        self.error = KnoxCallError
        self.client = KnoxCall(sync=False, api_key=KEY, base_url=url, timeout=TIMEOUT, **settings)
        self._get, self._create = self.client.routes.get, self.client.environments.create

    async def call(self, name: str) -> str:
        return _name(await self._get(name))

    async def create(self, name: str) -> str:
        return _name(await self._create(name=name))

    async def close(self) -> None:
        await self.client.aclose()


class KnoxSync:
    """`KnoxCall()`."""

    def __init__(self, url: str, **settings: Any) -> None:
        from knoxcall import KnoxCall, KnoxCallError

        self.error = KnoxCallError
        self.client = KnoxCall(api_key=KEY, base_url=url, timeout=TIMEOUT, **settings)
        self._get, self._create = self.client.routes.get, self.client.environments.create

    def call(self, name: str) -> str:
        return _name(self._get(name))

    def create(self, name: str) -> str:
        return _name(self._create(name=name))

    def close(self) -> None:
        self.client.close()


class Kaizen:
    """`KaizenClient`."""

    def __init__(self, url: str, **settings: Any) -> None:
        from kaizen_client import KaizenClient, KaizenClientConfig, KaizenError

        self.error = KaizenError
        self.client = KaizenClient(KaizenClientConfig(url, KEY, TIMEOUT), **settings)

    async def call(self, name: str) -> str:
        return _name(await self.client.compress({"data": name}))

    create = call

    async def close(self) -> None:
        await self.client.close()


class KaizenSync:
    """`SyncKaizenClient`."""

    def __init__(self, url: str, **settings: Any) -> None:
        from kaizen_client import KaizenClientConfig, KaizenError, SyncKaizenClient

        self.error = KaizenError
        self.client = SyncKaizenClient(KaizenClientConfig(url, KEY, TIMEOUT), **settings)

    def call(self, name: str) -> str:
        return _name(self.client.compress({"data": name}))

    create = call

    def close(self) -> None:
        self.client.close()


AWAITED: dict[str, Any] = {"kneo": Kneo, "knoxcall": Knox, "kaizen": Kaizen}
BLOCKING: dict[str, Any] = {
    "kneo-sync": KneoSync,
    "kneo-portal": KneoPortal,
    "knoxcall-sync": KnoxSync,
    "kaizen-sync": KaizenSync,
}
KINDS = AWAITED | BLOCKING


def _profile(url: str) -> Any:
    from kneo_client.core.profiles import Profile

    return Profile("lives", url, KEY, timeout=TIMEOUT)


def _name(answer: Any) -> str:
    return str(answer["run_id"])


def done(result: str | Coroutine[Any, Any, str]) -> str:
    """What a verb gives; a coroutine is run in an event loop of its own."""
    if isinstance(result, str):
        return result
    import asyncio

    return asyncio.run(result)


def finish(closing: Coroutine[Any, Any, None] | None) -> None:
    """The same for `close`."""
    if inspect.isawaitable(closing):
        import asyncio

        asyncio.run(closing)


def say(client: Any, name: str) -> None:
    """Make a call, and print what came of it."""
    print(done(client.call(name)), flush=True)


def ours(verb: str, *more: object) -> str:
    """A name about this process, for what the server knows of it: `hang-<pid>-1`."""
    return "-".join(map(str, (verb, os.getpid(), *more)))


class Control:
    """Asks the server about what it has seen, over a connection that no client under test has to do with."""

    def __init__(self, url: str) -> None:
        from http.client import HTTPConnection

        self._connection = HTTPConnection(url.removeprefix("http://"), timeout=30)

    def ask(self, name: str) -> str:
        """What the server says about this name."""
        import json

        self._connection.request("GET", f"/v1/runs/{name}")
        return str(json.loads(self._connection.getresponse().read())["run_id"])
