"""Environment policies: what may run in dev, staging, prod."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sdk_engine.bodies import typed
from sdk_engine.methods import blocking_or_awaited
from sdk_engine.operation import Operation

from kneo_client import types
from kneo_client.core.group import Group
from kneo_client.core.mode import D

if TYPE_CHECKING:
    from kneo_client.bodies import EnvironmentPolicyBody
    from kneo_client.types import (
        EnvironmentPolicyListResponse,
        EnvironmentPolicyPreviewResponse,
        EnvironmentPolicyRequest,
        EnvironmentPolicyResponse,
    )

LIST_POLICIES = Operation("GET", "/v1/policies/environment", typed(lambda: types.EnvironmentPolicyListResponse))
GET_POLICY = Operation("GET", "/v1/policies/environment/{environment}", typed(lambda: types.EnvironmentPolicyResponse))
PUT_POLICY = Operation("PUT", "/v1/policies/environment/{environment}", typed(lambda: types.EnvironmentPolicyResponse))

PREVIEW_POLICY = Operation(
    "POST",
    "/v1/policies/environment/{environment}/preview",
    typed(lambda: types.EnvironmentPolicyPreviewResponse),
)


class PoliciesClient(Group[D]):
    """Reads and replaces the policy of an environment."""

    @blocking_or_awaited
    async def environment_list(self) -> EnvironmentPolicyListResponse:
        """`GET /v1/policies/environment`: every policy, by environment in `policies`."""
        return await self._transport.call(LIST_POLICIES)

    @blocking_or_awaited
    async def environment_get(self, environment: str) -> EnvironmentPolicyResponse:
        """`GET /v1/policies/environment/{environment}`: one policy; `policy` is None for an environment without one."""
        return await self._transport.call(GET_POLICY, {"environment": environment})

    @blocking_or_awaited
    async def environment_put(
        self, environment: str, body: EnvironmentPolicyRequest | EnvironmentPolicyBody | dict[str, Any]
    ) -> EnvironmentPolicyResponse:
        """`PUT /v1/policies/environment/{environment}`: replace a policy as a whole.

        Fields that are left out get the platform's defaults, not their previous values. Repeating it is safe; no
        idempotency key is sent.
        """
        return await self._transport.call(PUT_POLICY, {"environment": environment}, json=body)

    @blocking_or_awaited
    async def environment_preview(
        self,
        environment: str,
        body: EnvironmentPolicyRequest | EnvironmentPolicyBody | dict[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> EnvironmentPolicyPreviewResponse:
        """`POST /v1/policies/environment/{environment}/preview`: what `environment_put` of this policy would change.

        Nothing is changed. `affected_run_ids` are the recent runs that it would treat differently.

        Raises:
            KneoPlatformVersionError: the platform is older than 1.2.0.
        """
        segments = {"environment": environment}
        return await self._transport.call(PREVIEW_POLICY, segments, json=body, idempotency_key=idempotency_key)
