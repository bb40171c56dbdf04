"""What other clients got wrong about callers' arguments (16 to 19): refused before any I/O, with a typed error."""

import json
from typing import Any

import pytest
from sdk_engine.errors import Outcome

from kneo_client import KneoClient, types
from kneo_client.core.errors import KneoInvalidRequestError
from kneo_client.core.profiles import Profile

RUN = {"run_id": "r1", "status": "running"}


@pytest.mark.promise("kneo.weakness.16")
@pytest.mark.parametrize("run_id", ["..", ".", "", None, 5, ["r1"]])
@pytest.mark.parametrize("method", ["get", "cancel", "continue_", "trace", "recovery", "wait_for_completion"])
async def test_ids_reach_no_other_route(scripted: Any, method: str, run_id: Any) -> None:
    client, wire = scripted(RUN)
    with pytest.raises(KneoInvalidRequestError, match="run_id") as caught:
        await getattr(client.platform.runs, method)(run_id)
    assert isinstance(caught.value, ValueError)
    assert (caught.value.outcome, caught.value.attempts) == (Outcome.NOT_SENT, 0)
    assert not wire.requests


@pytest.mark.promise("kneo.weakness.16")
@pytest.mark.parametrize(
    ("run_id", "segment"),
    [("a/b", "a%2Fb"), ("a?b", "a%3Fb"), ("a#b", "a%23b"), ("%2e%2e", "%252e%252e"), ("...", "..."), (" ", "%20")],
)
async def test_ids_are_one_encoded_segment(scripted: Any, run_id: str, segment: str) -> None:
    client, wire = scripted(RUN)
    await client.platform.runs.cancel(run_id)
    assert wire.requests[0].target == f"/v1/runs/{segment}/cancel"


@pytest.mark.promise("kneo.weakness.16")
@pytest.mark.parametrize(
    "path",
    ["/v1/../secret", "/v1/runs/..", "/v1/./runs", "/v1/%2e%2e/x", "/v1/.%2E/x", "/v1%2f../x", "/v1\\..\\x", None, 5],
)
async def test_raw_paths_do_not_climb_either(scripted: Any, path: Any) -> None:
    client, wire = scripted(RUN)
    with pytest.raises(KneoInvalidRequestError, match="path must"):
        await client._transport.request("GET", path)
    assert not wire.requests


@pytest.mark.promise("kneo.weakness.17")
@pytest.mark.parametrize("name", ["idempotency-key", "Idempotency-Key", "IDEMPOTENCY-KEY", "idempotency-Key"])
@pytest.mark.parametrize("argument", [None, "mine"])
async def test_exactly_one_key_goes_out(scripted: Any, name: str, argument: str | None) -> None:
    client, wire = scripted(RUN)
    await client._transport.request("POST", "/v1/runs", headers={name: "theirs"}, idempotency_key=argument)
    sent = {key: value for key, value in wire.requests[0].headers.items() if key.lower() == "idempotency-key"}
    assert sent == {"Idempotency-Key": argument or "theirs"}


@pytest.mark.promise("kneo.weakness.17")
async def test_exactly_one_key_goes_over_the_wire(serve: Any) -> None:
    platform = serve(RUN)
    async with KneoClient(Profile("x", platform.url, "k")) as client:
        await client._transport.request("POST", "/v1/runs", headers={"idempotency-key": "theirs"})
    assert platform.requests[0].lower().count(b"idempotency-key:") == 1


@pytest.mark.promise("kneo.weakness.18")
@pytest.mark.parametrize("key", [" pad ", "pad ", " ", "", "two\nlines", "tab\t", "\x00", "schlüssel", "x" * 257, 7])
async def test_malformed_key_is_a_value_error_that_does_not_show_it(scripted: Any, key: Any) -> None:
    client, wire = scripted(RUN)
    for call in (
        client.platform.runs.create({"input": "x"}, idempotency_key=key),
        client.agent.specs.run({"input": "x"}, idempotency_key=key),
        client._transport.request("POST", "/v1/x", idempotency_key=key),
    ):
        with pytest.raises(KneoInvalidRequestError, match="an idempotency key") as caught:
            await call
        assert isinstance(caught.value, ValueError)
        assert not isinstance(key, str) or len(key) < 4 or key not in str(caught.value)
    assert not wire.requests


CYCLE: dict[str, Any] = {}
CYCLE["self"] = CYCLE


@pytest.mark.promise("kneo.weakness.19")
@pytest.mark.parametrize(
    "value",
    [float("nan"), float("inf"), float("-inf"), {1, 2}, b"bytes", object(), CYCLE, "\ud800", {("a",): 1}, 1j],
    ids=lambda value: type(value).__name__,
)
async def test_body_without_a_json_form_is_a_typed_error(scripted: Any, value: Any) -> None:
    client, wire = scripted(RUN)
    for call in (
        client.platform.runs.create({"input": "x", "metadata": {"value": value}}),
        client.platform.runs.create(types.RunCreateRequest(input="x", overrides={"value": value})),  # type: ignore[arg-type]
        client._transport.request("PUT", "/v1/x", json=value),
    ):
        with pytest.raises(KneoInvalidRequestError) as caught:
            await call
        assert (caught.value.outcome, caught.value.attempts) == (Outcome.NOT_SENT, 0)
    assert not wire.requests


@pytest.mark.promise("kneo.weakness.19")
async def test_everything_that_json_has_is_sent(scripted: Any) -> None:
    client, wire = scripted(RUN)
    body = {"input": "é\u2028\x00", "n": [0, -1.5, 1e308, 10**30], "b": True, "none": None, "deep": [[[{}]]]}
    await client.platform.runs.create(body)
    assert json.loads(wire.requests[0].content) == body


@pytest.mark.promise("kneo.weakness.19")
@pytest.mark.parametrize("value", [{"a": 1}, object(), b"x", 1j, [None], [[1]], "\ud800"])
async def test_query_value_without_a_text_form_is_a_typed_error(scripted: Any, value: Any) -> None:
    client, wire = scripted(RUN)
    with pytest.raises(KneoInvalidRequestError, match="status"):
        await client.platform.runs.list(status=value)
    assert not wire.requests
