from typing import Literal

ListRunsV1RunsGetSortOrder = Literal["asc", "desc"]

LIST_RUNS_V1_RUNS_GET_SORT_ORDER_VALUES: set[ListRunsV1RunsGetSortOrder] = {
    "asc",
    "desc",
}


def check_list_runs_v1_runs_get_sort_order(value: str) -> ListRunsV1RunsGetSortOrder:
    if value in LIST_RUNS_V1_RUNS_GET_SORT_ORDER_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LIST_RUNS_V1_RUNS_GET_SORT_ORDER_VALUES!r}")
