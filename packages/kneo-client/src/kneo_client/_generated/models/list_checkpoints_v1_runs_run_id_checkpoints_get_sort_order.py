from typing import Literal

ListCheckpointsV1RunsRunIdCheckpointsGetSortOrder = Literal["asc", "desc"]

LIST_CHECKPOINTS_V1_RUNS_RUN_ID_CHECKPOINTS_GET_SORT_ORDER_VALUES: set[
    ListCheckpointsV1RunsRunIdCheckpointsGetSortOrder
] = {
    "asc",
    "desc",
}


def check_list_checkpoints_v1_runs_run_id_checkpoints_get_sort_order(
    value: str,
) -> ListCheckpointsV1RunsRunIdCheckpointsGetSortOrder:
    if value in LIST_CHECKPOINTS_V1_RUNS_RUN_ID_CHECKPOINTS_GET_SORT_ORDER_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {LIST_CHECKPOINTS_V1_RUNS_RUN_ID_CHECKPOINTS_GET_SORT_ORDER_VALUES!r}"
    )
