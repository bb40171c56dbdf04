"""What the methods of `account` return."""

from __future__ import annotations

from typing_extensions import TypedDict


class Account(TypedDict):
    """What `account.get` returns."""

    id: str
    slug: str
    name: str
    region: str
    subscription_plan: str
    subscription_status: str
    trial_start_at: str | None
    trial_end_at: str | None
    subscription_current_period_start: str | None
    subscription_current_period_end: str | None
    subscription_cancel_at: str | None
    created_at: str


class AccountUsage(TypedDict):
    """What `account.get_usage` returns."""

    billing_period: BillingPeriod
    api_calls: ApiCallUsage
    resources: ResourceUsage
    plan: str
    status: str


class ApiCallUsage(TypedDict):
    """Part of `AccountUsage`."""

    used: int
    limit: int | None
    percentage: int


class BillingPeriod(TypedDict):
    """Part of `AccountUsage`."""

    year: int
    month: int
    start: str | None
    end: str | None


class ResourceUsage(TypedDict):
    """Part of `AccountUsage`."""

    routes: ResourceUsageEntry
    secrets: ResourceUsageEntry
    clients: ResourceUsageEntry
    environments: ResourceUsageEntry


class ResourceUsageEntry(TypedDict):
    """Part of `ResourceUsage`."""

    used: int
    limit: int | None
