"""`client.ai_gateway`: what the firewall stops, and what is done with personal data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sdk_engine.methods import blocking_or_awaited
from sdk_engine.operation import Operation

from knoxcall.arguments import NOT_GIVEN, given, present
from knoxcall.envelopes import data, deleted, page
from knoxcall.mode import D
from knoxcall.pagination import Pager, by_page
from knoxcall.resources.resource import Resource

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from knoxcall.arguments import CallOptions, Clearable, WriteOptions
    from knoxcall.types import (
        AIGatewayFirewallDeleteResult,
        AIGatewayFirewallPolicy,
        AIGatewayFirewallPolicyPage,
        AIGatewayFirewallRule,
        AIGatewayFirewallTestResult,
        AIGatewayPiiDeleteResult,
        AIGatewayPiiPolicy,
        AIGatewayPiiPolicyPage,
        AIGatewayPiiRecognizer,
        AIGatewayPiiRecognizerPage,
        AIGatewayPiiTestResult,
    )

CREATE_FIREWALL_POLICY: Operation[AIGatewayFirewallPolicy] = Operation("POST", "/v1/ai-gateway/firewall-policies", data)
CREATE_PII_POLICY: Operation[AIGatewayPiiPolicy] = Operation("POST", "/v1/ai-gateway/pii-policies", data)
CREATE_PII_RECOGNIZER: Operation[AIGatewayPiiRecognizer] = Operation("POST", "/v1/ai-gateway/pii-recognizers", data)
DELETE_FIREWALL_POLICY: Operation[AIGatewayFirewallDeleteResult] = Operation(
    "DELETE", "/v1/ai-gateway/firewall-policies/{policy_id}", deleted
)
DELETE_PII_POLICY: Operation[AIGatewayPiiDeleteResult] = Operation(
    "DELETE", "/v1/ai-gateway/pii-policies/{policy_id}", deleted
)
DELETE_PII_RECOGNIZER: Operation[AIGatewayPiiDeleteResult] = Operation(
    "DELETE", "/v1/ai-gateway/pii-recognizers/{recognizer_id}", deleted
)
GET_FIREWALL_POLICY: Operation[AIGatewayFirewallPolicy] = Operation(
    "GET", "/v1/ai-gateway/firewall-policies/{policy_id}", data
)
GET_PII_POLICY: Operation[AIGatewayPiiPolicy] = Operation("GET", "/v1/ai-gateway/pii-policies/{policy_id}", data)
GET_PII_RECOGNIZER: Operation[AIGatewayPiiRecognizer] = Operation(
    "GET", "/v1/ai-gateway/pii-recognizers/{recognizer_id}", data
)
LIST_FIREWALL_POLICIES: Operation[AIGatewayFirewallPolicyPage] = Operation(
    "GET", "/v1/ai-gateway/firewall-policies", page
)
LIST_PII_POLICIES: Operation[AIGatewayPiiPolicyPage] = Operation("GET", "/v1/ai-gateway/pii-policies", page)
LIST_PII_RECOGNIZERS: Operation[AIGatewayPiiRecognizerPage] = Operation("GET", "/v1/ai-gateway/pii-recognizers", page)
TEST_FIREWALL_RULES: Operation[AIGatewayFirewallTestResult] = Operation(
    "POST", "/v1/ai-gateway/firewall-policies/test", data
)
TEST_PII_RECOGNIZER: Operation[AIGatewayPiiTestResult] = Operation("POST", "/v1/ai-gateway/pii-recognizers/test", data)
UPDATE_FIREWALL_POLICY: Operation[AIGatewayFirewallPolicy] = Operation(
    "PATCH", "/v1/ai-gateway/firewall-policies/{policy_id}", data
)
UPDATE_PII_POLICY: Operation[AIGatewayPiiPolicy] = Operation("PATCH", "/v1/ai-gateway/pii-policies/{policy_id}", data)
UPDATE_PII_RECOGNIZER: Operation[AIGatewayPiiRecognizer] = Operation(
    "PATCH", "/v1/ai-gateway/pii-recognizers/{recognizer_id}", data
)


class AIPolicies(Resource[D]):
    """What the firewall stops, and what is done with personal data."""

    @blocking_or_awaited
    async def create_firewall_policy(
        self,
        *,
        name: str,
        heuristics: list[AIGatewayFirewallRule] | None = None,
        canary_enabled: bool | None = None,
        action: str | None = None,
        **options: Unpack[WriteOptions],
    ) -> AIGatewayFirewallPolicy:
        """`POST /v1/ai-gateway/firewall-policies`: add a firewall policy; an existing name makes its next version."""
        body = {"action": action, "canary_enabled": canary_enabled, "heuristics": heuristics, "name": name}
        return await self.api.call(CREATE_FIREWALL_POLICY, body=present(body), **options)

    @blocking_or_awaited
    async def create_pii_policy(
        self,
        *,
        name: str,
        recognizer_ids: list[str] | None = None,
        default_action: str | None = None,
        description: str | None = None,
        **options: Unpack[WriteOptions],
    ) -> AIGatewayPiiPolicy:
        """`POST /v1/ai-gateway/pii-policies`: add a PII policy. Empty or no `recognizer_ids` mean EVERY enabled
        recognizer.
        """
        body = {
            "default_action": default_action,
            "description": description,
            "name": name,
            "recognizer_ids": recognizer_ids,
        }
        return await self.api.call(CREATE_PII_POLICY, body=present(body), **options)

    @blocking_or_awaited
    async def create_pii_recognizer(
        self,
        *,
        name: str,
        kind: str,
        pattern: str,
        context_words: list[str] | None = None,
        confidence: float | None = None,
        action: str | None = None,
        format: str | None = None,
        enabled: bool | None = None,
        **options: Unpack[WriteOptions],
    ) -> AIGatewayPiiRecognizer:
        """`POST /v1/ai-gateway/pii-recognizers`: add a PII recognizer; its expressions have no lookaround and no
        backreferences.
        """
        body = {
            "action": action,
            "confidence": confidence,
            "context_words": context_words,
            "enabled": enabled,
            "format": format,
            "kind": kind,
            "name": name,
            "pattern": pattern,
        }
        return await self.api.call(CREATE_PII_RECOGNIZER, body=present(body), **options)

    @blocking_or_awaited
    async def delete_firewall_policy(
        self, policy_id: str, **options: Unpack[WriteOptions]
    ) -> AIGatewayFirewallDeleteResult:
        """`DELETE /v1/ai-gateway/firewall-policies/{policy_id}`: remove a firewall policy."""
        return await self.api.call(DELETE_FIREWALL_POLICY, {"policy_id": policy_id}, **options)

    @blocking_or_awaited
    async def delete_pii_policy(self, policy_id: str, **options: Unpack[WriteOptions]) -> AIGatewayPiiDeleteResult:
        """`DELETE /v1/ai-gateway/pii-policies/{policy_id}`: remove a PII policy."""
        return await self.api.call(DELETE_PII_POLICY, {"policy_id": policy_id}, **options)

    @blocking_or_awaited
    async def delete_pii_recognizer(
        self, recognizer_id: str, **options: Unpack[WriteOptions]
    ) -> AIGatewayPiiDeleteResult:
        """`DELETE /v1/ai-gateway/pii-recognizers/{recognizer_id}`: remove a PII recognizer."""
        return await self.api.call(DELETE_PII_RECOGNIZER, {"recognizer_id": recognizer_id}, **options)

    @blocking_or_awaited
    async def get_firewall_policy(self, policy_id: str, **options: Unpack[CallOptions]) -> AIGatewayFirewallPolicy:
        """`GET /v1/ai-gateway/firewall-policies/{policy_id}`: one firewall policy."""
        return await self.api.call(GET_FIREWALL_POLICY, {"policy_id": policy_id}, **options)

    @blocking_or_awaited
    async def get_pii_policy(self, policy_id: str, **options: Unpack[CallOptions]) -> AIGatewayPiiPolicy:
        """`GET /v1/ai-gateway/pii-policies/{policy_id}`: one PII policy."""
        return await self.api.call(GET_PII_POLICY, {"policy_id": policy_id}, **options)

    @blocking_or_awaited
    async def get_pii_recognizer(self, recognizer_id: str, **options: Unpack[CallOptions]) -> AIGatewayPiiRecognizer:
        """`GET /v1/ai-gateway/pii-recognizers/{recognizer_id}`: one PII recognizer."""
        return await self.api.call(GET_PII_RECOGNIZER, {"recognizer_id": recognizer_id}, **options)

    def iterate_firewall_policies(
        self, *, per_page: int | None = None, **options: Unpack[CallOptions]
    ) -> Pager[AIGatewayFirewallPolicy, D]:
        """Walk all firewall policies, one page after another, as they are needed."""
        query = {"page": 1, "per_page": per_page}
        return Pager(self.driver, by_page(self.api, LIST_FIREWALL_POLICIES, {}, query, options))

    def iterate_pii_policies(
        self, *, per_page: int | None = None, **options: Unpack[CallOptions]
    ) -> Pager[AIGatewayPiiPolicy, D]:
        """Walk all PII policies, one page after another, as they are needed."""
        query = {"page": 1, "per_page": per_page}
        return Pager(self.driver, by_page(self.api, LIST_PII_POLICIES, {}, query, options))

    def iterate_pii_recognizers(
        self, *, per_page: int | None = None, **options: Unpack[CallOptions]
    ) -> Pager[AIGatewayPiiRecognizer, D]:
        """Walk all PII recognizers, one page after another, as they are needed."""
        query = {"page": 1, "per_page": per_page}
        return Pager(self.driver, by_page(self.api, LIST_PII_RECOGNIZERS, {}, query, options))

    @blocking_or_awaited
    async def list_firewall_policies(
        self, *, page: int | None = None, per_page: int | None = None, **options: Unpack[CallOptions]
    ) -> AIGatewayFirewallPolicyPage:
        """`GET /v1/ai-gateway/firewall-policies`: one page of the firewall policies."""
        return await self.api.call(LIST_FIREWALL_POLICIES, query={"page": page, "per_page": per_page}, **options)

    @blocking_or_awaited
    async def list_pii_policies(
        self, *, page: int | None = None, per_page: int | None = None, **options: Unpack[CallOptions]
    ) -> AIGatewayPiiPolicyPage:
        """`GET /v1/ai-gateway/pii-policies`: one page of the PII policies."""
        return await self.api.call(LIST_PII_POLICIES, query={"page": page, "per_page": per_page}, **options)

    @blocking_or_awaited
    async def list_pii_recognizers(
        self, *, page: int | None = None, per_page: int | None = None, **options: Unpack[CallOptions]
    ) -> AIGatewayPiiRecognizerPage:
        """`GET /v1/ai-gateway/pii-recognizers`: one page of the PII recognizers."""
        return await self.api.call(LIST_PII_RECOGNIZERS, query={"page": page, "per_page": per_page}, **options)

    @blocking_or_awaited
    async def test_firewall_rules(
        self, *, text: str, heuristics: list[AIGatewayFirewallRule] | None = None, **options: Unpack[WriteOptions]
    ) -> AIGatewayFirewallTestResult:
        """`POST /v1/ai-gateway/firewall-policies/test`: try rules on a text; nothing is stored."""
        body = {"heuristics": heuristics, "text": text}
        return await self.api.call(TEST_FIREWALL_RULES, body=present(body), **options)

    @blocking_or_awaited
    async def test_pii_recognizer(
        self,
        *,
        pattern: str,
        text: str,
        kind: str | None = None,
        action: str | None = None,
        context_words: list[str] | None = None,
        name: str | None = None,
        **options: Unpack[WriteOptions],
    ) -> AIGatewayPiiTestResult:
        """`POST /v1/ai-gateway/pii-recognizers/test`: try a recognizer on a text; nothing is stored."""
        body = {
            "action": action,
            "context_words": context_words,
            "kind": kind,
            "name": name,
            "pattern": pattern,
            "text": text,
        }
        return await self.api.call(TEST_PII_RECOGNIZER, body=present(body), **options)

    @blocking_or_awaited
    async def update_firewall_policy(
        self,
        policy_id: str,
        *,
        heuristics: Clearable[list[AIGatewayFirewallRule]] = NOT_GIVEN,
        canary_enabled: Clearable[bool] = NOT_GIVEN,
        action: Clearable[str] = NOT_GIVEN,
        **options: Unpack[WriteOptions],
    ) -> AIGatewayFirewallPolicy:
        """`PATCH /v1/ai-gateway/firewall-policies/{policy_id}`: change what is given, leave the rest."""
        body = {"action": action, "canary_enabled": canary_enabled, "heuristics": heuristics}
        return await self.api.call(UPDATE_FIREWALL_POLICY, {"policy_id": policy_id}, body=given(body), **options)

    @blocking_or_awaited
    async def update_pii_policy(
        self,
        policy_id: str,
        *,
        recognizer_ids: Clearable[list[str]] = NOT_GIVEN,
        default_action: Clearable[str] = NOT_GIVEN,
        description: Clearable[str] = NOT_GIVEN,
        **options: Unpack[WriteOptions],
    ) -> AIGatewayPiiPolicy:
        """`PATCH /v1/ai-gateway/pii-policies/{policy_id}`: change what is given, leave the rest."""
        body = {"default_action": default_action, "description": description, "recognizer_ids": recognizer_ids}
        return await self.api.call(UPDATE_PII_POLICY, {"policy_id": policy_id}, body=given(body), **options)

    @blocking_or_awaited
    async def update_pii_recognizer(
        self,
        recognizer_id: str,
        *,
        name: Clearable[str] = NOT_GIVEN,
        kind: Clearable[str] = NOT_GIVEN,
        pattern: Clearable[str] = NOT_GIVEN,
        context_words: Clearable[list[str]] = NOT_GIVEN,
        confidence: Clearable[float] = NOT_GIVEN,
        action: Clearable[str] = NOT_GIVEN,
        format: Clearable[str] = NOT_GIVEN,
        enabled: Clearable[bool] = NOT_GIVEN,
        **options: Unpack[WriteOptions],
    ) -> AIGatewayPiiRecognizer:
        """`PATCH /v1/ai-gateway/pii-recognizers/{recognizer_id}`: change what is given, leave the rest."""
        body = {
            "action": action,
            "confidence": confidence,
            "context_words": context_words,
            "enabled": enabled,
            "format": format,
            "kind": kind,
            "name": name,
            "pattern": pattern,
        }
        return await self.api.call(UPDATE_PII_RECOGNIZER, {"recognizer_id": recognizer_id}, body=given(body), **options)
