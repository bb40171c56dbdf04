"""Specs: validate, compile, explain, preview policies, and try a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sdk_engine.bodies import typed
from sdk_engine.methods import blocking_or_awaited
from sdk_engine.operation import Operation

from kneo_client import types
from kneo_client.core.group import Group
from kneo_client.core.mode import D

if TYPE_CHECKING:
    from kneo_client.agent.combined import DryRunResult, ValidateThenCompileResult
    from kneo_client.bodies import (
        RunCreateBody,
        SpecCompileBody,
        SpecExplainBody,
        SpecGraphBody,
        SpecPolicyReportBody,
        SpecValidateBody,
    )
    from kneo_client.types import (
        RunCreateRequest,
        RunCreateResponse,
        SpecCompileRequest,
        SpecCompileResponse,
        SpecExplainRequest,
        SpecExplainResponse,
        SpecGraphRequest,
        SpecGraphResponse,
        SpecPolicyReportRequest,
        SpecPolicyReportResponse,
        SpecValidateRequest,
        SpecValidateResponse,
    )

VALIDATE = Operation("POST", "/v1/specs/validate", typed(lambda: types.SpecValidateResponse))
COMPILE = Operation("POST", "/v1/specs/compile", typed(lambda: types.SpecCompileResponse))
EXPLAIN = Operation("POST", "/v1/specs/explain", typed(lambda: types.SpecExplainResponse))
POLICY_REPORT = Operation("POST", "/v1/specs/policy-report", typed(lambda: types.SpecPolicyReportResponse))
GRAPH = Operation("POST", "/v1/specs/graph", typed(lambda: types.SpecGraphResponse))
RUN = Operation("POST", "/v1/specs/run", typed(lambda: types.RunCreateResponse))


class SpecsClient(Group[D]):
    """Analyses of a spec. Bodies name it as `spec` (a mapping) or `spec_path` (a file on the platform's machine)."""

    @blocking_or_awaited
    async def validate(
        self, body: SpecValidateRequest | SpecValidateBody | dict[str, Any], *, idempotency_key: str | None = None
    ) -> SpecValidateResponse:
        """`POST /v1/specs/validate`: schema and semantics. An invalid spec is an answer: `valid` and `diagnostics`."""
        return await self._transport.call(VALIDATE, json=body, idempotency_key=idempotency_key)

    @blocking_or_awaited
    async def compile(
        self, body: SpecCompileRequest | SpecCompileBody | dict[str, Any], *, idempotency_key: str | None = None
    ) -> SpecCompileResponse:
        """`POST /v1/specs/compile`: the runtime form of a spec, in `summary`.

        Raises:
            KneoBadRequestError: the spec is invalid; `validate` says where (platform 0.4.0: `KneoServerError`, a 500).
        """
        return await self._transport.call(COMPILE, json=body, idempotency_key=idempotency_key)

    @blocking_or_awaited
    async def explain(
        self, body: SpecExplainRequest | SpecExplainBody | dict[str, Any], *, idempotency_key: str | None = None
    ) -> SpecExplainResponse:
        """`POST /v1/specs/explain`: what a spec does, in `summary`."""
        return await self._transport.call(EXPLAIN, json=body, idempotency_key=idempotency_key)

    @blocking_or_awaited
    async def policy_report(
        self,
        body: SpecPolicyReportRequest | SpecPolicyReportBody | dict[str, Any],
        *,
        idempotency_key: str | None = None,
    ) -> SpecPolicyReportResponse:
        """`POST /v1/specs/policy-report`: which policies a spec would meet or break, in `report`."""
        return await self._transport.call(POLICY_REPORT, json=body, idempotency_key=idempotency_key)

    @blocking_or_awaited
    async def run(
        self, body: RunCreateRequest | RunCreateBody | dict[str, Any], *, idempotency_key: str | None = None
    ) -> RunCreateResponse:
        """`POST /v1/specs/run`: try a spec out; the body of `runs.create`.

        Platform 0.4.0 ignores `async_mode` here: the answer comes when the run has ended, and the platform serves
        nobody else meanwhile. For anything long use `runs.create` with `async_mode`.
        """
        return await self._transport.call(RUN, json=body, idempotency_key=idempotency_key)

    @blocking_or_awaited
    async def graph(
        self, body: SpecGraphRequest | SpecGraphBody | dict[str, Any], *, idempotency_key: str | None = None
    ) -> SpecGraphResponse:
        """`POST /v1/specs/graph`: the workflow's `nodes` and `edges`, for drawing.

        Raises:
            KneoPlatformVersionError: the platform is older than 1.2.0.
        """
        return await self._transport.call(GRAPH, json=body, idempotency_key=idempotency_key)

    @blocking_or_awaited
    async def validate_then_compile(
        self, body: SpecCompileRequest | SpecCompileBody | dict[str, Any], *, idempotency_key: str | None = None
    ) -> ValidateThenCompileResult:
        """`validate`, and `compile` if the spec is valid: what to do before a spec is run.

        `strict`, which only compiling knows, is left out of the first call. An `idempotency_key` is sent with both.

        Raises:
            KneoBadRequestError: it is valid and cannot be compiled here.
        """
        from kneo_client.agent.combined import ValidateThenCompileResult, fields_of

        known = fields_of(body, leave_out="strict")
        validated = await self._transport.call(VALIDATE, json=known, idempotency_key=idempotency_key)
        if not validated.valid:
            return ValidateThenCompileResult(validated)
        compiled = await self._transport.call(COMPILE, json=body, idempotency_key=idempotency_key)
        return ValidateThenCompileResult(validated, compiled)

    @blocking_or_awaited
    async def dry_run(
        self, body: SpecValidateRequest | SpecValidateBody | dict[str, Any], *, idempotency_key: str | None = None
    ) -> DryRunResult:
        """`validate`, `explain` and `policy_report` of one spec; the latter two only if it is valid. Nothing is run."""
        from kneo_client.agent.combined import DryRunResult

        validated = await self._transport.call(VALIDATE, json=body, idempotency_key=idempotency_key)
        if not validated.valid:
            return DryRunResult(validated)
        explained = await self._transport.call(EXPLAIN, json=body, idempotency_key=idempotency_key)
        report = await self._transport.call(POLICY_REPORT, json=body, idempotency_key=idempotency_key)
        return DryRunResult(validated, explained, report)
