from typing import Literal

ListHumanTasksV1HumanTasksGetSortOrder = Literal["asc", "desc"]

LIST_HUMAN_TASKS_V1_HUMAN_TASKS_GET_SORT_ORDER_VALUES: set[ListHumanTasksV1HumanTasksGetSortOrder] = {
    "asc",
    "desc",
}


def check_list_human_tasks_v1_human_tasks_get_sort_order(value: str) -> ListHumanTasksV1HumanTasksGetSortOrder:
    if value in LIST_HUMAN_TASKS_V1_HUMAN_TASKS_GET_SORT_ORDER_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {LIST_HUMAN_TASKS_V1_HUMAN_TASKS_GET_SORT_ORDER_VALUES!r}"
    )
