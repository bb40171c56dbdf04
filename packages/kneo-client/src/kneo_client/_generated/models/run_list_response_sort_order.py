from typing import Literal

RunListResponseSortOrder = Literal["asc", "desc"]

RUN_LIST_RESPONSE_SORT_ORDER_VALUES: set[RunListResponseSortOrder] = {
    "asc",
    "desc",
}


def check_run_list_response_sort_order(value: str) -> RunListResponseSortOrder:
    if value in RUN_LIST_RESPONSE_SORT_ORDER_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {RUN_LIST_RESPONSE_SORT_ORDER_VALUES!r}")
