"""One module per model, loaded when its name is first used. `kneo_client.types` re-exports them."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .audit_event_list_response import AuditEventListResponse as AuditEventListResponse
    from .audit_event_list_response_events_item import (
        AuditEventListResponseEventsItem as AuditEventListResponseEventsItem,
    )
    from .audit_event_list_response_sort_order import AuditEventListResponseSortOrder as AuditEventListResponseSortOrder
    from .checkpoint_diff_response import CheckpointDiffResponse as CheckpointDiffResponse
    from .checkpoint_diff_response_added_item import CheckpointDiffResponseAddedItem as CheckpointDiffResponseAddedItem
    from .checkpoint_diff_response_changed_item import (
        CheckpointDiffResponseChangedItem as CheckpointDiffResponseChangedItem,
    )
    from .checkpoint_diff_response_from_checkpoint import (
        CheckpointDiffResponseFromCheckpoint as CheckpointDiffResponseFromCheckpoint,
    )
    from .checkpoint_diff_response_removed_item import (
        CheckpointDiffResponseRemovedItem as CheckpointDiffResponseRemovedItem,
    )
    from .checkpoint_diff_response_to_checkpoint import (
        CheckpointDiffResponseToCheckpoint as CheckpointDiffResponseToCheckpoint,
    )
    from .checkpoint_list_response import CheckpointListResponse as CheckpointListResponse
    from .checkpoint_list_response_checkpoints_item import (
        CheckpointListResponseCheckpointsItem as CheckpointListResponseCheckpointsItem,
    )
    from .checkpoint_list_response_sort_order import CheckpointListResponseSortOrder as CheckpointListResponseSortOrder
    from .credential_entry import CredentialEntry as CredentialEntry
    from .credential_entry_status import CredentialEntryStatus as CredentialEntryStatus
    from .credential_inventory import CredentialInventory as CredentialInventory
    from .credential_inventory_extra import CredentialInventoryExtra as CredentialInventoryExtra
    from .credential_inventory_providers import CredentialInventoryProviders as CredentialInventoryProviders
    from .credential_inventory_response import CredentialInventoryResponse as CredentialInventoryResponse
    from .credential_inventory_response_inventory import (
        CredentialInventoryResponseInventory as CredentialInventoryResponseInventory,
    )
    from .credential_inventory_service_tokens import (
        CredentialInventoryServiceTokens as CredentialInventoryServiceTokens,
    )
    from .environment_policy_list_response import EnvironmentPolicyListResponse as EnvironmentPolicyListResponse
    from .environment_policy_list_response_policies import (
        EnvironmentPolicyListResponsePolicies as EnvironmentPolicyListResponsePolicies,
    )
    from .environment_policy_list_response_policies_additional_property import (
        EnvironmentPolicyListResponsePoliciesAdditionalProperty as EnvironmentPolicyListResponsePoliciesAdditionalProperty,
    )
    from .environment_policy_preview_response import (
        EnvironmentPolicyPreviewResponse as EnvironmentPolicyPreviewResponse,
    )
    from .environment_policy_preview_response_diff import (
        EnvironmentPolicyPreviewResponseDiff as EnvironmentPolicyPreviewResponseDiff,
    )
    from .environment_policy_preview_response_diff_additional_property import (
        EnvironmentPolicyPreviewResponseDiffAdditionalProperty as EnvironmentPolicyPreviewResponseDiffAdditionalProperty,
    )
    from .environment_policy_request import EnvironmentPolicyRequest as EnvironmentPolicyRequest
    from .environment_policy_response import EnvironmentPolicyResponse as EnvironmentPolicyResponse
    from .environment_policy_response_policy_type_0 import (
        EnvironmentPolicyResponsePolicyType0 as EnvironmentPolicyResponsePolicyType0,
    )
    from .environment_policy_response_previous_policy_type_0 import (
        EnvironmentPolicyResponsePreviousPolicyType0 as EnvironmentPolicyResponsePreviousPolicyType0,
    )
    from .error_detail import ErrorDetail as ErrorDetail
    from .error_response import ErrorResponse as ErrorResponse
    from .get_trace_v1_runs_run_id_trace_get_sort_order import (
        GetTraceV1RunsRunIdTraceGetSortOrder as GetTraceV1RunsRunIdTraceGetSortOrder,
    )
    from .health_response import HealthResponse as HealthResponse
    from .health_response_metadata import HealthResponseMetadata as HealthResponseMetadata
    from .http_validation_error import HTTPValidationError as HTTPValidationError
    from .human_resume_request import HumanResumeRequest as HumanResumeRequest
    from .human_resume_request_decision import HumanResumeRequestDecision as HumanResumeRequestDecision
    from .human_resume_request_metadata import HumanResumeRequestMetadata as HumanResumeRequestMetadata
    from .human_resume_response import HumanResumeResponse as HumanResumeResponse
    from .human_resume_response_metadata import HumanResumeResponseMetadata as HumanResumeResponseMetadata
    from .human_task_list_response import HumanTaskListResponse as HumanTaskListResponse
    from .human_task_list_response_sort_order import HumanTaskListResponseSortOrder as HumanTaskListResponseSortOrder
    from .human_task_list_response_tasks_item import HumanTaskListResponseTasksItem as HumanTaskListResponseTasksItem
    from .human_task_response import HumanTaskResponse as HumanTaskResponse
    from .human_task_response_messages_type_0_item import (
        HumanTaskResponseMessagesType0Item as HumanTaskResponseMessagesType0Item,
    )
    from .human_task_response_request_type_0 import HumanTaskResponseRequestType0 as HumanTaskResponseRequestType0
    from .list_audit_events_v1_audit_events_get_sort_order import (
        ListAuditEventsV1AuditEventsGetSortOrder as ListAuditEventsV1AuditEventsGetSortOrder,
    )
    from .list_checkpoints_v1_runs_run_id_checkpoints_get_sort_order import (
        ListCheckpointsV1RunsRunIdCheckpointsGetSortOrder as ListCheckpointsV1RunsRunIdCheckpointsGetSortOrder,
    )
    from .list_human_tasks_v1_human_tasks_get_sort_order import (
        ListHumanTasksV1HumanTasksGetSortOrder as ListHumanTasksV1HumanTasksGetSortOrder,
    )
    from .list_human_tasks_v1_human_tasks_get_status_type_0 import (
        ListHumanTasksV1HumanTasksGetStatusType0 as ListHumanTasksV1HumanTasksGetStatusType0,
    )
    from .list_runs_v1_runs_get_sort_order import ListRunsV1RunsGetSortOrder as ListRunsV1RunsGetSortOrder
    from .list_skills_v1_skills_get_sort_order import ListSkillsV1SkillsGetSortOrder as ListSkillsV1SkillsGetSortOrder
    from .run_create_request import RunCreateRequest as RunCreateRequest
    from .run_create_request_metadata import RunCreateRequestMetadata as RunCreateRequestMetadata
    from .run_create_request_overrides import RunCreateRequestOverrides as RunCreateRequestOverrides
    from .run_create_request_spec_type_0 import RunCreateRequestSpecType0 as RunCreateRequestSpecType0
    from .run_create_request_target import RunCreateRequestTarget as RunCreateRequestTarget
    from .run_create_response import RunCreateResponse as RunCreateResponse
    from .run_create_response_metadata import RunCreateResponseMetadata as RunCreateResponseMetadata
    from .run_graph_response import RunGraphResponse as RunGraphResponse
    from .run_graph_response_edges_item import RunGraphResponseEdgesItem as RunGraphResponseEdgesItem
    from .run_graph_response_nodes_item import RunGraphResponseNodesItem as RunGraphResponseNodesItem
    from .run_list_response import RunListResponse as RunListResponse
    from .run_list_response_runs_item import RunListResponseRunsItem as RunListResponseRunsItem
    from .run_list_response_sort_order import RunListResponseSortOrder as RunListResponseSortOrder
    from .run_recovery_response import RunRecoveryResponse as RunRecoveryResponse
    from .run_recovery_response_error_type_0 import RunRecoveryResponseErrorType0 as RunRecoveryResponseErrorType0
    from .run_recovery_response_pending_human_request_type_0 import (
        RunRecoveryResponsePendingHumanRequestType0 as RunRecoveryResponsePendingHumanRequestType0,
    )
    from .run_recovery_response_replay_context import (
        RunRecoveryResponseReplayContext as RunRecoveryResponseReplayContext,
    )
    from .run_replay_response import RunReplayResponse as RunReplayResponse
    from .run_replay_response_replay_context import RunReplayResponseReplayContext as RunReplayResponseReplayContext
    from .run_replay_response_timeline_item import RunReplayResponseTimelineItem as RunReplayResponseTimelineItem
    from .run_status_response import RunStatusResponse as RunStatusResponse
    from .run_status_response_error_type_0 import RunStatusResponseErrorType0 as RunStatusResponseErrorType0
    from .run_status_response_metadata import RunStatusResponseMetadata as RunStatusResponseMetadata
    from .run_status_response_pending_human_request_type_0 import (
        RunStatusResponsePendingHumanRequestType0 as RunStatusResponsePendingHumanRequestType0,
    )
    from .run_usage import RunUsage as RunUsage
    from .skills_list_response import SkillsListResponse as SkillsListResponse
    from .skills_list_response_skills_item import SkillsListResponseSkillsItem as SkillsListResponseSkillsItem
    from .skills_list_response_sort_order import SkillsListResponseSortOrder as SkillsListResponseSortOrder
    from .skills_overlay import SkillsOverlay as SkillsOverlay
    from .spec_compile_request import SpecCompileRequest as SpecCompileRequest
    from .spec_compile_request_overrides import SpecCompileRequestOverrides as SpecCompileRequestOverrides
    from .spec_compile_request_spec_type_0 import SpecCompileRequestSpecType0 as SpecCompileRequestSpecType0
    from .spec_compile_response import SpecCompileResponse as SpecCompileResponse
    from .spec_compile_response_diagnostics_item import (
        SpecCompileResponseDiagnosticsItem as SpecCompileResponseDiagnosticsItem,
    )
    from .spec_compile_response_summary import SpecCompileResponseSummary as SpecCompileResponseSummary
    from .spec_explain_request import SpecExplainRequest as SpecExplainRequest
    from .spec_explain_request_overrides import SpecExplainRequestOverrides as SpecExplainRequestOverrides
    from .spec_explain_request_spec_type_0 import SpecExplainRequestSpecType0 as SpecExplainRequestSpecType0
    from .spec_explain_response import SpecExplainResponse as SpecExplainResponse
    from .spec_explain_response_summary import SpecExplainResponseSummary as SpecExplainResponseSummary
    from .spec_graph_request import SpecGraphRequest as SpecGraphRequest
    from .spec_graph_request_overrides import SpecGraphRequestOverrides as SpecGraphRequestOverrides
    from .spec_graph_request_spec_type_0 import SpecGraphRequestSpecType0 as SpecGraphRequestSpecType0
    from .spec_graph_response import SpecGraphResponse as SpecGraphResponse
    from .spec_graph_response_edges_item import SpecGraphResponseEdgesItem as SpecGraphResponseEdgesItem
    from .spec_graph_response_nodes_item import SpecGraphResponseNodesItem as SpecGraphResponseNodesItem
    from .spec_policy_report_request import SpecPolicyReportRequest as SpecPolicyReportRequest
    from .spec_policy_report_request_overrides import (
        SpecPolicyReportRequestOverrides as SpecPolicyReportRequestOverrides,
    )
    from .spec_policy_report_request_spec_type_0 import (
        SpecPolicyReportRequestSpecType0 as SpecPolicyReportRequestSpecType0,
    )
    from .spec_policy_report_response import SpecPolicyReportResponse as SpecPolicyReportResponse
    from .spec_policy_report_response_report import SpecPolicyReportResponseReport as SpecPolicyReportResponseReport
    from .spec_validate_request import SpecValidateRequest as SpecValidateRequest
    from .spec_validate_request_overrides import SpecValidateRequestOverrides as SpecValidateRequestOverrides
    from .spec_validate_request_spec_type_0 import SpecValidateRequestSpecType0 as SpecValidateRequestSpecType0
    from .spec_validate_response import SpecValidateResponse as SpecValidateResponse
    from .spec_validate_response_diagnostics_item import (
        SpecValidateResponseDiagnosticsItem as SpecValidateResponseDiagnosticsItem,
    )
    from .trace_response import TraceResponse as TraceResponse
    from .trace_response_events_item import TraceResponseEventsItem as TraceResponseEventsItem
    from .trace_response_sort_order import TraceResponseSortOrder as TraceResponseSortOrder
    from .validation_error import ValidationError as ValidationError
    from .validation_error_context import ValidationErrorContext as ValidationErrorContext

_MODULES = {
    "AuditEventListResponse": "audit_event_list_response",
    "AuditEventListResponseEventsItem": "audit_event_list_response_events_item",
    "AuditEventListResponseSortOrder": "audit_event_list_response_sort_order",
    "CheckpointDiffResponse": "checkpoint_diff_response",
    "CheckpointDiffResponseAddedItem": "checkpoint_diff_response_added_item",
    "CheckpointDiffResponseChangedItem": "checkpoint_diff_response_changed_item",
    "CheckpointDiffResponseFromCheckpoint": "checkpoint_diff_response_from_checkpoint",
    "CheckpointDiffResponseRemovedItem": "checkpoint_diff_response_removed_item",
    "CheckpointDiffResponseToCheckpoint": "checkpoint_diff_response_to_checkpoint",
    "CheckpointListResponse": "checkpoint_list_response",
    "CheckpointListResponseCheckpointsItem": "checkpoint_list_response_checkpoints_item",
    "CheckpointListResponseSortOrder": "checkpoint_list_response_sort_order",
    "CredentialEntry": "credential_entry",
    "CredentialEntryStatus": "credential_entry_status",
    "CredentialInventory": "credential_inventory",
    "CredentialInventoryExtra": "credential_inventory_extra",
    "CredentialInventoryProviders": "credential_inventory_providers",
    "CredentialInventoryResponse": "credential_inventory_response",
    "CredentialInventoryResponseInventory": "credential_inventory_response_inventory",
    "CredentialInventoryServiceTokens": "credential_inventory_service_tokens",
    "EnvironmentPolicyListResponse": "environment_policy_list_response",
    "EnvironmentPolicyListResponsePolicies": "environment_policy_list_response_policies",
    "EnvironmentPolicyListResponsePoliciesAdditionalProperty": "environment_policy_list_response_policies_additional_property",
    "EnvironmentPolicyPreviewResponse": "environment_policy_preview_response",
    "EnvironmentPolicyPreviewResponseDiff": "environment_policy_preview_response_diff",
    "EnvironmentPolicyPreviewResponseDiffAdditionalProperty": "environment_policy_preview_response_diff_additional_property",
    "EnvironmentPolicyRequest": "environment_policy_request",
    "EnvironmentPolicyResponse": "environment_policy_response",
    "EnvironmentPolicyResponsePolicyType0": "environment_policy_response_policy_type_0",
    "EnvironmentPolicyResponsePreviousPolicyType0": "environment_policy_response_previous_policy_type_0",
    "ErrorDetail": "error_detail",
    "ErrorResponse": "error_response",
    "GetTraceV1RunsRunIdTraceGetSortOrder": "get_trace_v1_runs_run_id_trace_get_sort_order",
    "HealthResponse": "health_response",
    "HealthResponseMetadata": "health_response_metadata",
    "HTTPValidationError": "http_validation_error",
    "HumanResumeRequest": "human_resume_request",
    "HumanResumeRequestDecision": "human_resume_request_decision",
    "HumanResumeRequestMetadata": "human_resume_request_metadata",
    "HumanResumeResponse": "human_resume_response",
    "HumanResumeResponseMetadata": "human_resume_response_metadata",
    "HumanTaskListResponse": "human_task_list_response",
    "HumanTaskListResponseSortOrder": "human_task_list_response_sort_order",
    "HumanTaskListResponseTasksItem": "human_task_list_response_tasks_item",
    "HumanTaskResponse": "human_task_response",
    "HumanTaskResponseMessagesType0Item": "human_task_response_messages_type_0_item",
    "HumanTaskResponseRequestType0": "human_task_response_request_type_0",
    "ListAuditEventsV1AuditEventsGetSortOrder": "list_audit_events_v1_audit_events_get_sort_order",
    "ListCheckpointsV1RunsRunIdCheckpointsGetSortOrder": "list_checkpoints_v1_runs_run_id_checkpoints_get_sort_order",
    "ListHumanTasksV1HumanTasksGetSortOrder": "list_human_tasks_v1_human_tasks_get_sort_order",
    "ListHumanTasksV1HumanTasksGetStatusType0": "list_human_tasks_v1_human_tasks_get_status_type_0",
    "ListRunsV1RunsGetSortOrder": "list_runs_v1_runs_get_sort_order",
    "ListSkillsV1SkillsGetSortOrder": "list_skills_v1_skills_get_sort_order",
    "RunCreateRequest": "run_create_request",
    "RunCreateRequestMetadata": "run_create_request_metadata",
    "RunCreateRequestOverrides": "run_create_request_overrides",
    "RunCreateRequestSpecType0": "run_create_request_spec_type_0",
    "RunCreateRequestTarget": "run_create_request_target",
    "RunCreateResponse": "run_create_response",
    "RunCreateResponseMetadata": "run_create_response_metadata",
    "RunGraphResponse": "run_graph_response",
    "RunGraphResponseEdgesItem": "run_graph_response_edges_item",
    "RunGraphResponseNodesItem": "run_graph_response_nodes_item",
    "RunListResponse": "run_list_response",
    "RunListResponseRunsItem": "run_list_response_runs_item",
    "RunListResponseSortOrder": "run_list_response_sort_order",
    "RunRecoveryResponse": "run_recovery_response",
    "RunRecoveryResponseErrorType0": "run_recovery_response_error_type_0",
    "RunRecoveryResponsePendingHumanRequestType0": "run_recovery_response_pending_human_request_type_0",
    "RunRecoveryResponseReplayContext": "run_recovery_response_replay_context",
    "RunReplayResponse": "run_replay_response",
    "RunReplayResponseReplayContext": "run_replay_response_replay_context",
    "RunReplayResponseTimelineItem": "run_replay_response_timeline_item",
    "RunStatusResponse": "run_status_response",
    "RunStatusResponseErrorType0": "run_status_response_error_type_0",
    "RunStatusResponseMetadata": "run_status_response_metadata",
    "RunStatusResponsePendingHumanRequestType0": "run_status_response_pending_human_request_type_0",
    "RunUsage": "run_usage",
    "SkillsListResponse": "skills_list_response",
    "SkillsListResponseSkillsItem": "skills_list_response_skills_item",
    "SkillsListResponseSortOrder": "skills_list_response_sort_order",
    "SkillsOverlay": "skills_overlay",
    "SpecCompileRequest": "spec_compile_request",
    "SpecCompileRequestOverrides": "spec_compile_request_overrides",
    "SpecCompileRequestSpecType0": "spec_compile_request_spec_type_0",
    "SpecCompileResponse": "spec_compile_response",
    "SpecCompileResponseDiagnosticsItem": "spec_compile_response_diagnostics_item",
    "SpecCompileResponseSummary": "spec_compile_response_summary",
    "SpecExplainRequest": "spec_explain_request",
    "SpecExplainRequestOverrides": "spec_explain_request_overrides",
    "SpecExplainRequestSpecType0": "spec_explain_request_spec_type_0",
    "SpecExplainResponse": "spec_explain_response",
    "SpecExplainResponseSummary": "spec_explain_response_summary",
    "SpecGraphRequest": "spec_graph_request",
    "SpecGraphRequestOverrides": "spec_graph_request_overrides",
    "SpecGraphRequestSpecType0": "spec_graph_request_spec_type_0",
    "SpecGraphResponse": "spec_graph_response",
    "SpecGraphResponseEdgesItem": "spec_graph_response_edges_item",
    "SpecGraphResponseNodesItem": "spec_graph_response_nodes_item",
    "SpecPolicyReportRequest": "spec_policy_report_request",
    "SpecPolicyReportRequestOverrides": "spec_policy_report_request_overrides",
    "SpecPolicyReportRequestSpecType0": "spec_policy_report_request_spec_type_0",
    "SpecPolicyReportResponse": "spec_policy_report_response",
    "SpecPolicyReportResponseReport": "spec_policy_report_response_report",
    "SpecValidateRequest": "spec_validate_request",
    "SpecValidateRequestOverrides": "spec_validate_request_overrides",
    "SpecValidateRequestSpecType0": "spec_validate_request_spec_type_0",
    "SpecValidateResponse": "spec_validate_response",
    "SpecValidateResponseDiagnosticsItem": "spec_validate_response_diagnostics_item",
    "TraceResponse": "trace_response",
    "TraceResponseEventsItem": "trace_response_events_item",
    "TraceResponseSortOrder": "trace_response_sort_order",
    "ValidationError": "validation_error",
    "ValidationErrorContext": "validation_error_context",
}

__all__ = [
    "AuditEventListResponse",
    "AuditEventListResponseEventsItem",
    "AuditEventListResponseSortOrder",
    "CheckpointDiffResponse",
    "CheckpointDiffResponseAddedItem",
    "CheckpointDiffResponseChangedItem",
    "CheckpointDiffResponseFromCheckpoint",
    "CheckpointDiffResponseRemovedItem",
    "CheckpointDiffResponseToCheckpoint",
    "CheckpointListResponse",
    "CheckpointListResponseCheckpointsItem",
    "CheckpointListResponseSortOrder",
    "CredentialEntry",
    "CredentialEntryStatus",
    "CredentialInventory",
    "CredentialInventoryExtra",
    "CredentialInventoryProviders",
    "CredentialInventoryResponse",
    "CredentialInventoryResponseInventory",
    "CredentialInventoryServiceTokens",
    "EnvironmentPolicyListResponse",
    "EnvironmentPolicyListResponsePolicies",
    "EnvironmentPolicyListResponsePoliciesAdditionalProperty",
    "EnvironmentPolicyPreviewResponse",
    "EnvironmentPolicyPreviewResponseDiff",
    "EnvironmentPolicyPreviewResponseDiffAdditionalProperty",
    "EnvironmentPolicyRequest",
    "EnvironmentPolicyResponse",
    "EnvironmentPolicyResponsePolicyType0",
    "EnvironmentPolicyResponsePreviousPolicyType0",
    "ErrorDetail",
    "ErrorResponse",
    "GetTraceV1RunsRunIdTraceGetSortOrder",
    "HealthResponse",
    "HealthResponseMetadata",
    "HTTPValidationError",
    "HumanResumeRequest",
    "HumanResumeRequestDecision",
    "HumanResumeRequestMetadata",
    "HumanResumeResponse",
    "HumanResumeResponseMetadata",
    "HumanTaskListResponse",
    "HumanTaskListResponseSortOrder",
    "HumanTaskListResponseTasksItem",
    "HumanTaskResponse",
    "HumanTaskResponseMessagesType0Item",
    "HumanTaskResponseRequestType0",
    "ListAuditEventsV1AuditEventsGetSortOrder",
    "ListCheckpointsV1RunsRunIdCheckpointsGetSortOrder",
    "ListHumanTasksV1HumanTasksGetSortOrder",
    "ListHumanTasksV1HumanTasksGetStatusType0",
    "ListRunsV1RunsGetSortOrder",
    "ListSkillsV1SkillsGetSortOrder",
    "RunCreateRequest",
    "RunCreateRequestMetadata",
    "RunCreateRequestOverrides",
    "RunCreateRequestSpecType0",
    "RunCreateRequestTarget",
    "RunCreateResponse",
    "RunCreateResponseMetadata",
    "RunGraphResponse",
    "RunGraphResponseEdgesItem",
    "RunGraphResponseNodesItem",
    "RunListResponse",
    "RunListResponseRunsItem",
    "RunListResponseSortOrder",
    "RunRecoveryResponse",
    "RunRecoveryResponseErrorType0",
    "RunRecoveryResponsePendingHumanRequestType0",
    "RunRecoveryResponseReplayContext",
    "RunReplayResponse",
    "RunReplayResponseReplayContext",
    "RunReplayResponseTimelineItem",
    "RunStatusResponse",
    "RunStatusResponseErrorType0",
    "RunStatusResponseMetadata",
    "RunStatusResponsePendingHumanRequestType0",
    "RunUsage",
    "SkillsListResponse",
    "SkillsListResponseSkillsItem",
    "SkillsListResponseSortOrder",
    "SkillsOverlay",
    "SpecCompileRequest",
    "SpecCompileRequestOverrides",
    "SpecCompileRequestSpecType0",
    "SpecCompileResponse",
    "SpecCompileResponseDiagnosticsItem",
    "SpecCompileResponseSummary",
    "SpecExplainRequest",
    "SpecExplainRequestOverrides",
    "SpecExplainRequestSpecType0",
    "SpecExplainResponse",
    "SpecExplainResponseSummary",
    "SpecGraphRequest",
    "SpecGraphRequestOverrides",
    "SpecGraphRequestSpecType0",
    "SpecGraphResponse",
    "SpecGraphResponseEdgesItem",
    "SpecGraphResponseNodesItem",
    "SpecPolicyReportRequest",
    "SpecPolicyReportRequestOverrides",
    "SpecPolicyReportRequestSpecType0",
    "SpecPolicyReportResponse",
    "SpecPolicyReportResponseReport",
    "SpecValidateRequest",
    "SpecValidateRequestOverrides",
    "SpecValidateRequestSpecType0",
    "SpecValidateResponse",
    "SpecValidateResponseDiagnosticsItem",
    "TraceResponse",
    "TraceResponseEventsItem",
    "TraceResponseSortOrder",
    "ValidationError",
    "ValidationErrorContext",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_MODULES[name]}"), name)
    globals()[name] = value
    return value
