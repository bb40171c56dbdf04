"""What signing up answers."""

from __future__ import annotations

from typing_extensions import NotRequired, TypedDict


class SignupClaimResult(TypedDict):
    """What `claim_signup` returns: `status` is pending or ready, and the rest depends on it."""

    status: NotRequired[str]  # pending or ready
    message: NotRequired[str]
    poll_after_seconds: NotRequired[int]
    expires_at: NotRequired[str]
    tenant: NotRequired[SignupTenant]
    starter: NotRequired[StarterResources]
    sandbox: NotRequired[SignupSandbox]
    documentation: NotRequired[str]


class SignupResult(TypedDict):
    """What `signup` returns; the key comes with `claim_signup`."""

    status: str  # pending
    claim_handle: str
    claim_path: str
    poll_after_seconds: int
    expires_at: str
    message: str
    documentation: str


class SignupSandbox(TypedDict):
    """Part of `SignupClaimResult`."""

    management_api: str
    proxy_host: str
    note: str


class SignupTenant(TypedDict):
    """Part of `SignupClaimResult`."""

    id: str
    slug: str
    name: str
    region: str
    plan: str


class StarterApiKey(TypedDict):
    """Part of `StarterResources`."""

    id: str
    key_id: str
    api_key: str
    key_prefix: str
    key_type: str


class StarterResources(TypedDict):
    """Part of `SignupClaimResult`."""

    route: StarterRoute | None
    api_key: StarterApiKey
    sandbox_host: str
    curl: str


class StarterRoute(TypedDict):
    """Part of `StarterResources`."""

    id: str
    name: str
    target_base_url: str
