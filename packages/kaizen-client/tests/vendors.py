"""Fakes of the vendors' services, and how their real SDKs are pointed at them."""

import json
from collections.abc import AsyncIterator, Callable
from typing import Any, NamedTuple

import anthropic
import openai
from google import genai

from kaizen_client import KaizenClient
from kaizen_client.integrations import (
    AnthropicKaizenWrapper,
    GeminiKaizenWrapper,
    OpenAICompatibleKaizenWrapper,
    OpenAIKaizenWrapper,
)

from .conftest import DATA

VECTORS = json.loads((DATA / "wire_vectors.json").read_text(encoding="utf-8"))
MESSAGES = [{"role": "system", "content": "S"}, {"role": "user", "content": "U"}]
KTOF = "messages[2]{role,content}:\n  system,S\n  user,U"


def body_of(vendor: str, text: str) -> Any:
    """The smallest answer that the vendor's SDK reads, saying `text`."""
    fakes = {key.split(" ")[0]: value for key, value in VECTORS["vendor_fake_responses"].items()}
    if vendor == "chat":
        return {
            "id": "c",
            "object": "chat.completion",
            "created": 1,
            "model": "m",
            "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}],
        }
    return json.loads(json.dumps(fakes[vendor]).replace("answer: yes", text.replace("\n", "\\n")))


def events_of(vendor: str, pieces: list[str]) -> bytes:
    """A stream of server-sent events saying the pieces one after another."""
    if vendor == "openai":
        whole = body_of("openai", "".join(pieces))
        events = [
            {
                "type": "response.output_text.delta",
                "item_id": "i",
                "output_index": 0,
                "content_index": 0,
                "delta": piece,
                "logprobs": [],
                "sequence_number": number,
            }
            for number, piece in enumerate(pieces)
        ]
        events.insert(0, {"type": "response.in_progress", "response": whole, "sequence_number": 98})
        events.append({"type": "response.completed", "response": whole, "sequence_number": 99})
    elif vendor == "anthropic":
        start = {**body_of("anthropic", ""), "content": [], "stop_reason": None}
        events = [
            {"type": "message_start", "message": start},
            {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
            *(
                {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": piece}}
                for piece in pieces
            ),
            {"type": "content_block_stop", "index": 0},
            {
                "type": "message_delta",
                "delta": {"stop_reason": "end_turn", "stop_sequence": None},
                "usage": {"output_tokens": 1},
            },
            {"type": "message_stop"},
        ]
    elif vendor == "gemini":
        events = [body_of("gemini", piece) for piece in [*pieces, ""]]
    else:
        chunk = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}
        deltas = [{"index": 0, "delta": {"content": piece}} for piece in ["", *pieces]]
        events = [{**chunk, "choices": [delta]} for delta in deltas] + [{**chunk, "choices": []}]
    lines = []
    for event in events:
        name = f"event: {event['type']}\n" if "type" in event else ""
        lines.append(f"{name}data: {json.dumps(event)}\n\n")
    return "".join(lines).encode()


class Vendor(NamedTuple):
    """One vendor: how to call it with its SDK, and what its fake is to say."""

    name: str
    wrap: Callable[..., Any]
    client: Callable[[str, bool], Any]
    fake: Callable[..., Any]
    rate_limit: type[Exception]
    response_key: str


def openai_client(url: str, sync: bool) -> Any:
    kind = openai.OpenAI if sync else openai.AsyncOpenAI
    return kind(base_url=f"{url}/v1", api_key="sk-fake", max_retries=0)


def anthropic_client(url: str, sync: bool) -> Any:
    kind = anthropic.Anthropic if sync else anthropic.AsyncAnthropic
    return kind(base_url=url, api_key="ak-fake", max_retries=0)


def gemini_client(url: str, sync: bool) -> Any:
    client = genai.Client(api_key="fake", http_options={"base_url": url})
    return client if not sync else client.aio


def ask(wrapper: Any, **options: Any) -> Any:
    prompt = {"messages": MESSAGES}
    return wrapper.invoke(prompt, **options) if hasattr(wrapper, "invoke") else wrapper.chat(MESSAGES, **options)


def stream(wrapper: Any, **options: Any) -> AsyncIterator[Any]:
    gemini = hasattr(wrapper, "invoke")
    return wrapper.stream({"messages": MESSAGES} if gemini else MESSAGES, **options)


def compatible(kaizen: KaizenClient, **settings: Any) -> OpenAICompatibleKaizenWrapper:
    return OpenAICompatibleKaizenWrapper(kaizen, model="m", **settings)


VENDORS = [
    Vendor("openai", OpenAIKaizenWrapper, openai_client, body_of, openai.RateLimitError, "openai_response"),
    Vendor("chat", compatible, openai_client, body_of, openai.RateLimitError, "openai_response"),
    Vendor(
        "anthropic", AnthropicKaizenWrapper, anthropic_client, body_of, anthropic.RateLimitError, "anthropic_response"
    ),
    Vendor("gemini", GeminiKaizenWrapper, gemini_client, body_of, genai.errors.ClientError, "gemini_response"),
]
