"""Prompts for Gemini, which takes texts, parts, contents and data alike."""

import json
from typing import Any

import pytest
from google.genai import types
from sdk_engine.testing import FakeAsyncWire

from kaizen_client import KaizenClient, ktof
from kaizen_client.integrations import GeminiKaizenWrapper
from kaizen_client.local import local_client

from .test_provider_prompts import CODE, DEEP, QUESTION, ROWS, TABLE, Connect, Says, argument
from .vendors import VENDORS


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        (CODE, [[{"text": CODE}]]),
        (QUESTION, [[{"text": f"Who is active?\n```ktof\n{TABLE}\n```\nAnswer briefly."}]]),
        (ROWS, [[{"text": TABLE}]]),
        (["a, b", types.Part.from_bytes(data=b"\x89PNG", mime_type="image/png")], [[{"text": "a, b"}, "image"]]),
        (types.Part.from_bytes(data=b"\x89PNG", mime_type="image/png"), [["image"]]),
        ([{"inline_data": {"mime_type": "image/png", "data": b"\x89PNG"}}, ROWS[0], DEEP], [["image", "row", "deep"]]),
        ([types.Content(role="model", parts=[types.Part(text=CODE)]), "hi"], [[{"text": CODE}], [{"text": "hi"}]]),
        ({"role": "user", "parts": [{"text": QUESTION, "thought": True}]}, [[{"text": QUESTION, "thought": True}]]),
        (
            {"messages": [{"role": "user", "content": ["a, b", {"type": "text", "text": "c: d"}]}]},
            [[{"text": "a, b"}, {"text": "c: d"}]],
        ),
        (
            {"messages": [{"role": "user", "parts": [{"text": "a: b"}]}, types.UserContent("c")]},
            [[{"text": "a: b"}], [{"text": "c"}]],
        ),
    ],
)
async def test_prompts_of_gemini(connect: Connect, says: Says, prompt: Any, expected: Any) -> None:
    known = {
        "image": {"inlineData": {"mimeType": "image/png", "data": "iVBORw=="}},
        "row": {"text": ktof.encode(ROWS[0])},
        "deep": {"text": json.dumps(DEEP, separators=(",", ":"))},
    }
    fake = says("gemini")
    async with local_client() as kaizen:
        await GeminiKaizenWrapper(kaizen, client=connect(VENDORS[3], fake.url)).invoke(prompt)
    sent = [content["parts"] for content in argument("gemini", fake.received[0].body)]
    assert sent == [[known.get(str(part), part) for part in parts] for parts in expected]


@pytest.mark.parametrize(
    "odd",
    [
        {"role": "assistant", "tool_calls": []},
        {"role": "tool", "content": ""},
        {
            "role": "user",
            "content": [{"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}}],
        },
    ],
)
async def test_messages_that_gemini_has_no_place_for(connect: Connect, odd: dict[str, Any]) -> None:
    wire = FakeAsyncWire([])
    wrapper = GeminiKaizenWrapper(KaizenClient.over(wire), client=connect(VENDORS[3], "http://127.0.0.1:9"))
    with pytest.raises(ValueError, match="google-genai"):
        await wrapper.invoke({"messages": [odd, {"role": "user", "content": ROWS}]})
    assert not wire.requests
