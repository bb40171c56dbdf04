"""Answers that nobody would write down: valid ones, mutated, and bytes that never were JSON."""

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sdk_engine.call import call, exchange
from sdk_engine.drivers import SyncDriver
from sdk_engine.messages import Response
from sdk_engine.operation import Operation
from sdk_engine.retries import RetryPolicy
from sdk_engine.settings import ClientSettings
from sdk_engine.testing import FakeSyncWire

from kneo_client.core.errors import KneoError, KneoErrors, KneoProtocolError
from kneo_client.core.models import Model
from kneo_client.platform import human_tasks, run_reading, runs
from tests.faults.cancellation import ANSWER

OPERATIONS = (runs.CREATE, runs.GET, runs.LIST, run_reading.TRACE, run_reading.CHECKPOINTS_DIFF, human_tasks.LIST_TASKS)
SEGMENTS = {"run_id": "r"}
KNOWN = sorted({*ANSWER, "output_text", "metadata", "visited_nodes", "total", "limit", "error"})

json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KNOWN) | st.text(max_size=4), inner),
    max_leaves=6,
)
mutated = st.dictionaries(st.sampled_from(KNOWN), json_values, max_size=4).map(lambda changes: {**ANSWER, **changes})
bodies = st.one_of(
    mutated.map(lambda value: json.dumps(value).encode()),
    st.tuples(mutated, st.integers(0, 200)).map(lambda pair: json.dumps(pair[0]).encode()[: -pair[1] or None]),
    json_values.map(lambda value: json.dumps(value).encode()),
    st.binary(max_size=60),
)


def shared() -> ClientSettings:
    return ClientSettings("http://127.0.0.1", {}, errors=KneoErrors(), retry=RetryPolicy(max_attempts=1))


def answered(response: Response, operation: Operation[Any]) -> Any:
    plan = call(shared(), operation, SEGMENTS)
    try:
        return SyncDriver(FakeSyncWire([response])).run(plan)
    except KneoError as error:
        return error


@pytest.mark.promise("kneo.errors.unusable-success-is-a-protocol-error", "kneo.weakness.08", "kneo.weakness.09")
@given(body=bodies, operation=st.sampled_from(OPERATIONS))
@settings(max_examples=150, deadline=None)
def test_a_2xx_is_the_promised_type_or_a_protocol_error(body: bytes, operation: Operation[Any]):
    result = answered(Response(200, body), operation)
    if isinstance(result, KneoProtocolError):
        return
    assert isinstance(result, Model)
    assert result.to_dict() == json.loads(body)
    for name in ("run_id", "status"):
        if name in type(result).__annotations__:
            assert isinstance(getattr(result, name), str | None)


@pytest.mark.promise("kneo.errors.every-failure-is-a-kneo-error", "kneo.errors.body-size")
@given(body=bodies, status=st.integers(300, 599), hint=st.text(max_size=30) | st.from_regex(r"[-+]?[0-9.]{1,12}"))
@settings(max_examples=150, deadline=None)
def test_any_other_answer_is_an_error_of_ours(body: bytes, status: int, hint: str):
    response = Response(status, body * 50, [("Retry-After", hint)])
    with pytest.raises(KneoError) as caught:
        SyncDriver(FakeSyncWire([response])).run(exchange(shared(), "GET", "/v1/runs"))
    assert caught.value.status == status
    assert len(json.dumps(caught.value.body)) <= 4096 + len("\\ufffd" * 4096)
    assert caught.value.retry_after is None or caught.value.retry_after >= 0
