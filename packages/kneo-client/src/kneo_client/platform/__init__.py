"""The operational surface: what runs, what waits for people, what happened, what is allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kneo_client.platform.audit import AuditClient
from kneo_client.platform.credentials import CredentialsClient
from kneo_client.platform.health import HealthClient
from kneo_client.platform.human_tasks import HumanTasksClient
from kneo_client.platform.policies import PoliciesClient
from kneo_client.platform.runs import DEFAULT_TERMINAL_STATUSES, RunsClient

if TYPE_CHECKING:
    from kneo_client.core.transport import Transport

__all__ = [
    "DEFAULT_TERMINAL_STATUSES",
    "AuditClient",
    "CredentialsClient",
    "HealthClient",
    "HumanTasksClient",
    "PlatformClient",
    "PoliciesClient",
    "RunsClient",
]


class PlatformClient:
    """The six operational clients of one transport. `KneoClient.platform` is one."""

    def __init__(self, transport: Transport) -> None:
        self.health = HealthClient(transport)
        self.runs = RunsClient(transport)
        self.human_tasks = HumanTasksClient(transport)
        self.audit = AuditClient(transport)
        self.credentials = CredentialsClient(transport)
        self.policies = PoliciesClient(transport)
