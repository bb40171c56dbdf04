"""What the methods of `workflows` return."""

from __future__ import annotations

from typing import Any

from typing_extensions import NotRequired, TypedDict

from knoxcall.types.pages import PageMeta


class Workflow(TypedDict):
    """What `workflows.create`, `workflows.get`, `workflows.iterate` and `workflows.update` return."""

    id: str
    name: str
    description: str | None
    definition: Any
    environment: str | None
    enabled: bool
    version: int
    sandbox: bool
    timeout_seconds: int | None
    published_at: str | None
    created_at: str
    updated_at: str
    run_count: NotRequired[int]


class WorkflowCancelResult(TypedDict):
    """What `workflows.cancel_execution` returns."""

    id: str
    status: str


class WorkflowDeleteResult(TypedDict):
    """What `workflows.delete` returns."""

    id: str
    deleted: bool


class WorkflowExecution(TypedDict):
    """What `workflows.get_execution` and `workflows.iterate_executions` return."""

    id: str
    workflow_id: str
    status: str
    trigger_type: str
    started_at: str | None
    completed_at: str | None
    execution_time_ms: int | None
    error_message: str | None
    workflow_version: int | None
    created_at: str
    node_executions: NotRequired[list[Any]]


class WorkflowExecutionPage(TypedDict):
    """One page of a list."""

    data: list[WorkflowExecution]
    meta: PageMeta


class WorkflowPage(TypedDict):
    """One page of a list."""

    data: list[Workflow]
    meta: PageMeta


class WorkflowRun(TypedDict):
    """What `workflows.execute` returns."""

    id: str
    workflow_id: str
    status: str
