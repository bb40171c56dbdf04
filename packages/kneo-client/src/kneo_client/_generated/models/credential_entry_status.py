from typing import Literal

CredentialEntryStatus = Literal["missing", "present"]

CREDENTIAL_ENTRY_STATUS_VALUES: set[CredentialEntryStatus] = {
    "missing",
    "present",
}


def check_credential_entry_status(value: str) -> CredentialEntryStatus:
    if value in CREDENTIAL_ENTRY_STATUS_VALUES:
        return value
    raise TypeError(f"Unexpected value {value!r}. Expected one of {CREDENTIAL_ENTRY_STATUS_VALUES!r}")
