from typing import Literal

ListSkillsV1SkillsGetSortOrder = Literal["asc", "desc"]

LIST_SKILLS_V1_SKILLS_GET_SORT_ORDER_VALUES: set[ListSkillsV1SkillsGetSortOrder] = {
    "asc",
    "desc",
}


def check_list_skills_v1_skills_get_sort_order(value: str) -> ListSkillsV1SkillsGetSortOrder:
    if value in LIST_SKILLS_V1_SKILLS_GET_SORT_ORDER_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {LIST_SKILLS_V1_SKILLS_GET_SORT_ORDER_VALUES!r}")
