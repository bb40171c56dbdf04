"""Streams of the vendors: one model of events, the vendor's own final object, and no end that is none."""

from collections.abc import Callable
from typing import Any

import anyio
import pytest

from kaizen_client import KaizenProviderError
from kaizen_client.integrations import AnthropicKaizenWrapper, GeminiKaizenWrapper, OpenAIKaizenWrapper
from kaizen_client.integrations.answers import find, plain
from kaizen_client.integrations.vendor import Stream
from kaizen_client.local import local_client

from .conftest import CUT, HOLD, Loopback
from .vendors import CALL, KTOF, MESSAGES, VENDORS, Vendor, body_of, compatible, error_event, events_of, frame, stream

Connect = Callable[..., Any]
Says = Callable[..., Loopback]


@pytest.mark.promise("kaizen.providers.streaming")
async def test_a_stream_ends_in_the_vendors_own_final_object(
    connect: Connect, vendor: Vendor, sync: bool, says: Says
) -> None:
    fake = says(vendor.wire, frames=events_of(vendor.wire, ["answer: ", "y", "es"], CALL))
    async with local_client() as kaizen:
        wrapper = vendor.wrap(kaizen, client=connect(vendor, fake.url, sync))
        events = [event async for event in stream(wrapper)]
    assert [event["type"] for event in events] == ["encoded", "delta", "delta", "delta", "done"]
    assert events[0]["encoded"]["result"] == KTOF
    assert [event["text"] for event in events[1:4]] == ["answer: ", "y", "es"]
    done = events[-1]
    assert (done["text"], done["tool_calls"], done["finish_reason"]) == ("answer: yes", [CALL], vendor.finish)
    assert done["decoded"]["result"] == {"answer": "yes"}
    assert isinstance(done[vendor.response_key], vendor.final)
    assert find(done["usage"], vendor.tokens) == 1
    assert wrapper.vendor.answer.text(done[vendor.response_key]) == "answer: yes"


async def test_a_stream_that_reports_an_error_raises_the_vendors_own(
    connect: Connect, vendor: Vendor, sync: bool, says: Says
) -> None:
    begun = events_of(vendor.wire, ["answer: ", "y"], CALL)[:-4]
    fake = says(vendor.wire, frames=[*begun, frame(error_event(vendor.wire)), frame({"type": "never", "choices": []})])
    events: list[Any] = []

    async def read(arriving: Any) -> None:
        async for event in arriving:
            events.append(event)  # noqa: PERF401 - what came before the error is kept

    async with local_client() as kaizen:
        wrapper = vendor.wrap(kaizen, client=connect(vendor, fake.url, sync))
        with pytest.raises(vendor.error, match="overloaded") as caught:
            await read(stream(wrapper))
    error: Any = caught.value
    assert isinstance(error, KaizenProviderError)
    assert (error.provider, error.encoded["result"]) == (wrapper.provider, KTOF)
    said = "".join(event.get("text", "") for event in events)
    assert said.startswith("answer: ")
    assert error.partial["text"] == said
    assert events[-1]["type"] == "delta"


@pytest.mark.parametrize("end", [[], [CUT]], ids=["ended", "hung-up"])
async def test_a_stream_that_is_cut_is_an_error_with_what_came_before(
    connect: Connect, vendor: Vendor, sync: bool, end: list[bytes], says: Says
) -> None:
    begun = events_of(vendor.wire, ["answer: ", "yes"], CALL)
    last = {"openai": 1, "chat": 2, "anthropic": 1, "gemini": 1}[vendor.wire]
    fake = says(vendor.wire, frames=[*begun[:-last], *end])
    async with local_client() as kaizen:
        wrapper = vendor.wrap(kaizen, client=connect(vendor, fake.url, sync))
        with pytest.raises(KaizenProviderError) as caught:
            _ = [event async for event in stream(wrapper)]
    partial: Any = caught.value.partial
    assert partial["text"] == "answer: yes"
    assert partial["finish_reason"] in (None, "in_progress", "tool_use")
    assert isinstance(partial[vendor.response_key], vendor.final)
    assert partial["tool_calls"] == [CALL]


async def test_nothing_at_all_is_no_answer(connect: Connect, vendor: Vendor, sync: bool, says: Says) -> None:
    fake = says(vendor.wire, frames=[])
    async with local_client() as kaizen:
        with pytest.raises(KaizenProviderError, match="ended before") as caught:
            _ = [event async for event in stream(vendor.wrap(kaizen, client=connect(vendor, fake.url, sync)))]
    assert caught.value.partial == {
        "text": "",
        vendor.response_key: None,
        "tool_calls": [],
        "finish_reason": None,
        "usage": None,
    }


@pytest.mark.parametrize(
    "failure", [{"code": "server_error", "message": "overloaded"}, {"code": "rate_limit_exceeded", "message": "slow"}]
)
async def test_a_response_that_failed_raises(connect: Connect, says: Says, failure: dict[str, str]) -> None:
    failed = {**body_of("openai", ""), "status": "failed", "error": failure}
    frames = [*events_of("openai", ["a"])[:-1], frame({"type": "response.failed", "response": failed})]
    fake = says("openai", frames=frames)
    async with local_client() as kaizen:
        wrapper = OpenAIKaizenWrapper(kaizen, client=connect(VENDORS[0], fake.url))
        with pytest.raises(VENDORS[0].error, match=failure["message"]) as caught:
            _ = [event async for event in wrapper.stream(MESSAGES)]
    error: Any = caught.value
    assert (error.code, error.partial["openai_response"].status) == (failure["code"], "failed")


async def test_an_answer_that_had_to_stop_early_says_why(connect: Connect, says: Says) -> None:
    cut_short = {
        **body_of("openai", "a"),
        "status": "incomplete",
        "incomplete_details": {"reason": "max_output_tokens"},
    }
    frames = [*events_of("openai", ["a"])[:-1], frame({"type": "response.incomplete", "response": cut_short})]
    blocked = [frame({"promptFeedback": {"blockReason": "SAFETY"}})]
    silent = [frame({"candidates": [{"finishReason": "MAX_TOKENS"}]})]
    async with local_client() as kaizen:
        fake = says("openai", frames=frames)
        wrapper: Any = OpenAIKaizenWrapper(kaizen, client=connect(VENDORS[0], fake.url))
        assert [event async for event in stream(wrapper)][-1]["finish_reason"] == "max_output_tokens"
        fake = says("gemini", frames=blocked)
        wrapper = GeminiKaizenWrapper(kaizen, client=connect(VENDORS[3], fake.url))
        done = [event async for event in stream(wrapper)][-1]
        fake = says("gemini", frames=silent)
        wrapper = GeminiKaizenWrapper(kaizen, client=connect(VENDORS[3], fake.url))
        last = [event async for event in stream(wrapper)][-1]
    assert (done["text"], done["finish_reason"]) == ("", "SAFETY")
    assert (last["text"], last["finish_reason"]) == ("", "MAX_TOKENS")


def chat_frames(*deltas: dict[str, Any], finish: str = "tool_calls") -> list[bytes]:
    choices = [{"index": 0, **delta} if "delta" in delta else {"index": 0, "delta": delta} for delta in deltas]
    choices += [{"index": number, "delta": {}, "finish_reason": finish} for number in {c["index"] for c in choices}]
    head = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    return [frame({**head, "choices": [choice]}) for choice in choices]


def part(arguments: str, **others: Any) -> dict[str, Any]:
    name = {"name": others.pop("name")} if "name" in others else {}
    return {"tool_calls": [{**others, "function": {**name, "arguments": arguments}}]}


@pytest.mark.parametrize(
    "deltas",
    [
        [part('{"a":', index=0, id="x", name="f"), part("1}", index=0), part("{}", index=1, id="y", name="g")],
        [
            part('{"a":', index=0, id="x", name="f"),
            part("1}", index=0, id="x", name="f"),
            part("{}", index=0, id="y", name="g"),
        ],
        [part('{"a":1}', id="x", name="f"), part("{", id="y", name="g"), part("}")],
        [part('{"a":1}', index=0, id="x", name="f"), part("", index=1, id="y", name="g"), part("{}", index=1, id="")],
    ],
    ids=["as-openai", "all-index-0", "no-index", "empty-ids"],
)
async def test_calls_of_tools_however_a_compatible_server_splits_them(
    connect: Connect, says: Says, deltas: list[dict[str, Any]]
) -> None:
    fake = says("chat", frames=chat_frames({"role": "assistant"}, *deltas))
    async with local_client() as kaizen:
        wrapper = compatible(kaizen, client=connect(VENDORS[1], fake.url))
        done = [event async for event in wrapper.stream(MESSAGES)][-1]
    assert done["tool_calls"] == [
        {"id": "x", "name": "f", "arguments": {"a": 1}},
        {"id": "y", "name": "g", "arguments": {}},
    ]
    message = done["openai_response"].choices[0].message
    assert [call.type for call in message.tool_calls] == ["function", "function"]
    assert not hasattr(message.tool_calls[0], "index")


async def test_everything_else_that_a_chat_completion_streams(connect: Connect, says: Says) -> None:
    token = {"token": "a", "logprob": -1.0, "bytes": None, "top_logprobs": []}
    frames = chat_frames(
        {"role": "assistant", "reasoning_content": "so "},
        {"role": "assistant", "reasoning_content": "then"},
        {"delta": {"content": "a"}, "logprobs": {"content": [token]}},
        {"delta": {"content": "b"}, "logprobs": {"content": [token]}},
        {"delta": {"content": "other"}, "index": 1},
        {"delta": {"refusal": "no"}, "index": 1},
        {"audio": {"id": "au", "data": "QUJD"}},
        {"audio": {"data": "REVG"}},
        finish="length",
    )
    fake = says("chat", frames=frames)
    async with local_client() as kaizen:
        wrapper = compatible(kaizen, client=connect(VENDORS[1], fake.url))
        done = [event async for event in wrapper.stream(MESSAGES, n=2)][-1]
    first, second = done["openai_response"].choices
    assert (done["text"], done["finish_reason"], done["usage"]) == ("ab", "length", None)
    assert (first.message.role, first.message.reasoning_content) == ("assistant", "so then")
    assert plain(first.message.audio) == {"id": "au", "data": "QUJDREVG"}
    assert len(first.logprobs.content) == 2
    assert (second.message.content, second.message.refusal) == ("other", "no")


@pytest.mark.parametrize("blocking", [False, True], ids=["async", "sync"])
async def test_a_stream_that_is_given_up_is_hung_up(
    connect: Connect, vendor: Vendor, blocking: bool, says: Says
) -> None:
    blocking = blocking and vendor.wire != "gemini"  # its blocking client does not say which socket it reads
    fake = says(vendor.wire, frames=[*events_of(vendor.wire, ["answer: "])[:3], HOLD])
    async with local_client() as kaizen:
        wrapper = vendor.wrap(kaizen, client=connect(vendor, fake.url, blocking))

        async def read() -> None:
            with anyio.fail_after(60) as scope:
                async for event in stream(wrapper):
                    if event["type"] == "delta":
                        scope.deadline = anyio.current_time()

        with pytest.raises(TimeoutError):
            await read()
    assert await anyio.to_thread.run_sync(fake.hung_up.wait, 10)


@pytest.mark.parametrize("index", [1, 2], ids=["openai", "anthropic"])
async def test_a_blocking_read_is_hung_up_under_its_thread(connect: Connect, index: int, says: Says) -> None:
    vendor, under_way = VENDORS[index], Stream()
    fake = says(vendor.wire, frames=[*events_of(vendor.wire, ["a"])[:1], HOLD])
    client = connect(vendor, fake.url, True)
    method = client.messages.stream if vendor.wire == "anthropic" else client.chat.completions.create
    options = {"max_tokens": 1} if vendor.wire == "anthropic" else {"stream": True}
    await under_way.open(method, model="m", messages=MESSAGES[1:], **options)

    async def read() -> None:
        async for _ in under_way.items():
            pass

    async with anyio.create_task_group() as group:
        group.start_soon(read)
        while not under_way._reading:
            await anyio.sleep(0)
        group.cancel_scope.cancel()
    await under_way.close()
    assert await anyio.to_thread.run_sync(fake.hung_up.wait, 10)


async def test_a_stream_that_offers_only_text(connect: Connect, says: Says) -> None:
    class OnlyText:
        def __init__(self, stream: Any) -> None:
            self.text_stream, self.get_final_message = stream.text_stream, stream.get_final_message

    class Manager:
        def __init__(self, manager: Any) -> None:
            self.manager = manager

        async def __aenter__(self) -> OnlyText:
            return OnlyText(await self.manager.__aenter__())

        async def __aexit__(self, *exc: Any) -> None:
            await self.manager.__aexit__(*exc)

    async def last_of(frames: list[bytes]) -> Any:
        client = connect(VENDORS[2], says("anthropic", frames=frames).url)
        real = client.messages.stream
        client.messages.stream = lambda **given: Manager(real(**given))
        async with local_client() as kaizen:
            return [event async for event in AnthropicKaizenWrapper(kaizen, client=client).stream(MESSAGES)][-1]

    frames = events_of("anthropic", ["a: ", "1"])
    done = await last_of(frames)
    assert (done["text"], done["finish_reason"]) == ("a: 1", "end_turn")
    with pytest.raises(KaizenProviderError, match="ended before"):
        await last_of(frames[:-2])
