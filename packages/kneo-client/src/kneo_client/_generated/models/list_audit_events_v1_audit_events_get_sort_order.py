from typing import Literal

ListAuditEventsV1AuditEventsGetSortOrder = Literal["asc", "desc"]

LIST_AUDIT_EVENTS_V1_AUDIT_EVENTS_GET_SORT_ORDER_VALUES: set[ListAuditEventsV1AuditEventsGetSortOrder] = {
    "asc",
    "desc",
}


def check_list_audit_events_v1_audit_events_get_sort_order(value: str) -> ListAuditEventsV1AuditEventsGetSortOrder:
    if value in LIST_AUDIT_EVENTS_V1_AUDIT_EVENTS_GET_SORT_ORDER_VALUES:
        return value
    raise TypeError(
        f"Unexpected value {value!r}. Expected one of {LIST_AUDIT_EVENTS_V1_AUDIT_EVENTS_GET_SORT_ORDER_VALUES!r}"
    )
