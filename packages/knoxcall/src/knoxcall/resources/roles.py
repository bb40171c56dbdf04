"""`client.roles`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sdk_engine.methods import blocking_or_awaited
from sdk_engine.operation import Operation

from knoxcall.envelopes import page
from knoxcall.mode import D
from knoxcall.pagination import Pager, by_page
from knoxcall.resources.resource import Resource

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from knoxcall.arguments import CallOptions
    from knoxcall.types import Role, RolePage

LIST: Operation[RolePage] = Operation("GET", "/v1/roles", page)


class Roles(Resource[D]):
    """Roles: what API keys may do."""

    def iterate(
        self,
        *,
        subject_kind: str | None = None,
        page: int = 1,
        per_page: int | None = None,
        **options: Unpack[CallOptions],
    ) -> Pager[Role, D]:
        """Walk all roles, one page after another, as they are needed."""
        query = {"subject_kind": subject_kind, "page": page, "per_page": per_page}
        return Pager(self.driver, by_page(self.api, LIST, {}, query, options))

    @blocking_or_awaited
    async def list(
        self,
        *,
        subject_kind: str | None = None,
        page: int | None = None,
        per_page: int | None = None,
        **options: Unpack[CallOptions],
    ) -> RolePage:
        """`GET /v1/roles`: one page of the roles that API keys can act under.

        `subject_kind` keeps those for one kind of subject, such as `api_key`.
        """
        return await self.api.call(
            LIST, query={"subject_kind": subject_kind, "page": page, "per_page": per_page}, **options
        )
