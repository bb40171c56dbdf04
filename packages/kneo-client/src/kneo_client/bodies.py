"""Bodies of requests as plain dicts, typed: `body: RunCreateBody = {"inptu": "x"}` is a type error."""

from kneo_client._generated.bodies import (
    EnvironmentPolicyBody,
    HumanResumeBody,
    RunCreateBody,
    SkillsOverlayBody,
    SpecCompileBody,
    SpecExplainBody,
    SpecGraphBody,
    SpecPolicyReportBody,
    SpecValidateBody,
)

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
