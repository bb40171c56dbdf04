"""`client.workflows`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sdk_engine.methods import blocking_or_awaited
from sdk_engine.operation import Operation

from knoxcall.arguments import NOT_GIVEN, given, present
from knoxcall.envelopes import data, deleted, page
from knoxcall.mode import D
from knoxcall.pagination import Pager, by_page
from knoxcall.resources.resource import Resource

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from knoxcall.arguments import CallOptions, Clearable, WriteOptions
    from knoxcall.types import (
        Workflow,
        WorkflowCancelResult,
        WorkflowDeleteResult,
        WorkflowExecution,
        WorkflowExecutionPage,
        WorkflowPage,
        WorkflowRun,
    )

CANCEL_EXECUTION: Operation[WorkflowCancelResult] = Operation(
    "POST", "/v1/workflows/executions/{execution_id}/cancel", data
)
CREATE: Operation[Workflow] = Operation("POST", "/v1/workflows", data)
DELETE: Operation[WorkflowDeleteResult] = Operation("DELETE", "/v1/workflows/{workflow_id}", deleted)
EXECUTE: Operation[WorkflowRun] = Operation("POST", "/v1/workflows/{workflow_id}/execute", data)
GET: Operation[Workflow] = Operation("GET", "/v1/workflows/{workflow_id}", data)
GET_EXECUTION: Operation[WorkflowExecution] = Operation("GET", "/v1/workflows/executions/{execution_id}", data)
LIST: Operation[WorkflowPage] = Operation("GET", "/v1/workflows", page)
LIST_EXECUTIONS: Operation[WorkflowExecutionPage] = Operation("GET", "/v1/workflows/{workflow_id}/executions", page)
UPDATE: Operation[Workflow] = Operation("PATCH", "/v1/workflows/{workflow_id}", data)


class Workflows(Resource[D]):
    """Workflows and their runs."""

    @blocking_or_awaited
    async def cancel_execution(self, execution_id: str, **options: Unpack[WriteOptions]) -> WorkflowCancelResult:
        """`POST /v1/workflows/executions/{execution_id}/cancel`: stop a run."""
        return await self.api.call(CANCEL_EXECUTION, {"execution_id": execution_id}, **options)

    @blocking_or_awaited
    async def create(
        self,
        *,
        name: str,
        definition: Any,
        description: str | None = None,
        trigger_config: Any = None,
        environment: str | None = None,
        enabled: bool | None = None,
        **options: Unpack[WriteOptions],
    ) -> Workflow:
        """`POST /v1/workflows`: add a workflow."""
        body = {
            "definition": definition,
            "description": description,
            "enabled": enabled,
            "environment": environment,
            "name": name,
            "trigger_config": trigger_config,
        }
        return await self.api.call(CREATE, body=present(body), **options)

    @blocking_or_awaited
    async def delete(self, workflow_id: str, **options: Unpack[WriteOptions]) -> WorkflowDeleteResult:
        """`DELETE /v1/workflows/{workflow_id}`: remove a workflow."""
        return await self.api.call(DELETE, {"workflow_id": workflow_id}, **options)

    @blocking_or_awaited
    async def execute(self, workflow_id: str, input: Any = None, **options: Unpack[WriteOptions]) -> WorkflowRun:
        """`POST /v1/workflows/{workflow_id}/execute`: start a run of a workflow. The `input` is always sent, null
        where it is left out.
        """
        body = {"input": input}
        return await self.api.call(EXECUTE, {"workflow_id": workflow_id}, body=body, **options)

    @blocking_or_awaited
    async def get(self, workflow_id: str, **options: Unpack[CallOptions]) -> Workflow:
        """`GET /v1/workflows/{workflow_id}`: one workflow."""
        return await self.api.call(GET, {"workflow_id": workflow_id}, **options)

    @blocking_or_awaited
    async def get_execution(self, execution_id: str, **options: Unpack[CallOptions]) -> WorkflowExecution:
        """`GET /v1/workflows/executions/{execution_id}`: one run of a workflow."""
        return await self.api.call(GET_EXECUTION, {"execution_id": execution_id}, **options)

    def iterate(
        self, *, page: int = 1, per_page: int | None = None, **options: Unpack[CallOptions]
    ) -> Pager[Workflow, D]:
        """Walk all workflows, one page after another, as they are needed."""
        query = {"page": page, "per_page": per_page}
        return Pager(self.driver, by_page(self.api, LIST, {}, query, options))

    def iterate_executions(
        self, workflow_id: str, *, page: int = 1, per_page: int | None = None, **options: Unpack[CallOptions]
    ) -> Pager[WorkflowExecution, D]:
        """Walk the runs of a workflow, as they are needed."""
        query = {"page": page, "per_page": per_page}
        return Pager(self.driver, by_page(self.api, LIST_EXECUTIONS, {"workflow_id": workflow_id}, query, options))

    @blocking_or_awaited
    async def list(
        self, *, page: int | None = None, per_page: int | None = None, **options: Unpack[CallOptions]
    ) -> WorkflowPage:
        """`GET /v1/workflows`: one page of workflows."""
        return await self.api.call(LIST, query={"page": page, "per_page": per_page}, **options)

    @blocking_or_awaited
    async def list_executions(
        self, workflow_id: str, *, page: int | None = None, per_page: int | None = None, **options: Unpack[CallOptions]
    ) -> WorkflowExecutionPage:
        """`GET /v1/workflows/{workflow_id}/executions`: one page of a workflow's runs."""
        return await self.api.call(
            LIST_EXECUTIONS, {"workflow_id": workflow_id}, query={"page": page, "per_page": per_page}, **options
        )

    @blocking_or_awaited
    async def update(
        self,
        workflow_id: str,
        *,
        name: Clearable[str] = NOT_GIVEN,
        definition: Clearable[Any] = NOT_GIVEN,
        description: Clearable[str] = NOT_GIVEN,
        trigger_config: Clearable[Any] = NOT_GIVEN,
        environment: Clearable[str] = NOT_GIVEN,
        enabled: Clearable[bool] = NOT_GIVEN,
        **options: Unpack[WriteOptions],
    ) -> Workflow:
        """`PATCH /v1/workflows/{workflow_id}`: change what is given, leave the rest."""
        body = {
            "definition": definition,
            "description": description,
            "enabled": enabled,
            "environment": environment,
            "name": name,
            "trigger_config": trigger_config,
        }
        return await self.api.call(UPDATE, {"workflow_id": workflow_id}, body=given(body), **options)
