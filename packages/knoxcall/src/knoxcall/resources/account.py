"""`client.account`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sdk_engine.methods import blocking_or_awaited
from sdk_engine.operation import Operation

from knoxcall.envelopes import data
from knoxcall.mode import D
from knoxcall.resources.resource import Resource

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from knoxcall.arguments import CallOptions
    from knoxcall.types import Account, AccountUsage

GET: Operation[Account] = Operation("GET", "/v1/account", data)
GET_USAGE: Operation[AccountUsage] = Operation("GET", "/v1/account/usage", data)


class TenantAccount(Resource[D]):
    """The tenant itself."""

    @blocking_or_awaited
    async def get(self, **options: Unpack[CallOptions]) -> Account:
        """`GET /v1/account`: the tenant behind this credential."""
        return await self.api.call(GET, **options)

    @blocking_or_awaited
    async def get_usage(self, **options: Unpack[CallOptions]) -> AccountUsage:
        """`GET /v1/account/usage`: what the tenant has used in this billing period, and its limits."""
        return await self.api.call(GET_USAGE, **options)
