"""Provider wrappers: the vendors' real SDKs against loopback fakes of their services."""

import json
import pickle
import threading
from collections.abc import Callable
from typing import Any

import anyio
import openai
import pytest
from pydantic import ValidationError
from sdk_engine.errors import Outcome
from sdk_engine.testing import FakeAsyncWire

from kaizen_client import (
    KaizenAPIError,
    KaizenClient,
    KaizenClientConfig,
    KaizenProviderError,
    KaizenResponseError,
)
from kaizen_client.integrations import (
    OpenAIKaizenWrapper,
)
from kaizen_client.local import local_client

from .conftest import Loopback, Received, answer, serving
from .vendors import KTOF, MESSAGES, VECTORS, VENDORS, Vendor, ask, body_of, stream

EXCHANGES = {case["wrapper"]: case for case in VECTORS["wrapper_exchanges"]}


@pytest.mark.promise("kaizen.providers.real-sdks", "kaizen.providers.sync-and-async-clients")
async def test_a_prompt_goes_out_as_ktof_and_the_answer_is_decoded(
    connect: Callable[..., Any], vendor: Vendor, sync: bool, says: Callable[..., Loopback]
) -> None:
    fake = says(vendor.wire)
    async with local_client() as kaizen:
        wrapper = vendor.wrap(kaizen, client=connect(vendor, fake.url, sync))
        result = await ask(wrapper)
    assert list(result) == ["encoded", vendor.response_key, "decoded"]
    assert result["encoded"]["result"] == KTOF
    assert result["decoded"]["result"] == {"answer": "yes"}
    assert KTOF in json.dumps(fake.received[0].body).encode().decode("unicode_escape")


@pytest.mark.promise("kaizen.providers.exchanges")
@pytest.mark.parametrize("name", list(EXCHANGES))
async def test_recorded_exchanges(connect: Callable[..., Any], name: str, says: Callable[..., Loopback]) -> None:
    case = EXCHANGES[name]
    index = {"OpenAIKaizenWrapper": 0, "AnthropicKaizenWrapper": 2, "GeminiKaizenWrapper": 3}[name]
    vendor = VENDORS[index]
    fake = says(vendor.wire)
    sent = case["vendor_requests"][0]["body"]
    text = sent.get("input") or json.dumps(sent.get("messages", sent.get("contents")))
    encoded = text if "input" in sent else (sent["messages"][0]["content"] if "messages" in sent else "a: 1")
    wire = FakeAsyncWire([answer({"status": "ok", "result": encoded}), answer({"status": "ok", "result": {}})])
    kaizen = KaizenClient.over(wire, KaizenClientConfig(api_key="k-test"))
    wrapper = vendor.wrap(kaizen, client=connect(vendor, fake.url))
    options = case["options"] if isinstance(case["options"], dict) else {}
    result = await (wrapper.invoke(case["prompt"]) if "prompt" in case else wrapper.chat(case["messages"], **options))
    assert list(result) == case["returned_keys"]
    for request, recorded in zip(wire.requests, case["kaizen_requests"], strict=True):
        assert (request.method, request.target) == (recorded["method"], recorded["path"])
        assert json.loads(request.content) == recorded["body"]
    (received,) = fake.received
    path = case["vendor_requests"][0]["path"].split(" ")[0]
    if index == 3:  # the version in the path is the SDK's business
        assert received.path.partition("/models/")[2] == path.partition("/models/")[2]
        assert received.body["contents"] == sent["contents"]
    else:
        assert (received.path, received.body) == (path, sent)


async def test_encode_and_decode_settings_are_sent(connect: Callable[..., Any], says: Callable[..., Loopback]) -> None:
    fake = says("openai")
    wire = FakeAsyncWire([answer({"result": "x: 1"}), answer({"result": {}})])
    kaizen = KaizenClient.over(wire)
    wrapper = OpenAIKaizenWrapper(
        kaizen,
        model="other",
        client=connect(VENDORS[0], fake.url),
        encode_options={"delimiter": "|"},
        decode_options={"strict": False},
        metadata={"trace_id": "t"},
        token_models=["gpt-4o-mini"],
    )
    await wrapper.chat(MESSAGES, model="third", temperature=0)
    encode, decode = (json.loads(request.content) for request in wire.requests)
    assert encode == {
        "prompt": {"messages": MESSAGES},
        "options": {"delimiter": "|"},
        "auto_detect_json": True,
        "metadata": {"trace_id": "t"},
        "token_models": ["gpt-4o-mini"],
    }
    assert decode == {"ktof": "answer: yes", "options": {"strict": False}, "metadata": {"trace_id": "t"}}
    assert fake.received[0].body == {"model": "third", "input": "x: 1", "temperature": 0}


@pytest.mark.promise("kaizen.providers.vendor-errors")
@pytest.mark.parametrize("streaming", [False, True], ids=["whole", "stream"])
async def test_vendor_errors_keep_their_type_and_gain_ours(
    connect: Callable[..., Any], vendor: Vendor, streaming: bool, says: Callable[..., Loopback]
) -> None:
    fake = says(vendor.wire, status=429)
    async with local_client() as kaizen:
        wrapper = vendor.wrap(kaizen, client=connect(vendor, fake.url))
        for kind in (vendor.rate_limit, KaizenProviderError):
            with pytest.raises(kind) as caught:
                _ = [event async for event in stream(wrapper)] if streaming else await ask(wrapper)
    error: Any = caught.value
    assert isinstance(error, vendor.rate_limit)
    assert (error.provider, error.encoded["result"]) == (wrapper.provider, KTOF)
    assert (error.outcome, error.attempts) == (Outcome.ANSWERED, 1)
    assert error.retry_after == 7.0
    twin = pickle.loads(pickle.dumps(error))
    assert type(twin) is KaizenProviderError
    assert (str(twin), twin.provider, twin.encoded) == (str(error), error.provider, error.encoded)
    assert (twin.retry_after, twin.outcome, twin.attempts) == (7.0, Outcome.ANSWERED, 1)


async def test_a_vendor_that_is_not_there(connect: Callable[..., Any], says: Callable[..., Loopback]) -> None:
    fake = says("openai")
    url = fake.url
    fake.server.shutdown()
    fake.server.server_close()
    async with local_client() as kaizen:
        wrapper = OpenAIKaizenWrapper(kaizen, client=connect(VENDORS[0], url))
        with pytest.raises(openai.APIConnectionError) as caught:
            await wrapper.chat(MESSAGES)
    assert isinstance(caught.value, KaizenProviderError)
    assert caught.value.outcome is Outcome.UNKNOWN


async def test_mistakes_in_the_callers_options_stay_as_they_are(connect: Callable[..., Any]) -> None:
    async with local_client() as kaizen:
        wrapper = OpenAIKaizenWrapper(kaizen, client=connect(VENDORS[0], "http://127.0.0.1:9"))
        with pytest.raises(TypeError) as caught:
            await wrapper.chat(MESSAGES, nonsense=1)
        assert not isinstance(caught.value, KaizenProviderError)


@pytest.mark.promise("kaizen.providers.nothing-paid-for-mistakes")
async def test_mistakes_are_refused_before_anything_is_paid_for(connect: Callable[..., Any], vendor: Vendor) -> None:
    wire = FakeAsyncWire([])
    client = connect(vendor, "http://127.0.0.1:9")
    wrapper = vendor.wrap(KaizenClient.over(wire), client=client)
    with pytest.raises(ValueError, match="stream"):
        await ask(wrapper, stream=True)
    with pytest.raises(ValueError, match="stream"):
        _ = [event async for event in stream(wrapper, stream=True)]
    if wrapper.prompt_argument != "messages":
        with pytest.raises(ValueError, match=wrapper.prompt_argument):
            await ask(wrapper, **{wrapper.prompt_argument: "mine"})
    for settings in ({"decode_options": {"strikt": True}}, {"encode_options": {"indent": 0}}, {"metadata": "t-1"}):
        with pytest.raises(ValidationError):
            vendor.wrap(KaizenClient.over(wire), client=client, **settings)
    assert not wire.requests


async def test_nothing_is_sent_to_the_vendor_when_encoding_fails(
    connect: Callable[..., Any], says: Callable[..., Loopback]
) -> None:
    fake = says("openai")
    for wire, error in ((FakeAsyncWire([500]), KaizenAPIError), (FakeAsyncWire([answer({})]), KaizenResponseError)):
        wrapper = OpenAIKaizenWrapper(KaizenClient.over(wire), client=connect(VENDORS[0], fake.url))
        with pytest.raises(error):
            await wrapper.chat(MESSAGES)
    assert not fake.received


@pytest.mark.promise("kaizen.providers.never-block-the-loop")
async def test_three_calls_to_a_slow_vendor_take_the_time_of_one(
    connect: Callable[..., Any], vendor: Vendor, sync: bool
) -> None:
    waiting = threading.Barrier(3, timeout=10)

    def slow(request: Received) -> tuple[int, dict[str, str], bytes]:
        waiting.wait()  # answers nobody before all three are here: calls in a row would break it
        return 200, {"Content-Type": "application/json"}, json.dumps(body_of(vendor.wire, "a: 1")).encode()

    async with local_client() as kaizen:
        with serving(slow) as fake:
            wrapper = vendor.wrap(kaizen, client=connect(vendor, fake.url, sync))
            done: list[Any] = []

            async def one() -> None:
                done.append(await ask(wrapper))

            async with anyio.create_task_group() as group:
                for _ in range(3):
                    group.start_soon(one)
    assert len(done) == 3
