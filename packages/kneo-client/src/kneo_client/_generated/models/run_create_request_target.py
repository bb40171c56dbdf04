from typing import Literal

RunCreateRequestTarget = Literal["agent", "workflow"]

RUN_CREATE_REQUEST_TARGET_VALUES: set[RunCreateRequestTarget] = {
    "agent",
    "workflow",
}


def check_run_create_request_target(value: str) -> RunCreateRequestTarget:
    if value in RUN_CREATE_REQUEST_TARGET_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {RUN_CREATE_REQUEST_TARGET_VALUES!r}")
