"""Typed results, batches and streams."""

import json
import threading
from collections.abc import AsyncIterator, Callable
from typing import Any

import anyio
import pytest
from pydantic import ValidationError
from sdk_engine.testing import FakeAsyncWire

from kaizen_client import (
    KaizenAPIError,
    KaizenClient,
    KaizenInvalidRequestError,
    PromptEncodePayload,
    SyncKaizenClient,
    batch,
)
from kaizen_client.ktof import KtofDecodeError
from kaizen_client.local import local_client, sync_local_client
from kaizen_client.results import (
    CompressResponse,
    DecompressResponse,
    HealthResponse,
    KaizenResult,
    OptimizedValueResponse,
    OptimizeResponse,
    PromptDecodeResponse,
    PromptEncodeResponse,
)

from .conftest import answer

Scripted = Callable[..., Any]

DOCUMENTED = {
    "operation": "prompts.encode",
    "status": "ok",
    "result": "a: 1",
    "stats": {"original_bytes": 200, "compressed_bytes": 50, "reduction_ratio": 0.25},
    "token_stats": {"m": {"original": 40, "compressed": 10}},
    "metadata": {"trace_id": "t"},
}
BACKEND = {
    "operation": "prompts_encode",
    "status": "success",
    "result": "a: 1",
    "stats": {"original_length": 200, "optimized_length": 50, "reduction": 150, "reduction_ratio": 0.75},
    "token_stats": {"raw": {"m": {"tokens": 40, "bytes": 200}}, "optimized": {"m": {"tokens": 10, "bytes": 50}}},
    "meta": {"client_metadata": {"trace_id": "t"}, "auto_detected_json": True},
}


@pytest.mark.promise("kaizen.results.both-dialects")
@pytest.mark.parametrize("body", [DOCUMENTED, BACKEND], ids=["documented", "backend"])
async def test_typed_results_read_both_dialects(body: dict[str, Any], scripted: Scripted) -> None:
    client, wire = scripted(answer(body))
    result = await client.typed.prompts_encode({"prompt": 1})
    assert isinstance(result, PromptEncodeResponse)
    assert (result.ok, result.value, result.saved) == (True, "a: 1", 0.75)
    assert (result.original_size, result.compressed_size) == (200, 50)
    assert (result.tokens("m"), result.tokens("other"), result.token_models) == ((40, 10), None, ["m"])
    assert result.metadata == {"trace_id": "t"}
    assert result == body
    assert result["operation"].startswith("prompts")
    assert result.request_id == wire.requests[0].headers["X-Request-ID"]
    assert "PromptEncodeResponse({" in repr(result)


def test_results_without_anything() -> None:
    empty = KaizenResult()
    assert (empty.ok, empty.value, empty.saved, empty.original_size, empty.tokens("m")) == (
        True,
        None,
        None,
        None,
        None,
    )
    assert (empty.metadata, empty.meta, empty.token_models) == ({}, {}, [])
    assert CompressResponse(result=5).value == ""
    assert KaizenResult(status="error").ok is False
    assert KaizenResult(stats={"original_length": 0, "optimized_length": 4}).saved is None
    assert KaizenResult(stats={"original_length": 17, "optimized_length": 22}).saved == pytest.approx(-0.294, abs=0.001)
    assert DecompressResponse(data={"a": 1}).value == DecompressResponse(result={"a": 1}).value == {"a": 1}


@pytest.mark.promise("kaizen.results.all-operations")
@pytest.mark.parametrize("dialect", ["documented", "backend"])
async def test_every_operation_has_a_typed_twin(dialect: Any) -> None:
    async with local_client(dialect) as client:
        results = [
            (await client.typed.compress({"data": {"a": 1}}), CompressResponse, "a: 1"),
            (await client.typed.decompress({"data": "a: 1"}), DecompressResponse, {"a": 1}),
            (await client.typed.optimize({"data": {"a": 1}}), OptimizeResponse, "a: 1"),
            (await client.typed.optimize_request({"prompt": {"a": 1}}), OptimizeResponse, "a: 1"),
            (await client.typed.optimize_response({"ktof": "a: 1"}), OptimizedValueResponse, {"a": 1}),
            (await client.typed.prompts_decode({"ktof": "a: 1"}), PromptDecodeResponse, {"a": 1}),
        ]
        health = await client.typed.health()
    for result, kind, value in results:
        assert type(result) is kind
        assert (result.ok, result.value) == (True, value)
    assert isinstance(health, HealthResponse)
    documented = dialect == "documented"
    assert (health.region, health.uptime is None) == (("local", False) if documented else (None, True))
    assert (health.message is None) == documented


def test_the_sync_client_has_typed_results() -> None:
    with sync_local_client() as client:
        assert (
            client.typed.compress({"data": {"a": 1}}).value == client.compress({"data": {"a": 1}})["result"] == "a: 1"
        )


@pytest.mark.promise("kaizen.batch.per-item-errors")
@pytest.mark.parametrize("sync", [False, True])
async def test_a_batch_keeps_order_and_errors_apart(sync: bool) -> None:
    payloads: list[Any] = [{"ktof": "a: 1"}, {"ktof": "a[2]: 1"}, {"wrong": 1}, {"ktof": "b: 2"}]
    prompts = [{"prompt": number} for number in range(20)]
    if sync:
        with sync_local_client() as blocking:
            items = blocking.prompts_decode_batch(payloads, concurrency=2)
            encoded = blocking.prompts_encode_batch(prompts)
    else:
        async with local_client() as client:
            items = await client.prompts_decode_batch(payloads, concurrency=2)
            encoded = await client.prompts_encode_batch(iter(prompts))
    assert [item.index for item in items] == [0, 1, 2, 3]
    assert [item.ok for item in items] == [True, False, False, True]
    assert items[3].unwrap()["result"] == {"b": 2}
    assert isinstance(items[1].error, KaizenAPIError)
    assert isinstance(items[2].error, ValidationError)
    with pytest.raises(KaizenAPIError):
        items[1].unwrap()
    assert [item.unwrap()["result"] for item in encoded] == [str(number) for number in range(20)]


@pytest.mark.parametrize("sync", [False, True])
async def test_a_batch_says_which_form_of_a_prompt_is_the_smaller(sync: bool) -> None:
    rows = [{"id": number, "name": f"user {number}"} for number in range(5)]
    deep = {"a": [[1.5, 2], [3, 4.25]]}
    text = f"Who?\n{json.dumps(rows)}"
    payloads: list[Any] = [{"prompt": rows}, PromptEncodePayload(prompt=deep), {"prompt": text}, {"wrong": 1}]
    if sync:
        with sync_local_client() as blocking:
            items = blocking.prompts_encode_batch(payloads)
            (decoded,) = blocking.prompts_decode_batch([{"ktof": "a: 1"}])
    else:
        async with local_client() as client:
            items = await client.prompts_encode_batch(payloads)
            (decoded,) = await client.prompts_decode_batch([{"ktof": "a: 1"}])
    choices = [item.choice for item in items[:3]]
    assert all(choice is not None for choice in choices)
    assert [choice.format for choice in choices if choice] == ["ktof", "json", "ktof"]
    assert choices[0] is not None
    assert choices[0].text == items[0].unwrap()["result"]
    assert choices[1] is not None
    assert choices[1].text == json.dumps(deep, separators=(",", ":"))
    assert choices[2] is not None
    assert choices[2].text.startswith("Who?\n```ktof\n[5]{id,name}:")
    assert (items[3].choice, decoded.choice) == (None, None)


@pytest.mark.promise("kaizen.batch.bounded")
async def test_a_batch_has_no_more_calls_under_way_than_allowed() -> None:
    active, most = 0, 0

    class Counting(FakeAsyncWire):
        async def send(self, request: Any, timeout: float, patience: float) -> Any:
            nonlocal active, most
            active += 1
            most = max(most, active)
            await anyio.lowlevel.checkpoint()
            active -= 1
            return answer({})

    client = KaizenClient.over(Counting([]))
    assert len(await client.prompts_encode_batch([{"prompt": 1}] * 30, concurrency=4)) == 30
    assert most == 4


async def test_a_batch_refuses_nonsense() -> None:
    with pytest.raises(KaizenInvalidRequestError, match="concurrency"):
        SyncKaizenClient().prompts_encode_batch([], concurrency=0)
    with pytest.raises(KaizenInvalidRequestError, match="concurrency"):
        await KaizenClient().prompts_encode_batch([], concurrency=0)


@pytest.mark.parametrize("sync", [False, True])
async def test_a_bug_ends_the_batch(sync: bool) -> None:
    started: list[int] = []
    never = threading.Event()

    def bug(payload: int) -> Any:
        started.append(payload)
        if payload:
            never.wait(0.05)  # gives the batch the time to notice
        raise ZeroDivisionError

    async def perform(payload: int) -> Any:
        return bug(payload)

    async def run() -> None:
        if sync:
            batch.run_sync(bug, range(100), 1)
        else:
            await batch.run_async(perform, range(100), 2)

    with pytest.raises(ZeroDivisionError):
        await run()
    assert len(started) < 100


@pytest.mark.promise("kaizen.batch.cancellation")
async def test_a_cancelled_batch_ends_at_once_and_sends_no_more(scripted: Scripted) -> None:
    class Endless(FakeAsyncWire):
        async def send(self, request: Any, timeout: float, patience: float) -> Any:
            self.requests.append(request)
            try:
                await anyio.sleep_forever()
            finally:
                ended.append(request)

    ended: list[Any] = []
    wire = Endless([])
    client = KaizenClient.over(wire)
    async with anyio.create_task_group() as group:
        group.start_soon(client.prompts_encode_batch, [{"prompt": number} for number in range(50)])
        await anyio.wait_all_tasks_blocked()
        group.cancel_scope.cancel()
    assert (len(wire.requests), len(ended)) == (batch.DEFAULT_CONCURRENCY, batch.DEFAULT_CONCURRENCY)


@pytest.mark.promise("kaizen.streaming.encode")
@pytest.mark.parametrize("wrap", [lambda items: items, lambda items: {"messages": items}], ids=["list", "messages"])
async def test_a_long_prompt_is_encoded_in_pieces(wrap: Callable[[Any], Any]) -> None:
    items = [{"n": number} for number in range(5)]
    async with local_client() as client:
        pieces = [piece async for piece in client.prompts_encode_stream({"prompt": wrap(items)}, chunk_size=2)]
        back = [await client.decompress({"data": piece["result"]}) for piece in pieces]
    values = [piece["result"] for piece in back]
    assert len(values) == 3
    assert [item for value in values for item in (value if isinstance(value, list) else value["messages"])] == items
    with sync_local_client() as sync:
        assert [piece["result"] for piece in sync.prompts_encode_stream({"prompt": wrap(items)}, chunk_size=2)] == [
            piece["result"] for piece in pieces
        ]


async def test_a_prompt_that_is_no_list_is_one_piece() -> None:
    with sync_local_client() as client:
        assert len(list(client.prompts_encode_stream({"prompt": "text"}))) == 1
        with pytest.raises(KaizenInvalidRequestError, match="chunk_size"):
            list(client.prompts_encode_stream({"prompt": []}, chunk_size=0))


@pytest.mark.promise("kaizen.streaming.decode")
async def test_ktof_is_decoded_while_it_arrives() -> None:
    chunks = ["users[2]{id}:\n  1\n  ", "2\nend: true"]

    async def arriving() -> AsyncIterator[str]:
        for chunk in chunks:
            yield chunk

    client, sync = KaizenClient(), SyncKaizenClient()
    answers = [piece async for piece in client.prompts_decode_stream(arriving())]
    assert answers == [piece async for piece in client.prompts_decode_stream(chunks)]
    assert answers == list(sync.prompts_decode_stream(chunks))
    assert [piece["path"] for piece in answers] == [["users", 0], ["users", 1], ["end"], []]
    assert answers[-1]["status"] == "ok"
    assert answers[-1]["result"] == {"users": [{"id": 1}, {"id": 2}], "end": True}
    with pytest.raises(KtofDecodeError):
        list(sync.prompts_decode_stream(["a[2]: 1"]))
