"""`client.opportunities`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from sdk_engine.methods import blocking_or_awaited
from sdk_engine.operation import Operation

from knoxcall.arguments import present
from knoxcall.envelopes import data, page
from knoxcall.mode import D
from knoxcall.pagination import Pager, by_page
from knoxcall.resources.resource import Resource

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from knoxcall.arguments import CallOptions, WriteOptions
    from knoxcall.types import AcceptOpportunityResult, Opportunity, OpportunityDismissResult, OpportunityPage

ACCEPT: Operation[AcceptOpportunityResult] = Operation("POST", "/v1/opportunities/{opportunity_id}/accept", data)
DISMISS: Operation[OpportunityDismissResult] = Operation("POST", "/v1/opportunities/{opportunity_id}/dismiss", data)
LIST: Operation[OpportunityPage] = Operation("GET", "/v1/opportunities", page)


class Opportunities(Resource[D]):
    """Calls that could go through KnoxCall and do not yet."""

    @blocking_or_awaited
    async def accept(
        self,
        opportunity_id: str,
        *,
        collection_name: str | None = None,
        environment: str | None = None,
        secret: str | None = None,
        header_name: str | None = None,
        value_prefix: str | None = None,
        **options: Unpack[WriteOptions],
    ) -> AcceptOpportunityResult:
        """`POST /v1/opportunities/{opportunity_id}/accept`: make a route of an opportunity.

        Without fields it gets the collection and environment that were suggested.
        """
        body = {
            "collection_name": collection_name,
            "environment": environment,
            "header_name": header_name,
            "secret": secret,
            "value_prefix": value_prefix,
        }
        return await self.api.call(ACCEPT, {"opportunity_id": opportunity_id}, body=present(body), **options)

    @blocking_or_awaited
    async def dismiss(self, opportunity_id: str, **options: Unpack[WriteOptions]) -> OpportunityDismissResult:
        """`POST /v1/opportunities/{opportunity_id}/dismiss`: put an opportunity aside."""
        return await self.api.call(DISMISS, {"opportunity_id": opportunity_id}, **options)

    def iterate(
        self,
        *,
        status: Literal["pending", "snoozed", "onboarded", "dismissed"] | None = None,
        page: int = 1,
        per_page: int | None = None,
        **options: Unpack[CallOptions],
    ) -> Pager[Opportunity, D]:
        """Walk all opportunities, one page after another, as they are needed."""
        query = {"status": status, "page": page, "per_page": per_page}
        return Pager(self.driver, by_page(self.api, LIST, {}, query, options))

    @blocking_or_awaited
    async def list(
        self,
        *,
        status: Literal["pending", "snoozed", "onboarded", "dismissed"] | None = None,
        page: int | None = None,
        per_page: int | None = None,
        **options: Unpack[CallOptions],
    ) -> OpportunityPage:
        """`GET /v1/opportunities`: one page of what could go through KnoxCall and does not yet."""
        return await self.api.call(LIST, query={"status": status, "page": page, "per_page": per_page}, **options)
