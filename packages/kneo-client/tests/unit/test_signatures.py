"""Every public class, function and constant of the API reference, with its exact signature and defaults."""

import dataclasses
import importlib
import inspect
from typing import Any

import pytest

RETRY = "retry_policy: RetryPolicy | None = None"
OWN = "http_client: httpx.AsyncClient | Literal[httpx] | None = None"
POOL = "max_connections: int = 100"
FILTERS = (
    "workflow_kind: str | None = None, workflow_name: str | None = None, session_id: str | None = None,"
    " has_error: bool | None = None, created_after: str | None = None, created_before: str | None = None,"
    " q: str | None = None"
)
CALLER = f"self, profile: Profile, *, {RETRY}"
KEY = "idempotency_key: str | None = None"
REQUEST = (
    "self, method: str, path: str, *, json: Any = None, params: Mapping[str, Any] | None = None,"
    f" headers: Mapping[str, str] | None = None, {KEY}, request_id: str | None = None, {RETRY}"
)
WINDOW = "limit: int = 100, offset: int = 0"
WAIT = "timeout: float | None = None, poll_interval: float = 1.0, terminal_statuses: Iterable[str] | None = None"
LOAD = (
    "name: str | None = None, *, config_file: Path | None = None, url: str | None = None, api_key: str | None = None,"
    " auth_scheme: AuthScheme | str | None = None, timeout: float | None = None"
)
FETCH = "fetch_page: Callable[[int, int], Awaitable[Paged[T]]] | AsyncIterable[Paged[T]]"


def resolve(path: str) -> Any:
    module, _, name = path.partition(":")
    found: Any = importlib.import_module(f"kneo_client.{module}" if module else "kneo_client")
    for part in name.split("."):
        found = getattr(found, part)
    return found


def signature(path: str) -> str:
    return str(inspect.signature(resolve(path))).translate({ord("'"): None, ord('"'): None})


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        pytest.param(
            ":KneoClient.__init__",
            f"({CALLER}, {OWN}, {POOL}) -> None",
            marks=pytest.mark.promise("kneo.client.init-signature"),
        ),
        pytest.param(
            ":KneoClient.from_profile",
            f"(name: str | None = None, *, {RETRY}, {OWN}, {POOL}, **overrides: Any) -> KneoClient",
            marks=pytest.mark.promise("kneo.client.from-profile-signature"),
        ),
        (":KneoClient.aclose", "(self) -> None"),
        pytest.param(
            "core.transport:Transport.__init__",
            f"(self, profile: Profile, *, {OWN}, {RETRY}, {POOL}) -> None",
            marks=pytest.mark.promise("kneo.transport.init-signature"),
        ),
        pytest.param(
            "core.transport:Transport.request",
            f"({REQUEST}) -> httpx.Response",
            marks=pytest.mark.promise("kneo.transport.request-signature"),
        ),
        ("core.transport:Transport.aclose", "(self) -> None"),
        pytest.param(
            "core.transport:SyncTransport.__init__",
            f"({CALLER}) -> None",
            marks=pytest.mark.promise("kneo.sync.init-signature"),
        ),
        pytest.param(
            "core.transport:SyncTransport.request",
            f"({REQUEST}) -> httpx.Response",
            marks=pytest.mark.promise("kneo.sync.request-signature"),
        ),
        pytest.param(
            "core.transport:SyncTransport.close", "(self) -> None", marks=pytest.mark.promise("kneo.sync.lifecycle")
        ),
        pytest.param(
            "core.profiles:load_profile",
            f"({LOAD}) -> Profile",
            marks=pytest.mark.promise("kneo.profiles.load-profile-signature"),
        ),
        ("core.profiles:default_config_path", "() -> Path"),
        pytest.param(
            "core.auth:ApiKeyAuth.__init__",
            "(self, api_key: str, scheme: AuthScheme = <AuthScheme.BEARER: bearer>) -> None",
            marks=pytest.mark.promise("kneo.auth.init-signature"),
        ),
        pytest.param(
            "core.auth:ApiKeyAuth.auth_flow",
            "(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]",
            marks=pytest.mark.promise("kneo.auth.flow-signature"),
        ),
        pytest.param(
            "core.retries:RetryPolicy.delay_for",
            "(self, attempt: int, retry_after: float | None = None) -> float",
            marks=pytest.mark.promise("kneo.retries.delay-for-signature"),
        ),
        ("core.idempotency:new_idempotency_key", "() -> str"),
        ("core.idempotency:validate_idempotency_key", "(key: str) -> None"),
        pytest.param(
            "core.pagination:iterate_all",
            f"({FETCH}, *, page_size: int = 100, start_offset: int = 0) -> AsyncIterator[T]",
            marks=pytest.mark.promise("kneo.pagination.iterate-all-signature"),
        ),
        ("core.request_id:generate_request_id", "() -> str"),
        pytest.param(
            "core.logging:get_logger",
            "(name: str = kneo_client) -> logging.Logger",
            marks=pytest.mark.promise("kneo.logging.get-logger-default"),
        ),
        ("core.logging:redact_headers", "(headers: Mapping[str, str]) -> dict[str, str]"),
        pytest.param(
            "core.errors:from_response",
            "(response: httpx.Response | Response, *, idempotency_key: str | None = None) -> KneoError",
            marks=pytest.mark.promise("kneo.errors.from-response"),
        ),
        ("platform:PlatformClient.__init__", "(self, transport: Connection[D]) -> None"),
        ("platform:HealthClient.healthz", "(self) -> HealthResponse"),
        ("platform:HealthClient.livez", "(self) -> HealthResponse"),
        ("platform:HealthClient.readyz", "(self) -> HealthResponse"),
        (
            "platform:RunsClient.create",
            f"(self, body: RunCreateRequest | RunCreateBody | dict[str, Any], *, {KEY}) -> RunCreateResponse",
        ),
        (
            "platform:RunsClient.list",
            f"(self, *, status: RunStatus | None = None, {WINDOW}, sort_by: str = updated_at,"
            f" sort_order: SortOrder = desc, {FILTERS}) -> RunListResponse",
        ),
        ("platform:RunsClient.get", "(self, run_id: str) -> RunStatusResponse"),
        ("platform:RunsClient.cancel", f"(self, run_id: str, *, {KEY}) -> RunStatusResponse"),
        ("platform:RunsClient.continue_", f"(self, run_id: str, *, {KEY}) -> RunCreateResponse"),
        ("platform:RunsClient.replay", "(self, run_id: str) -> RunReplayResponse"),
        (
            "platform:RunsClient.trace",
            f"(self, run_id: str, *, event_type: str | None = None, {WINDOW}, sort_by: str = timestamp,"
            " sort_order: SortOrder = asc) -> TraceResponse",
        ),
        (
            "platform:RunsClient.checkpoints",
            f"(self, run_id: str, *, {WINDOW}, sort_by: str = sequence, sort_order: SortOrder = asc,"
            " type: str | None = None) -> CheckpointListResponse",
        ),
        (
            "platform:RunsClient.checkpoints_diff",
            "(self, run_id: str, *, from_sequence: int | None = None, to_sequence: int | None = None)"
            " -> CheckpointDiffResponse",
        ),
        ("platform:RunsClient.policy_report", "(self, run_id: str) -> SpecPolicyReportResponse"),
        ("platform:RunsClient.recovery", "(self, run_id: str) -> RunRecoveryResponse"),
        pytest.param(
            "platform:RunsClient.wait_for_completion",
            f"(self, run_id: str, *, {WAIT}) -> RunStatusResponse",
            marks=pytest.mark.promise("kneo.platform.runs.wait-signature"),
        ),
        (
            "platform:HumanTasksClient.list",
            f"(self, *, status: TaskStatus | None = None, {WINDOW}, sort_by: str = created_at,"
            " sort_order: SortOrder = desc, run_id: str | None = None, workflow_kind: str | None = None)"
            " -> HumanTaskListResponse",
        ),
        ("platform:HumanTasksClient.get", "(self, continuation_id: str) -> HumanTaskResponse"),
        (
            "platform:HumanTasksClient.resume",
            f"(self, continuation_id: str, body: HumanResumeRequest | HumanResumeBody | dict[str, Any], *, {KEY})"
            " -> HumanResumeResponse",
        ),
        pytest.param(
            "platform:AuditClient.list",
            "(self, *, event_type: str | None = None, run_id: str | None = None, principal: str | None = None,"
            f" {WINDOW}, sort_by: str = timestamp, sort_order: SortOrder = desc) -> AuditEventListResponse",
            marks=pytest.mark.promise("kneo.platform.audit.filters"),
        ),
        (
            "platform:CredentialsClient.list",
            "(self, *, providers: Sequence[str] | None = None, extras: Sequence[str] | None = None,"
            " include_service_tokens: bool = True) -> CredentialInventoryResponse",
        ),
        ("platform:PoliciesClient.environment_list", "(self) -> EnvironmentPolicyListResponse"),
        ("platform:PoliciesClient.environment_get", "(self, environment: str) -> EnvironmentPolicyResponse"),
        (
            "platform:PoliciesClient.environment_put",
            "(self, environment: str, body: EnvironmentPolicyRequest | EnvironmentPolicyBody | dict[str, Any])"
            " -> EnvironmentPolicyResponse",
        ),
        *[
            (
                f"agent:SpecsClient.{name}",
                f"(self, body: {body}Request | {body}Body | dict[str, Any], *, {KEY}) -> {answer}Response",
            )
            for name, body, answer in [
                ("validate", "SpecValidate", "SpecValidate"),
                ("compile", "SpecCompile", "SpecCompile"),
                ("explain", "SpecExplain", "SpecExplain"),
                ("policy_report", "SpecPolicyReport", "SpecPolicyReport"),
                ("run", "RunCreate", "RunCreate"),
            ]
        ],
    ],
)
def test_signature(path: str, expected: str) -> None:
    assert signature(path) == expected


@pytest.mark.promise("kneo.client.methods-are-coroutines", "kneo.platform.runs.twelve-endpoints")
@pytest.mark.parametrize(
    ("path", "names"),
    [
        (":KneoClient", {"aclose"}),
        ("core.transport:Transport", {"request", "aclose"}),
        ("platform:HealthClient", {"healthz", "livez", "readyz"}),
        (
            "platform:RunsClient",
            {"create", "list", "get", "cancel", "continue_", "replay", "trace", "checkpoints", "checkpoints_diff"}
            | {"policy_report", "recovery", "wait_for_completion"},
        ),
        ("platform:HumanTasksClient", {"list", "get", "resume"}),
        ("platform:AuditClient", {"list"}),
        ("platform:CredentialsClient", {"list"}),
        ("platform:PoliciesClient", {"environment_list", "environment_get", "environment_put"}),
        ("agent:SpecsClient", {"validate", "compile", "explain", "policy_report", "run"}),
    ],
)
def test_documented_methods_are_coroutine_functions(path: str, names: set[str]) -> None:
    documented = {name: getattr(resolve(path), name) for name in names}
    assert {name for name, method in documented.items() if inspect.iscoroutinefunction(method)} == names


@pytest.mark.promise("kneo.pagination.uniform-keywords", "kneo.pagination.no-list-all")
def test_list_methods_share_their_keywords_and_none_walks_by_itself() -> None:
    clients = [resolve(f"platform:{name}") for name in ("RunsClient", "HumanTasksClient", "AuditClient")]
    runs = clients[0]
    for method in [*(client.list for client in clients), runs.trace, runs.checkpoints]:
        parameters = inspect.signature(method).parameters
        assert [name for name in ("limit", "offset", "sort_by", "sort_order") if name in parameters] == [
            "limit",
            "offset",
            "sort_by",
            "sort_order",
        ]
        assert all(parameters[name].kind is inspect.Parameter.KEYWORD_ONLY for name in ("limit", "offset", "sort_by"))
    assert not [name for client in clients for name in dir(client) if "list_all" in name or "iter" in name]


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        pytest.param(
            "core.profiles:Profile",
            {"name": ..., "url": ..., "api_key": ..., "auth_scheme": "bearer", "timeout": 30.0},
            marks=pytest.mark.promise(
                "kneo.profiles.frozen-dataclass", "kneo.profiles.default-auth-scheme", "kneo.profiles.default-timeout"
            ),
        ),
        pytest.param(
            "core.retries:RetryPolicy",
            {"max_attempts": 3, "base_delay": 0.2, "max_delay": 30.0, "jitter": 0.1},
            marks=pytest.mark.promise("kneo.retries.policy-frozen", "kneo.retries.default-policy"),
        ),
        pytest.param(
            "core.pagination:PaginatedResult",
            {"items": ..., "total": ..., "limit": ..., "offset": ..., "sort_by": None, "sort_order": None},
            marks=pytest.mark.promise("kneo.pagination.result-frozen-generic"),
        ),
    ],
)
def test_frozen_dataclass_with_these_fields_in_this_order(path: str, fields: dict[str, object]) -> None:
    cls = resolve(path)
    required = dataclasses.MISSING
    declared = {field.name: ... if field.default is required else field.default for field in dataclasses.fields(cls)}
    assert list(declared.items()) == list(fields.items())
    assert cls.__dataclass_params__.frozen


@pytest.mark.parametrize(
    ("path", "value"),
    [
        pytest.param(
            "core.profiles:DEFAULT_PROFILE_NAME",
            "default",
            marks=pytest.mark.promise("kneo.profiles.constant-default-profile-name"),
        ),
        pytest.param(
            "core.profiles:DEFAULT_TIMEOUT_SECONDS",
            30.0,
            marks=pytest.mark.promise("kneo.profiles.constant-default-timeout-seconds"),
        ),
        ("core.profiles:ENV_PROFILE", "KNEO_PROFILE"),
        pytest.param("core.profiles:ENV_URL", "KNEO_URL", marks=pytest.mark.promise("kneo.profiles.constants-env")),
        ("core.profiles:ENV_API_KEY", "KNEO_API_KEY"),
        ("core.profiles:ENV_AUTH_SCHEME", "KNEO_AUTH_SCHEME"),
        ("core.profiles:ENV_TIMEOUT", "KNEO_TIMEOUT"),
        pytest.param(
            "core.retries:RETRYABLE_STATUS_CODES",
            frozenset({429, 502, 503, 504}),
            marks=pytest.mark.promise("kneo.retries.retryable-statuses"),
        ),
        pytest.param(
            "core.idempotency:IDEMPOTENCY_KEY_HEADER",
            "Idempotency-Key",
            marks=pytest.mark.promise("kneo.idempotency.header-constant"),
        ),
        pytest.param(
            "core.idempotency:MAX_KEY_LENGTH", 256, marks=pytest.mark.promise("kneo.idempotency.max-key-length")
        ),
        pytest.param(
            "core.pagination:DEFAULT_PAGE_SIZE", 100, marks=pytest.mark.promise("kneo.pagination.default-page-size")
        ),
        pytest.param("core.pagination:MAX_PAGE_SIZE", 1000, marks=pytest.mark.promise("kneo.pagination.max-page-size")),
        pytest.param(
            "core.request_id:REQUEST_ID_HEADER",
            "X-Request-ID",
            marks=pytest.mark.promise("kneo.request-id.header-constant"),
        ),
        pytest.param(
            "core.logging:REDACTED", "<redacted>", marks=pytest.mark.promise("kneo.logging.redacted-constant")
        ),
        pytest.param(
            "platform.runs:DEFAULT_TERMINAL_STATUSES",
            frozenset({"completed", "failed", "cancelled", "timed_out", "expired"}),
            marks=pytest.mark.promise("kneo.platform.runs.default-terminal-statuses"),
        ),
    ],
)
def test_constant(path: str, value: object) -> None:
    found = resolve(path)
    assert found == value
    assert type(found) is type(value)
