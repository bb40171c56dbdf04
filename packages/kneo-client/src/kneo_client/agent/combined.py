"""Answers of several analyses of one spec."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kneo_client.core.connection import checked

if TYPE_CHECKING:
    from kneo_client.types import (
        SpecCompileResponse,
        SpecExplainResponse,
        SpecPolicyReportResponse,
        SpecValidateResponse,
    )


@dataclass(frozen=True)
class ValidateThenCompileResult:
    """What `validate_then_compile` found.

    Attributes:
        validate: whether the spec is valid, and why not.
        compile: its runtime form; None when it is not valid.
    """

    validate: SpecValidateResponse
    compile: SpecCompileResponse | None = None

    @property
    def ok(self) -> bool:
        """Whether it is valid and was compiled."""
        return bool(self.validate.valid and self.compile is not None and self.compile.ok)


@dataclass(frozen=True)
class DryRunResult:
    """What `dry_run` found.

    Attributes:
        validate: whether the spec is valid, and why not.
        explain: what it does; None when it is not valid.
        policy_report: which policies it would meet or break; None when it is not valid.
    """

    validate: SpecValidateResponse
    explain: SpecExplainResponse | None = None
    policy_report: SpecPolicyReportResponse | None = None

    @property
    def ok(self) -> bool:
        """Whether it is valid and meets the policies."""
        return bool(self.validate.valid and self.policy_report is not None and self.policy_report.valid is not False)


def fields_of(body: Any, *, leave_out: str) -> Any:
    """A body without one of its fields."""
    body = checked(body)
    return {name: value for name, value in body.items() if name != leave_out} if isinstance(body, dict) else body
