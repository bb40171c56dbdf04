from typing import Literal

HumanTaskListResponseSortOrder = Literal["asc", "desc"]

HUMAN_TASK_LIST_RESPONSE_SORT_ORDER_VALUES: set[HumanTaskListResponseSortOrder] = {
    "asc",
    "desc",
}


def check_human_task_list_response_sort_order(value: str) -> HumanTaskListResponseSortOrder:
    if value in HUMAN_TASK_LIST_RESPONSE_SORT_ORDER_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {HUMAN_TASK_LIST_RESPONSE_SORT_ORDER_VALUES!r}")
