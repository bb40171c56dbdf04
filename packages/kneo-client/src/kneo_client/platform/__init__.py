"""The operational surface: what runs, what waits for people, what happened, what is allowed."""

from __future__ import annotations

from sdk_engine.methods import part

from kneo_client.core.group import Group
from kneo_client.core.mode import D
from kneo_client.platform.audit import AuditClient
from kneo_client.platform.credentials import CredentialsClient
from kneo_client.platform.health import HealthClient
from kneo_client.platform.human_tasks import HumanTasksClient
from kneo_client.platform.policies import PoliciesClient
from kneo_client.platform.runs import DEFAULT_TERMINAL_STATUSES, TRACE_OFFSET_MAX, RunsClient

__all__ = [
    "DEFAULT_TERMINAL_STATUSES",
    "TRACE_OFFSET_MAX",
    "AuditClient",
    "CredentialsClient",
    "HealthClient",
    "HumanTasksClient",
    "PlatformClient",
    "PoliciesClient",
    "RunsClient",
]


class PlatformClient(Group[D]):
    """The six operational groups of one transport. `KneoClient.platform` is one."""

    @part(lambda: HealthClient)
    def health(self) -> HealthClient[D]:
        """Is the platform up?"""
        return HealthClient(self._transport)

    @part(lambda: RunsClient)
    def runs(self) -> RunsClient[D]:
        """Runs."""
        return RunsClient(self._transport)

    @part(lambda: HumanTasksClient)
    def human_tasks(self) -> HumanTasksClient[D]:
        """Decisions that runs wait for."""
        return HumanTasksClient(self._transport)

    @part(lambda: AuditClient)
    def audit(self) -> AuditClient[D]:
        """What was done, and by whom."""
        return AuditClient(self._transport)

    @part(lambda: CredentialsClient)
    def credentials(self) -> CredentialsClient[D]:
        """Which credentials the platform knows."""
        return CredentialsClient(self._transport)

    @part(lambda: PoliciesClient)
    def policies(self) -> PoliciesClient[D]:
        """What may run in which environment."""
        return PoliciesClient(self._transport)
