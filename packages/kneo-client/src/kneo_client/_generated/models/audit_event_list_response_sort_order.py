from typing import Literal

AuditEventListResponseSortOrder = Literal["asc", "desc"]

AUDIT_EVENT_LIST_RESPONSE_SORT_ORDER_VALUES: set[AuditEventListResponseSortOrder] = {
    "asc",
    "desc",
}


def check_audit_event_list_response_sort_order(value: str) -> AuditEventListResponseSortOrder:
    if value in AUDIT_EVENT_LIST_RESPONSE_SORT_ORDER_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {AUDIT_EVENT_LIST_RESPONSE_SORT_ORDER_VALUES!r}")
