"""`client.environments`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sdk_engine.methods import blocking_or_awaited
from sdk_engine.operation import Operation

from knoxcall.arguments import NOT_GIVEN, given, present
from knoxcall.envelopes import data, nothing, rows
from knoxcall.mode import D
from knoxcall.resources.resource import Resource

if TYPE_CHECKING:
    import builtins

    from typing_extensions import Unpack

    from knoxcall.arguments import CallOptions, Clearable, WriteOptions
    from knoxcall.types import Environment, EnvironmentFull

CREATE: Operation[EnvironmentFull] = Operation("POST", "/v1/environments", data)
DELETE: Operation[None] = Operation("DELETE", "/v1/environments/{env_id}", nothing)
LIST: Operation[list[Environment]] = Operation("GET", "/v1/environments", rows)
UPDATE: Operation[EnvironmentFull] = Operation("PATCH", "/v1/environments/{env_id}", data)


class Environments(Resource[D]):
    """Environments that routes and secrets differ by."""

    @blocking_or_awaited
    async def create(
        self,
        *,
        name: str,
        display_name: str | None = None,
        description: str | None = None,
        color: str | None = None,
        is_default: bool | None = None,
        **options: Unpack[WriteOptions],
    ) -> EnvironmentFull:
        """`POST /v1/environments`: add an environment.

        Args:
            name: what calls name, such as `staging`.
            display_name: for people.
            description: for people.
            color: for the dashboard.
            is_default: use it when a call names none.
        """
        body = {
            "color": color,
            "description": description,
            "display_name": display_name,
            "is_default": is_default,
            "name": name,
        }
        return await self.api.call(CREATE, body=present(body), **options)

    @blocking_or_awaited
    async def delete(self, env_id: str, **options: Unpack[WriteOptions]) -> None:
        """`DELETE /v1/environments/{env_id}`: remove an environment."""
        await self.api.call(DELETE, {"env_id": env_id}, **options)

    @blocking_or_awaited
    async def list(self, **options: Unpack[CallOptions]) -> builtins.list[Environment]:
        """`GET /v1/environments`: all environments."""
        return await self.api.call(LIST, **options)

    @blocking_or_awaited
    async def update(
        self,
        env_id: str,
        *,
        name: Clearable[str] = NOT_GIVEN,
        display_name: Clearable[str] = NOT_GIVEN,
        description: Clearable[str] = NOT_GIVEN,
        color: Clearable[str] = NOT_GIVEN,
        is_default: Clearable[bool] = NOT_GIVEN,
        **options: Unpack[WriteOptions],
    ) -> EnvironmentFull:
        """`PATCH /v1/environments/{env_id}`: change what is given, leave the rest; None clears a field."""
        body = {
            "color": color,
            "description": description,
            "display_name": display_name,
            "is_default": is_default,
            "name": name,
        }
        return await self.api.call(UPDATE, {"env_id": env_id}, body=given(body), **options)
