from typing import Literal

ListHumanTasksV1HumanTasksGetStatusType0 = Literal["escalated", "pending"]

LIST_HUMAN_TASKS_V1_HUMAN_TASKS_GET_STATUS_TYPE_0_VALUES: set[ListHumanTasksV1HumanTasksGetStatusType0] = {
    "escalated",
    "pending",
}


def check_list_human_tasks_v1_human_tasks_get_status_type_0(value: str) -> ListHumanTasksV1HumanTasksGetStatusType0:
    if value in LIST_HUMAN_TASKS_V1_HUMAN_TASKS_GET_STATUS_TYPE_0_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {LIST_HUMAN_TASKS_V1_HUMAN_TASKS_GET_STATUS_TYPE_0_VALUES!r}"
    )
