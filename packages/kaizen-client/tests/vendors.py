"""Fakes of the vendors' services, and how their real SDKs are pointed at them."""

import json
from collections.abc import AsyncIterator, Callable
from typing import Any, NamedTuple

import anthropic
import anthropic.types
import openai
import openai.types.chat
import openai.types.responses
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
CALL = {"id": "call_1", "name": "weather", "arguments": {"city": "Oslo", "days": [1, 2]}}
EVENT_STREAM = {"Content-Type": "text/event-stream"}


class Vendor(NamedTuple):
    """One vendor: how to call it with its SDK, and what its answers are to be."""

    name: str
    wire: str
    wrap: Callable[..., Any]
    client: Callable[[str, bool], Any]
    rate_limit: type[Exception]
    error: type[Exception]
    final: type[Any]
    finish: str
    tokens: str

    @property
    def response_key(self) -> str:
        return f"{'openai' if self.wire == 'chat' else self.wire}_response"


def body_of(wire: str, text: str) -> Any:
    """The smallest answer that the vendor's SDK reads, saying `text`."""
    fakes = {key.split(" ")[0]: value for key, value in VECTORS["vendor_fake_responses"].items()}
    if wire == "chat":
        return {
            "id": "c",
            "object": "chat.completion",
            "created": 1,
            "model": "m",
            "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}],
        }
    return json.loads(json.dumps(fakes[wire]).replace('"answer: yes"', json.dumps(text)))


def events_of(wire: str, pieces: list[str], call: dict[str, Any] | None = None) -> list[bytes]:
    """A stream of server-sent events saying the pieces one after another, with the call of a tool before its end."""
    events = _EVENTS[wire](pieces, call)
    return [frame(event) for event in events]


def frame(event: dict[str, Any]) -> bytes:
    name = f"event: {event['type']}\n" if "type" in event else ""
    return f"{name}data: {json.dumps(event)}\n\n".encode()


def error_event(wire: str) -> dict[str, Any]:
    """How the vendor says in a stream that it cannot go on."""
    if wire == "openai":
        return {"type": "error", "code": "server_error", "message": "overloaded", "param": None, "sequence_number": 9}
    if wire == "anthropic":
        return {"type": "error", "error": {"type": "overloaded_error", "message": "overloaded"}}
    return {"error": {"message": "overloaded", "type": "server_error", "code": 503, "status": "UNAVAILABLE"}}


def _halves(call: dict[str, Any]) -> tuple[str, str]:
    arguments = json.dumps(call["arguments"])
    return arguments[:9], arguments[9:]


def _responses(pieces: list[str], call: dict[str, Any] | None) -> list[dict[str, Any]]:
    whole = body_of("openai", "".join(pieces))
    begun = {**whole, "status": "in_progress", "output": [], "usage": None}
    delta = {"type": "response.output_text.delta", "item_id": "i", "output_index": 0, "content_index": 0}
    events = [{"type": "response.created", "response": begun}]
    events += [{**delta, "delta": piece, "logprobs": []} for piece in pieces]
    if call is not None:
        first, last = _halves(call)
        item = {"type": "function_call", "id": "f", "call_id": call["id"], "name": call["name"], "status": "completed"}
        item = {**item, "arguments": first + last}
        whole["output"] += [{"type": "reasoning", "id": "rs", "summary": []}, item]
        events += [
            {"type": "response.function_call_arguments.delta", "item_id": "f", "output_index": 1, "delta": part}
            for part in (first, last)
        ]
        events.append({"type": "response.output_item.done", "output_index": 1, "item": item})
    events.append({"type": "response.completed", "response": whole})
    return [{**event, "sequence_number": number} for number, event in enumerate(events)]


def _chat(pieces: list[str], call: dict[str, Any] | None) -> list[dict[str, Any]]:
    deltas: list[dict[str, Any]] = [{"role": "assistant", "content": ""}, *({"content": piece} for piece in pieces)]
    if call is not None:
        first, last = _halves(call)
        head = {"index": 0, "id": call["id"], "type": "function", "function": {"name": call["name"], "arguments": ""}}
        deltas.append({"tool_calls": [head]})
        deltas += [{"tool_calls": [{"index": 0, "function": {"arguments": part}}]} for part in (first, last)]
    choices = [{"index": 0, "delta": delta, "finish_reason": None} for delta in deltas]
    choices.append({"index": 0, "delta": {}, "finish_reason": "tool_calls" if call else "stop"})
    chunk = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
    filtered = {**chunk, "choices": [], "prompt_filter_results": [{"prompt_index": 0}]}  # Azure's first
    return [filtered, *({**chunk, "choices": [choice]} for choice in choices), {**chunk, "choices": [], "usage": usage}]


def _anthropic(pieces: list[str], call: dict[str, Any] | None) -> list[dict[str, Any]]:
    start = {**body_of("anthropic", ""), "content": [], "stop_reason": None}
    texts = [{"type": "text_delta", "text": piece} for piece in pieces]
    blocks: list[tuple[dict[str, Any], list[dict[str, Any]]]] = [({"type": "text", "text": ""}, texts)]
    if call is not None:
        deltas = [{"type": "input_json_delta", "partial_json": part} for part in _halves(call)]
        blocks.append(({"type": "tool_use", "id": call["id"], "name": call["name"], "input": {}}, deltas))
    events = [{"type": "message_start", "message": start}]
    for index, (block, deltas) in enumerate(blocks):
        events.append({"type": "content_block_start", "index": index, "content_block": block})
        events += [{"type": "content_block_delta", "index": index, "delta": delta} for delta in deltas]
        events.append({"type": "content_block_stop", "index": index})
    reason = {"stop_reason": "tool_use" if call else "end_turn", "stop_sequence": None}
    events.append({"type": "message_delta", "delta": reason, "usage": {"output_tokens": 1}})
    return [*events, {"type": "message_stop"}]


def _gemini(pieces: list[str], call: dict[str, Any] | None) -> list[dict[str, Any]]:
    parts: list[dict[str, Any]] = [{"text": piece} for piece in pieces]
    if call is not None:
        named = {"id": call["id"], "name": call["name"], "args": call["arguments"]}
        parts += [{"text": "hm", "thought": True}, {"functionCall": named, "thoughtSignature": "c2ln"}]
    events = [{"candidates": [{"index": 0, "content": {"role": "model", "parts": [part]}}]} for part in parts]
    last = body_of("gemini", "")
    return [*events, last]


_EVENTS = {"openai": _responses, "chat": _chat, "anthropic": _anthropic, "gemini": _gemini}


def openai_client(url: str, sync: bool) -> Any:
    kind = openai.OpenAI if sync else openai.AsyncOpenAI
    return kind(base_url=f"{url}/v1", api_key="sk-fake", max_retries=0)


def azure_client(url: str, sync: bool) -> Any:
    kind = openai.AzureOpenAI if sync else openai.AsyncAzureOpenAI
    return kind(azure_endpoint=url, api_key="az-fake", api_version="2025-04-01-preview", max_retries=0)


def anthropic_client(url: str, sync: bool) -> Any:
    kind = anthropic.Anthropic if sync else anthropic.AsyncAnthropic
    return kind(base_url=url, api_key="ak-fake", max_retries=0)


class BlockingGemini:
    """google-genai's blocking side only."""

    def __init__(self, client: genai.Client) -> None:
        self.models, self.close = client.models, client.close


def gemini_client(url: str, sync: bool) -> Any:
    client = genai.Client(api_key="fake", http_options={"base_url": url})
    return BlockingGemini(client) if sync else client


def ask(wrapper: Any, prompt: Any = None, **options: Any) -> Any:
    if hasattr(wrapper, "invoke"):
        return wrapper.invoke({"messages": MESSAGES} if prompt is None else prompt, **options)
    return wrapper.chat(MESSAGES if prompt is None else prompt, **options)


def stream(wrapper: Any, prompt: Any = None, **options: Any) -> AsyncIterator[Any]:
    if hasattr(wrapper, "invoke"):
        return wrapper.stream({"messages": MESSAGES} if prompt is None else prompt, **options)
    return wrapper.stream(MESSAGES if prompt is None else prompt, **options)


def compatible(kaizen: KaizenClient, **settings: Any) -> OpenAICompatibleKaizenWrapper:
    return OpenAICompatibleKaizenWrapper(kaizen, model="m", **settings)


_OPENAI = (openai.RateLimitError, openai.APIError)
_RESPONSE = (openai.types.responses.Response, "completed", "input_tokens")
_COMPLETION = (openai.types.chat.ChatCompletion, "tool_calls", "prompt_tokens")
_MESSAGE = (anthropic.types.Message, "tool_use", "input_tokens")
_GENERATED = (genai.types.GenerateContentResponse, "STOP", "prompt_token_count")
VENDORS = [
    Vendor("openai", "openai", OpenAIKaizenWrapper, openai_client, *_OPENAI, *_RESPONSE),
    Vendor("chat", "chat", compatible, openai_client, *_OPENAI, *_COMPLETION),
    Vendor(
        "anthropic",
        "anthropic",
        AnthropicKaizenWrapper,
        anthropic_client,
        anthropic.RateLimitError,
        anthropic.APIStatusError,
        *_MESSAGE,
    ),
    Vendor(
        "gemini",
        "gemini",
        GeminiKaizenWrapper,
        gemini_client,
        genai.errors.ClientError,
        genai.errors.APIError,
        *_GENERATED,
    ),
    Vendor("azure", "openai", OpenAIKaizenWrapper, azure_client, *_OPENAI, *_RESPONSE),
    Vendor("azure-chat", "chat", compatible, azure_client, *_OPENAI, *_COMPLETION),
]
