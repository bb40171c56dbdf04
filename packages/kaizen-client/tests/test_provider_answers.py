"""What the wrappers make of the vendors' answers: decoded, left alone, and never lost."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from sdk_engine.messages import WireFailure
from sdk_engine.testing import FakeAsyncWire

from kaizen_client import KaizenAPIError, KaizenClient, KaizenError
from kaizen_client.integrations import OpenAIKaizenWrapper
from kaizen_client.local import local_client

from .conftest import Loopback, answer, serving
from .vendors import MESSAGES, VENDORS, Vendor, ask, body_of


@pytest.mark.promise("kaizen.providers.decode-modes")
@pytest.mark.parametrize(
    ("text", "decode", "decoded"),
    [
        ("answer: yes", "auto", {"answer": "yes"}),
        ("I think a: b, c", "auto", None),
        ("", "auto", None),
        ("I think a: b, c", "always", {"I think a": "b, c"}),
        ("answer: yes", "never", None),
    ],
)
async def test_what_is_decoded(
    connect: Callable[..., Any], text: str, decode: Any, decoded: Any, says: Callable[..., Loopback]
) -> None:
    fake = says("openai", text)
    async with local_client() as kaizen:
        wrapper = OpenAIKaizenWrapper(kaizen, client=connect(VENDORS[0], fake.url), decode=decode)
        result = await wrapper.chat(MESSAGES)
    assert (result["decoded"] and result["decoded"]["result"]) == decoded
    assert result["openai_response"].output_text == text


TABLE = "users[2]{id,name}:\n    1,Ada\n    2,Bob"
USERS = {"users": [{"id": 1, "name": "Ada"}, {"id": 2, "name": "Bob"}]}


@pytest.mark.parametrize(
    ("text", "options", "decoded"),
    [
        ("```ktof\nanswer: yes\n```", {}, {"answer": "yes"}),
        ("```toon\nanswer: yes\n```\n", {}, {"answer": "yes"}),
        ("```\nanswer: yes\n```", {}, {"answer": "yes"}),
        ("Here it is:\r\n~~~ KTOF\r\nanswer: yes\r\n~~~\r\nAnything else?", {}, {"answer": "yes"}),
        ("- as asked:\n  ````ktof\n  a:\n    b: 1\n  ````", {}, {"a": {"b": 1}}),
        (f"```ktof\n{TABLE}\n```", {"indent": 4}, USERS),
        (TABLE, {"indent": 4}, USERS),
        ("a:\n b: 1", {"indent": 1}, {"a": {"b": 1}}),
        ("users[3]{id,name}:\n  1,Ada\n  2,Bob", {"strict": False}, USERS),
        ("a:\n   b: 1", {"strict": False}, {"a": {"b": 1}}),
        ("```json\n{}\n```", {}, None),
        ("```python\na: int = 1\n```", {}, None),
        ("Either\n```ktof\na: 1\n```\nor\n```ktof\na: 2\n```", {}, None),
        ("See:\n```\na: 1\n```", {}, None),
        ("```\nIt is so: yes, really.\n```", {}, None),
    ],
)
@pytest.mark.parametrize("streaming", [False, True], ids=["whole", "stream"])
async def test_fences_and_options_of_an_answer(
    connect: Callable[..., Any], text: str, options: Any, decoded: Any, streaming: bool, says: Callable[..., Loopback]
) -> None:
    fake = says("openai", text, pieces=[text[:9], text[9:]] if streaming else None)
    async with local_client() as kaizen:
        wrapper = OpenAIKaizenWrapper(kaizen, client=connect(VENDORS[0], fake.url), decode_options=options)
        result = [event async for event in wrapper.stream(MESSAGES)][-1] if streaming else await wrapper.chat(MESSAGES)
    assert "decode_error" not in result
    assert (result["decoded"] and result["decoded"]["result"]) == decoded


@pytest.mark.parametrize("text", [TABLE, "a:\n    b: 1", "users[3]{id}:\n  1", "```ktof\nwhat?\nthis\n```"])
async def test_ktof_with_mistakes_is_not_decoded_and_it_is_said_why(
    connect: Callable[..., Any], text: str, says: Callable[..., Loopback]
) -> None:
    fake = says("openai", text)
    async with local_client() as kaizen:
        result = await OpenAIKaizenWrapper(kaizen, client=connect(VENDORS[0], fake.url)).chat(MESSAGES)
    assert result["decoded"] is None
    assert isinstance(result["decode_error"], KaizenAPIError)


@pytest.mark.parametrize("text", ["```ktof\na: 1\n```", "```\na: 1\n```"])
async def test_always_takes_the_fence_off_as_well(
    connect: Callable[..., Any], text: str, says: Callable[..., Loopback]
) -> None:
    fake = says("openai", text)
    async with local_client() as kaizen:
        wrapper = OpenAIKaizenWrapper(kaizen, client=connect(VENDORS[0], fake.url), decode="always")
        assert (await wrapper.chat(MESSAGES))["decoded"]["result"] == {"a": 1}


@pytest.mark.promise("kaizen.providers.paid-completions-survive")
async def test_a_decoding_that_fails_loses_nothing(
    connect: Callable[..., Any], vendor: Vendor, says: Callable[..., Loopback]
) -> None:
    fake = says(vendor.wire, "a[3]: 1")
    async with local_client() as kaizen:
        wrapper = vendor.wrap(kaizen, client=connect(vendor, fake.url), decode="always")
        result = await ask(wrapper)
    assert result["decoded"] is None
    assert isinstance(result["decode_error"], KaizenAPIError)
    assert "a[3]: 1" in repr(result[vendor.response_key])


@pytest.mark.promise("kaizen.providers.paid-completions-survive")
@pytest.mark.parametrize("streaming", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize("failure", [WireFailure("cut"), 500, KeyError("a bug of the caller's HTTP client")], ids=str)
async def test_whatever_happens_while_decoding_the_answer_is_there(
    connect: Callable[..., Any], streaming: bool, failure: Any, says: Callable[..., Loopback]
) -> None:
    fake = says("openai", pieces=["answer: yes"] if streaming else None)

    class Failing(FakeAsyncWire):
        async def send(self, request: Any, timeout: float, patience: float) -> Any:
            if self.requests and isinstance(failure, KeyError):
                raise failure
            return await super().send(request, timeout, patience)

    wire = Failing([answer({"result": "x: 1"}), failure])
    wrapper = OpenAIKaizenWrapper(KaizenClient.over(wire), client=connect(VENDORS[0], fake.url))
    if streaming:
        result = [event async for event in wrapper.stream(MESSAGES)][-1]
    else:
        result = await wrapper.chat(MESSAGES)
    assert result["openai_response"].output_text == "answer: yes"
    assert result["decoded"] is None
    assert isinstance(result["decode_error"], (KaizenError, KeyError))


@pytest.mark.promise("kaizen.providers.paid-completions-survive")
async def test_an_answer_that_the_vendors_sdk_does_not_understand_is_there(connect: Callable[..., Any]) -> None:
    with serving(lambda _: (200, {"Content-Type": "text/html"}, b"<html>a gateway")) as fake:
        async with local_client() as kaizen:
            for vendor in VENDORS[:3]:
                result = await ask(vendor.wrap(kaizen, client=connect(vendor, fake.url)))
                assert "a gateway" in result[vendor.response_key]
                assert isinstance(result["decode_error"], AttributeError)
                unread = vendor.wrap(kaizen, client=connect(vendor, fake.url), decode="never")
                assert "decode_error" not in await ask(unread)


async def test_answers_without_text(connect: Callable[..., Any], says: Callable[..., Loopback]) -> None:
    empty = {
        "chat": {**body_of("chat", ""), "choices": []},
        "anthropic": {**body_of("anthropic", ""), "content": [{"type": "thinking", "thinking": "h", "signature": "s"}]},
        "gemini": {"candidates": [], "promptFeedback": {"blockReason": "SAFETY"}},
    }
    for vendor in VENDORS[1:4]:
        body = json.dumps(empty[vendor.name]).encode()
        with serving(lambda _, body=body: (200, {"Content-Type": "application/json"}, body)) as fake:
            async with local_client() as kaizen:
                result = await ask(vendor.wrap(kaizen, client=connect(vendor, fake.url)))
        assert result["decoded"] is None
