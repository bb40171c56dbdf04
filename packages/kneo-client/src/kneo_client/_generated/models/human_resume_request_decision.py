from typing import Literal

HumanResumeRequestDecision = Literal["approved", "edited", "provided", "rejected", "selected"]

HUMAN_RESUME_REQUEST_DECISION_VALUES: set[HumanResumeRequestDecision] = {
    "approved",
    "edited",
    "provided",
    "rejected",
    "selected",
}


def check_human_resume_request_decision(value: str) -> HumanResumeRequestDecision:
    if value in HUMAN_RESUME_REQUEST_DECISION_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {HUMAN_RESUME_REQUEST_DECISION_VALUES!r}")
