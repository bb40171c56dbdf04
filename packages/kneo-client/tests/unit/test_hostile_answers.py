"""What other clients got wrong about answers (5, 6, 7, 8, 9, 20, 29): no matter what comes, the error is typed."""

import socket
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import anyio
import pytest
from sdk_engine.errors import Outcome

from kneo_client import KneoClient, types
from kneo_client.core.errors import KneoError, KneoNetworkError, KneoProtocolError, KneoServerError
from kneo_client.core.profiles import Profile
from kneo_client.core.retries import RetryPolicy

ONCE = RetryPolicy(max_attempts=1)
RUN = {"run_id": "r1", "status": "running"}
PAGE = {"runs": [{"id": "r1", "status": "failed"}], "count": 1}


@pytest.mark.promise("kneo.weakness.05")
@pytest.mark.parametrize(
    ("status", "body", "message"),
    [
        (
            404,
            {"detail": {"error": "not_found", "message": "Unknown run_id: r1"}},
            "HTTP 404 not_found: Unknown run_id: r1",
        ),
        (
            404,
            {"detail": {"error": "KeyError", "message": "'Unknown run_id: r1'"}},
            "HTTP 404 KeyError: 'Unknown run_id: r1'",
        ),
        (405, {"detail": "Method Not Allowed"}, "HTTP 405: Method Not Allowed"),
        (
            422,
            {"detail": [{"loc": ["body", "input"], "msg": "Field required"}]},
            "HTTP 422: body.input: Field required",
        ),
    ],
)
async def test_message_says_what_the_platform_said(scripted: Any, status: int, body: Any, message: str) -> None:
    client, _ = scripted((status, body))
    with pytest.raises(KneoError) as caught:
        await client.platform.runs.get("r1")
    assert str(caught.value) == f"GET {client.profile.url}/v1/runs/r1: {message}"


@pytest.mark.promise("kneo.weakness.05")
@pytest.mark.parametrize("body", ["<html>" + "x" * 200_000, {"detail": {"error": "e", "message": "x" * 200_000}}])
async def test_message_and_body_stay_small(scripted: Any, body: Any) -> None:
    client, _ = scripted((500, body))
    with pytest.raises(KneoServerError) as caught:
        await client.platform.runs.get("r1")
    assert "/v1/runs/r1: HTTP 500" in str(caught.value)
    assert len(str(caught.value)) < 400
    assert len(str(caught.value.body)) <= 4096


def never_answers(connection: socket.socket) -> None:
    with suppress(OSError):
        connection.recv(1)


@pytest.mark.promise("kneo.weakness.06")
async def test_error_of_a_timeout_says_what_happened(serve: Any) -> None:
    platform = serve(never_answers)
    async with KneoClient(Profile("x", platform.url, "k", timeout=0.2), retry_policy=ONCE) as client:
        with pytest.raises(
            KneoNetworkError, match=r"^POST http://\S+/v1/runs: no complete answer within 0\.2 s$"
        ) as caught:
            await client.platform.runs.create({"input": "x"})
    assert caught.value.outcome is Outcome.UNKNOWN
    assert caught.value.idempotency_key


@pytest.mark.promise("kneo.weakness.07")
@pytest.mark.parametrize(
    ("answer", "error"),
    [
        ("", KneoProtocolError),
        ((204, ""), KneoProtocolError),
        ("<html>a proxy's page</html>", KneoProtocolError),
        ('{"run_id": "r1", "sta', KneoProtocolError),
        (b"\xff\xfe{}", KneoProtocolError),
        ((302, "", {"Location": "https://login.example.com"}), KneoError),
        ((304, ""), KneoError),
        ((307, RUN, {"Location": "/v1/runs"}), KneoError),
    ],
)
async def test_answer_without_json_is_a_typed_error_with_the_key(scripted: Any, answer: Any, error: type) -> None:
    client, wire = scripted(answer)
    with pytest.raises(KneoError) as caught:
        await client.platform.runs.create({"input": "x"})
    assert type(caught.value) is error
    assert caught.value.idempotency_key == wire.requests[0].headers["Idempotency-Key"]
    assert caught.value.request_id == wire.requests[0].headers["X-Request-ID"]


WRONG_SHAPES: list[Any] = ["null", [], {}, '"x"', "5", "true", "NaN", "[" * 100_000, '{"a":' * 100_000, "9" * 6000]


@pytest.mark.promise("kneo.weakness.08")
@pytest.mark.parametrize(
    ("method", "answer"),
    [
        *[("get", shape) for shape in WRONG_SHAPES],
        *[("policy_report", shape) for shape in WRONG_SHAPES if shape != {}],
        ("get", {"run_id": "r1"}),
        ("get", {**RUN, "metadata": None}),
        ("get", {**RUN, "metadata": [1]}),
        ("get", {**RUN, "visited_steps": "one"}),
        ("get", {**RUN, "error": "text"}),
        ("list", {"runs": [5], "count": 1}),
        ("list", {"runs": None, "count": 0}),
        ("list", {"count": 1}),
    ],
)
async def test_wrong_shape_is_a_protocol_error(scripted: Any, method: str, answer: Any) -> None:
    client, _ = scripted(answer)
    runs = client.platform.runs
    with pytest.raises(KneoProtocolError, match="is not usable: ") as caught:
        await (runs.list() if method == "list" else getattr(runs, method)("r1"))
    assert (caught.value.status, caught.value.outcome) == (200, Outcome.UNKNOWN)
    assert len(str(caught.value)) < 400


@pytest.mark.promise("kneo.weakness.08")
async def test_unknown_sort_order_is_a_value_like_any_other(scripted: Any) -> None:
    client, _ = scripted({**PAGE, "sort_order": "sideways"})
    assert (await client.platform.runs.list()).sort_order == "sideways"


@pytest.mark.promise("kneo.weakness.09")
@pytest.mark.parametrize(
    ("fields", "place"),
    [
        ({"run_id": 5}, "run_id"),
        ({"status": None}, "status"),
        ({"status": ["running"]}, "status"),
        ({"trace_event_count": "7"}, "trace_event_count"),
        ({"trace_event_count": 1.5}, "trace_event_count"),
        ({"output_text": {"text": "x"}}, "output_text"),
    ],
)
async def test_wrong_scalar_type_is_noticed_and_named(scripted: Any, fields: dict[str, Any], place: str) -> None:
    client, _ = scripted({**RUN, **fields})
    with pytest.raises(KneoProtocolError, match=rf"\$\.{place}"):
        await client.platform.runs.get("r1")


def drips(head: bytes) -> Callable[[socket.socket], None]:
    def drip(connection: socket.socket) -> None:
        with suppress(OSError):
            connection.sendall(head)
            while True:
                time.sleep(0.02)  # the server's pace; the client's limit is what is tested
                connection.sendall(b" ")

    return drip


@pytest.mark.promise("kneo.weakness.20")
@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@pytest.mark.parametrize("head", [b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", b"HTTP/1.1 200 OK\r\nX: "])
def test_dripping_answer_ends_with_the_timeout(serve: Any, head: bytes, backend: str) -> None:
    async def call() -> None:
        profile = Profile("x", serve(drips(head)).url, "k", timeout=0.3)
        async with KneoClient(profile, retry_policy=ONCE) as client:
            with pytest.raises(KneoNetworkError, match=r"within 0\.3 s"):
                await client.platform.health.healthz()

    started = time.monotonic()
    anyio.run(call, backend=backend)
    assert 0.25 < time.monotonic() - started < 60  # of the eternity that the answer takes


REQUEST = {"id": "q1", "type": "approval", "options": ["yes", "no"]}


@pytest.mark.promise("kneo.weakness.29")
@pytest.mark.parametrize(
    ("method", "items", "item_type", "item"),
    [
        ("runs.list", "runs", types.RunListResponseRunsItem, {"id": "r1", "status": "failed", "metadata": {"a": 1}}),
        ("runs.trace", "events", types.TraceResponseEventsItem, {"type": "tool", "event_id": "e1", "step_id": None}),
        ("runs.checkpoints", "checkpoints", types.CheckpointListResponseCheckpointsItem, {"sequence": 7, "state": {}}),
        (
            "human_tasks.list",
            "tasks",
            types.HumanTaskListResponseTasksItem,
            {"id": "c1", "pending_human_request": REQUEST},
        ),
        ("audit.list", "events", types.AuditEventListResponseEventsItem, {"id": "a1", "event_type": "run.created"}),
    ],
)
async def test_items_of_lists_are_typed(
    scripted: Any, method: str, items: str, item_type: type, item: dict[str, Any]
) -> None:
    sent = {**item, "new_in_a_later_platform": 1}
    client, _ = scripted({"run_id": "r1", "count": 2, items: [sent, sent]})
    adapter, _, name = method.partition(".")
    arguments = ["r1"] if name in ("trace", "checkpoints") else []
    page = await getattr(getattr(client.platform, adapter), name)(*arguments)
    assert len(getattr(page, items)) == 2
    for each in getattr(page, items):
        assert type(each) is item_type
        assert {field: getattr(each, field) for field in item} == item
        assert {field: each[field] for field in sent} == {field: each.get(field) for field in sent} == sent
        assert each.additional_properties == each.to_dict() == sent
