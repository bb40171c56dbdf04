from typing import Literal

GetTraceV1RunsRunIdTraceGetSortOrder = Literal["asc", "desc"]

GET_TRACE_V1_RUNS_RUN_ID_TRACE_GET_SORT_ORDER_VALUES: set[GetTraceV1RunsRunIdTraceGetSortOrder] = {
    "asc",
    "desc",
}


def check_get_trace_v1_runs_run_id_trace_get_sort_order(value: str) -> GetTraceV1RunsRunIdTraceGetSortOrder:
    if value in GET_TRACE_V1_RUNS_RUN_ID_TRACE_GET_SORT_ORDER_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {GET_TRACE_V1_RUNS_RUN_ID_TRACE_GET_SORT_ORDER_VALUES!r}"
    )
