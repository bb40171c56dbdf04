from typing import Literal

TraceResponseSortOrder = Literal["asc", "desc"]

TRACE_RESPONSE_SORT_ORDER_VALUES: set[TraceResponseSortOrder] = {
    "asc",
    "desc",
}


def check_trace_response_sort_order(value: str) -> TraceResponseSortOrder:
    if value in TRACE_RESPONSE_SORT_ORDER_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {TRACE_RESPONSE_SORT_ORDER_VALUES!r}")
