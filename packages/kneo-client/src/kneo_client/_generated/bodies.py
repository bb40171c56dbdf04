"""Bodies of requests as plain dicts, typed: a misspelt field is a type error. One class per kind of body."""

from __future__ import annotations

from typing import Any, Literal, Required, TypedDict

__all__ = [
    "EnvironmentPolicyBody",
    "HumanResumeBody",
    "RunCreateBody",
    "SkillsOverlayBody",
    "SpecCompileBody",
    "SpecExplainBody",
    "SpecGraphBody",
    "SpecPolicyReportBody",
    "SpecValidateBody",
]


class EnvironmentPolicyBody(TypedDict, total=False):
    """The body that is a `EnvironmentPolicyRequest`."""

    blocked_diagnostic_codes: list[str]
    deny_unrestricted_tools: bool
    enabled: bool
    fail_on_warnings: bool
    require_guardrails: bool
    require_human_review: bool
    require_tool_permissions: bool


class HumanResumeBody(TypedDict, total=False):
    """The body that is a `HumanResumeRequest`."""

    decision: Required[Literal["approved", "rejected", "edited", "selected", "provided"]]
    request_id: Required[str]
    content: str | None
    metadata: dict[str, Any]
    selected_option: str | None


class RunCreateBody(TypedDict, total=False):
    """The body that is a `RunCreateRequest`."""

    input: Required[str]
    async_mode: bool
    environment: str | None
    metadata: dict[str, Any]
    overlays: list[str]
    overrides: dict[str, Any]
    session_id: str | None
    skills: SkillsOverlayBody | None
    spec: dict[str, Any] | None
    spec_path: str | None
    target: Literal["agent", "workflow"]


class SkillsOverlayBody(TypedDict, total=False):
    """The body that is a `SkillsOverlay`."""

    add: list[str]
    disable: list[str]


class SpecCompileBody(TypedDict, total=False):
    """The body that is a `SpecCompileRequest`."""

    environment: str | None
    overlays: list[str]
    overrides: dict[str, Any]
    spec: dict[str, Any] | None
    spec_path: str | None
    strict: bool


class SpecExplainBody(TypedDict, total=False):
    """The body that is a `SpecExplainRequest`."""

    environment: str | None
    overlays: list[str]
    overrides: dict[str, Any]
    spec: dict[str, Any] | None
    spec_path: str | None


class SpecGraphBody(TypedDict, total=False):
    """The body that is a `SpecGraphRequest`."""

    environment: str | None
    overlays: list[str]
    overrides: dict[str, Any]
    spec: dict[str, Any] | None
    spec_path: str | None


class SpecPolicyReportBody(TypedDict, total=False):
    """The body that is a `SpecPolicyReportRequest`."""

    environment: str | None
    overlays: list[str]
    overrides: dict[str, Any]
    spec: dict[str, Any] | None
    spec_path: str | None


class SpecValidateBody(TypedDict, total=False):
    """The body that is a `SpecValidateRequest`."""

    environment: str | None
    overlays: list[str]
    overrides: dict[str, Any]
    spec: dict[str, Any] | None
    spec_path: str | None
