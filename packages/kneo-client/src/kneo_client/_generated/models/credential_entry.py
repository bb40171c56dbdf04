from __future__ import annotations

from kneo_client.core.models import UNSET, Maybe, Model


class CredentialEntry(Model, kw_only=True):
    """`CredentialEntry` of the platform's OpenAPI document.

    Attributes:
        env_var (str)
        name (str)
        present (bool)
        status (str)
        expires_at (None | str, or UNSET)
        last_checked (None | str, or UNSET)
        value (None | str, or UNSET)
    """

    env_var: str
    name: str
    present: bool
    status: str
    expires_at: Maybe[None | str] = UNSET
    last_checked: Maybe[None | str] = UNSET
    value: Maybe[None | str] = UNSET
