"""The wrappers with plain objects that have the vendors' attribute names, as callers' tests have them."""

from collections.abc import AsyncIterator, Callable, Iterator
from types import SimpleNamespace as Plain
from typing import Any

import pytest

from kaizen_client import KaizenProviderError
from kaizen_client.integrations import AnthropicKaizenWrapper, GeminiKaizenWrapper, OpenAIKaizenWrapper
from kaizen_client.local import local_client

from .vendors import MESSAGES, compatible, stream


def client_of(path: str, items: list[Any], sync: bool) -> Any:
    """A client whose method gives a stream of these items."""

    async def later() -> AsyncIterator[Any]:
        for item in items:
            yield item

    def blocking() -> Iterator[Any]:
        yield from items

    async def ask_async(**_: Any) -> Any:
        return later()

    client: Any = (lambda **_: blocking()) if sync else ask_async
    for name in reversed(path.split(".")):
        client = Plain(**{name: client})
    return client


def chat_chunk(finish: str | None = None, **delta: Any) -> Any:
    return Plain(choices=[Plain(delta=Plain(**{"content": None, **delta}), finish_reason=finish)])


CALL = Plain(index=0, id="c1", function=Plain(name="f", arguments='{"a": 1}'))
FUNCTION_CALL = Plain(text=None, thought=None, function_call=Plain(id=None, name="f", args={"a": 1}))


def gemini_chunk(*parts: Any, finish: str | None = None) -> Any:
    return Plain(candidates=[Plain(content=Plain(parts=list(parts)), finish_reason=finish)], usage_metadata=None)


RESPONSE = Plain(
    output_text="a: 1",
    status="completed",
    output=[Plain(type="function_call", call_id="c1", name="f", arguments="not JSON")],
    usage=7,
)
BLOCK = Plain(type="tool_use", id="c1", name="f", input={"a": 1})
MESSAGE = Plain(content=[Plain(type="text", text="a: 1"), BLOCK], stop_reason="tool_use", usage=7)
TEXT = Plain(text="a: 1", thought=None, function_call=None)
STREAMS: list[tuple[Callable[..., Any], str, list[Any], Any, Any]] = [
    (
        compatible,
        "chat.completions.create",
        [chat_chunk(content="a: "), chat_chunk(content="1"), chat_chunk(tool_calls=[CALL]), chat_chunk("tool_calls")],
        {"id": "c1", "name": "f", "arguments": {"a": 1}},
        "tool_calls",
    ),
    (
        OpenAIKaizenWrapper,
        "responses.create",
        [Plain(type="response.output_text.delta", delta="a: 1"), Plain(type="response.completed", response=RESPONSE)],
        {"id": "c1", "name": "f", "arguments": "not JSON"},
        "completed",
    ),
    (
        AnthropicKaizenWrapper,
        "messages.stream",
        [
            Plain(type="content_block_delta", delta=Plain(type="text_delta", text="a: 1")),
            Plain(type="message_stop", message=MESSAGE),
        ],
        {"id": "c1", "name": "f", "arguments": {"a": 1}},
        "tool_use",
    ),
    (
        GeminiKaizenWrapper,
        "models.generate_content_stream",
        [
            gemini_chunk(TEXT),
            gemini_chunk(FUNCTION_CALL),
            Plain(candidates=[Plain(content=None, finish_reason="STOP")]),
        ],
        {"id": None, "name": "f", "arguments": {"a": 1}},
        "STOP",
    ),
]


@pytest.mark.parametrize(("wrap", "path", "items", "call", "finish"), STREAMS)
async def test_a_stream_of_plain_objects(
    wrap: Any, path: str, items: list[Any], call: Any, finish: str, sync: bool
) -> None:
    async with local_client() as kaizen:
        wrapper = wrap(kaizen, client=client_of(path, items, sync))
        done = [event async for event in stream(wrapper)][-1]
        assert (done["text"], done["tool_calls"], done["finish_reason"]) == ("a: 1", [call], finish)
        assert done["decoded"]["result"] == {"a": 1}
        with pytest.raises(KaizenProviderError, match="ended before") as caught:
            _ = [event async for event in stream(wrap(kaizen, client=client_of(path, items[:-1], sync)))]
    assert caught.value.partial is not None
    assert caught.value.partial["text"] == "a: 1"


@pytest.mark.parametrize(
    ("wrap", "path", "item"),
    [
        (OpenAIKaizenWrapper, "responses.create", Plain(type="error", code="c", message="overloaded")),
        (
            OpenAIKaizenWrapper,
            "responses.create",
            Plain(type="response.failed", response=Plain(status="failed", error=Plain(code="c", message="overloaded"))),
        ),
        (compatible, "chat.completions.create", Plain(error={"message": "overloaded"}, choices=[])),
        (AnthropicKaizenWrapper, "messages.stream", Plain(type="error", error=Plain(type="c", message="overloaded"))),
    ],
)
async def test_an_error_among_plain_objects(wrap: Any, path: str, item: Any, sync: bool) -> None:
    async with local_client() as kaizen:
        wrapper = wrap(kaizen, client=client_of(path, [item, item], sync))
        with pytest.raises(KaizenProviderError, match="overloaded"):
            _ = [event async for event in wrapper.stream(MESSAGES)]


async def test_a_stream_that_python_cuts(sync: bool) -> None:
    class Cut(list[Any]):
        def __iter__(self) -> Iterator[Any]:
            yield chat_chunk(content="a")
            raise ConnectionResetError("reset")

    async with local_client() as kaizen:
        wrapper = compatible(kaizen, client=client_of("chat.completions.create", Cut(), sync))
        with pytest.raises(ConnectionResetError) as caught:
            _ = [event async for event in wrapper.stream(MESSAGES)]
    error: Any = caught.value
    assert isinstance(error, KaizenProviderError)
    assert error.partial["text"] == "a"
