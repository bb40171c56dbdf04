from typing import Literal

SkillsListResponseSortOrder = Literal["asc", "desc"]

SKILLS_LIST_RESPONSE_SORT_ORDER_VALUES: set[SkillsListResponseSortOrder] = {
    "asc",
    "desc",
}


def check_skills_list_response_sort_order(value: str) -> SkillsListResponseSortOrder:
    if value in SKILLS_LIST_RESPONSE_SORT_ORDER_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {SKILLS_LIST_RESPONSE_SORT_ORDER_VALUES!r}")
