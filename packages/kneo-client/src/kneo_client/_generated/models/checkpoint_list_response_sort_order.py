from typing import Literal

CheckpointListResponseSortOrder = Literal["asc", "desc"]

CHECKPOINT_LIST_RESPONSE_SORT_ORDER_VALUES: set[CheckpointListResponseSortOrder] = {
    "asc",
    "desc",
}


def check_checkpoint_list_response_sort_order(value: str) -> CheckpointListResponseSortOrder:
    if value in CHECKPOINT_LIST_RESPONSE_SORT_ORDER_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {CHECKPOINT_LIST_RESPONSE_SORT_ORDER_VALUES!r}")
