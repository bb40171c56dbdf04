"""Specs: validate, compile, explain, preview policies, and try a run."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sdk_engine.operation import Operation

from kneo_client import types

if TYPE_CHECKING:
    from kneo_client.core.transport import Transport
    from kneo_client.types import (
        RunCreateRequest,
        RunCreateResponse,
        SpecCompileRequest,
        SpecCompileResponse,
        SpecExplainRequest,
        SpecExplainResponse,
        SpecPolicyReportRequest,
        SpecPolicyReportResponse,
        SpecValidateRequest,
        SpecValidateResponse,
    )

VALIDATE = Operation("POST", "/v1/specs/validate", lambda: types.SpecValidateResponse)
COMPILE = Operation("POST", "/v1/specs/compile", lambda: types.SpecCompileResponse)
EXPLAIN = Operation("POST", "/v1/specs/explain", lambda: types.SpecExplainResponse)
POLICY_REPORT = Operation("POST", "/v1/specs/policy-report", lambda: types.SpecPolicyReportResponse)
RUN = Operation("POST", "/v1/specs/run", lambda: types.RunCreateResponse)


class SpecsClient:
    """Analyses of a spec. Bodies name it as `spec` (a mapping) or `spec_path` (a file on the platform's machine)."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport

    async def validate(
        self, body: SpecValidateRequest | dict[str, Any], *, idempotency_key: str | None = None
    ) -> SpecValidateResponse:
        """`POST /v1/specs/validate`: schema and semantics. An invalid spec is an answer: `valid` and `diagnostics`."""
        return await self._transport.call(VALIDATE, json=body, idempotency_key=idempotency_key)

    async def compile(
        self, body: SpecCompileRequest | dict[str, Any], *, idempotency_key: str | None = None
    ) -> SpecCompileResponse:
        """`POST /v1/specs/compile`: the runtime form of a spec, in `summary`.

        Raises:
            KneoServerError: the spec is invalid (platform 0.4.0 answers 500; `validate` it first).
        """
        return await self._transport.call(COMPILE, json=body, idempotency_key=idempotency_key)

    async def explain(
        self, body: SpecExplainRequest | dict[str, Any], *, idempotency_key: str | None = None
    ) -> SpecExplainResponse:
        """`POST /v1/specs/explain`: what a spec does, in `summary`."""
        return await self._transport.call(EXPLAIN, json=body, idempotency_key=idempotency_key)

    async def policy_report(
        self, body: SpecPolicyReportRequest | dict[str, Any], *, idempotency_key: str | None = None
    ) -> SpecPolicyReportResponse:
        """`POST /v1/specs/policy-report`: which policies a spec would meet or break, in `report`."""
        return await self._transport.call(POLICY_REPORT, json=body, idempotency_key=idempotency_key)

    async def run(
        self, body: RunCreateRequest | dict[str, Any], *, idempotency_key: str | None = None
    ) -> RunCreateResponse:
        """`POST /v1/specs/run`: try a spec out; the body of `runs.create`.

        Platform 0.4.0 ignores `async_mode` here: the answer comes when the run has ended, and the platform serves
        nobody else meanwhile. For anything long use `runs.create` with `async_mode`.
        """
        return await self._transport.call(RUN, json=body, idempotency_key=idempotency_key)
