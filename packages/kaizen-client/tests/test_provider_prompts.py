"""What of a prompt reaches a vendor: JSON in the smaller form, and everything else as it was given."""

import copy
import json
from collections.abc import Callable
from typing import Any

import anthropic
import openai
import pytest
from sdk_engine.testing import FakeAsyncWire

from kaizen_client import KaizenAPIError, KaizenClient, SavingsReport, ktof
from kaizen_client.integrations import AnthropicKaizenWrapper, GeminiKaizenWrapper, OpenAIKaizenWrapper
from kaizen_client.local import local_client
from kaizen_client.results import KaizenResult

from .conftest import Loopback, answer
from .vendors import MESSAGES, VENDORS, Vendor, ask, body_of, compatible, stream

Connect = Callable[..., Any]
Says = Callable[..., Loopback]

ROWS = [{"id": number, "name": f"user {number}", "active": True} for number in range(8)]
TABLE = ktof.encode(ROWS)
DEEP = {"a": {"b": [[1.5, 2], [3, 4.25]], "c": {"d": []}}}
CODE = 'Fix:\ndef f(a={}, b=[]):\n  return a["x"]\n\n- [ ] task\n{"half": [1, 2'
QUESTION = f"Who is active?\n```json\n{json.dumps(ROWS, indent=1)}\n```\nAnswer briefly."


def parts_of(wire: str, text: str) -> list[dict[str, Any]]:
    """One user message's parts that are not text, and the text between them, as the vendor defines them."""
    if wire == "openai":
        return [
            {"type": "input_image", "image_url": "data:image/png;base64,iVBORw0KGgo=", "detail": "low"},
            {"type": "input_text", "text": text},
            {"type": "input_file", "filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBERi0="},
        ]
    if wire == "chat":
        return [
            {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}},
            {"type": "text", "text": text},
            {"type": "input_audio", "input_audio": {"data": "UklGRg==", "format": "wav"}},
        ]
    if wire == "anthropic":
        source = {"type": "base64", "media_type": "image/png", "data": "iVBORw0KGgo="}
        return [
            {"type": "image", "source": source},
            {"type": "text", "text": text},
            {"type": "text", "text": QUESTION, "cache_control": {"type": "ephemeral"}},
        ]
    return [
        {"inlineData": {"mimeType": "image/png", "data": "iVBORw0KGgo="}},
        {"text": text},
        {"fileData": {"mimeType": "audio/wav", "fileUri": "https://files/1"}},
    ]


def history_of(wire: str) -> list[dict[str, Any]]:
    """A turn in which the model calls a tool, with the tool's answer, whose texts hold JSON documents."""
    said, got = json.dumps(DEEP), json.dumps(ROWS, indent=1)
    if wire == "openai":
        return [
            {"type": "reasoning", "id": "rs_1", "summary": [], "encrypted_content": "abc"},
            {"role": "assistant", "content": [{"type": "output_text", "text": said, "annotations": []}]},
            {"type": "function_call", "call_id": "c1", "name": "f", "arguments": said},
            {"type": "function_call_output", "call_id": "c1", "output": got},
        ]
    if wire == "chat":
        call = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": said}}
        return [
            {"role": "assistant", "content": said, "tool_calls": [call]},
            {"role": "tool", "tool_call_id": "c1", "content": got},
        ]
    if wire == "anthropic":
        thinking = {"type": "thinking", "thinking": said, "signature": "s"}
        result = {"type": "tool_result", "tool_use_id": "c1", "content": [{"type": "text", "text": got}]}
        return [
            {"role": "assistant", "content": [thinking, {"type": "tool_use", "id": "c1", "name": "f", "input": DEEP}]},
            {"role": "user", "content": [result]},
        ]
    return [
        {"role": "model", "parts": [{"text": said}, {"functionCall": {"name": "f", "args": DEEP}}]},
        {"role": "user", "parts": [{"functionResponse": {"name": "f", "response": {"rows": ROWS}}}]},
    ]


def message(wire: str, content: Any) -> dict[str, Any]:
    return {"role": "user", "parts" if wire == "gemini" else "content": content}


def argument(wire: str, body: dict[str, Any]) -> Any:
    sent = json.dumps(body[{"openai": "input", "gemini": "contents"}.get(wire, "messages")])
    for name, other in (("mime_type", "mimeType"), ("file_uri", "fileUri")):  # google-genai writes either
        sent = sent.replace(name, other)
    return json.loads(sent)


@pytest.mark.parametrize("streaming", [False, True], ids=["whole", "stream"])
async def test_what_is_not_text_reaches_the_vendor_as_it_is(
    connect: Connect, vendor: Vendor, streaming: bool, says: Says
) -> None:
    wire = vendor.wire
    prompt = [message(wire, parts_of(wire, CODE)), *history_of(wire), message(wire, parts_of(wire, "And now?"))]
    given = copy.deepcopy(prompt)
    fake = says(wire, pieces=["hi"] if streaming else None)
    async with local_client() as kaizen:
        wrapper = vendor.wrap(kaizen, client=connect(vendor, fake.url))
        if streaming:
            (encoded, *_) = [event async for event in stream(wrapper, prompt)]
            encoded = encoded["encoded"]
        else:
            encoded = (await ask(wrapper, prompt))["encoded"]
    assert argument(wire, fake.received[0].body) == given == prompt
    assert encoded["sent"]["format"] == "text"
    assert encoded["stats"]["original_bytes"] == encoded["stats"]["compressed_bytes"]


async def test_documents_in_texts_are_encoded_where_they_stand(connect: Connect, vendor: Vendor, says: Says) -> None:
    fake, wire = says(vendor.wire), vendor.wire
    prompt = [message(wire, parts_of(wire, QUESTION)), *history_of(wire)]
    if wire != "gemini":
        prompt.append({"role": "user", "content": QUESTION})
    async with local_client() as kaizen:
        result = await ask(vendor.wrap(kaizen, client=connect(vendor, fake.url)), prompt)
    sent = argument(wire, fake.received[0].body)
    expected = f"Who is active?\n```ktof\n{TABLE}\n```\nAnswer briefly."
    assert sent[0] == message(wire, parts_of(wire, expected))
    assert sent[1:-1] == prompt[1:-1]
    assert wire == "gemini" or sent[-1] == {"role": "user", "content": expected}
    encoded = result["encoded"]
    assert (encoded["result"], encoded["sent"]["format"]) == (sent, "ktof")
    assert encoded["stats"]["compressed_bytes"] < 0.5 * encoded["stats"]["original_bytes"]
    report = SavingsReport()
    assert report.add(QUESTION, encoded["parts"][0]).bytes_after == len(expected)


async def test_a_text_in_a_message_alone(connect: Connect, vendor: Vendor, says: Says) -> None:
    """Code stays byte for byte; a document in a text saves what the same does as data."""
    for text, expected in ((CODE, CODE), (json.dumps(ROWS), TABLE), ("Mind: a, b.", "Mind: a, b.")):
        fake = says(vendor.wire)
        async with local_client() as kaizen:
            await ask(vendor.wrap(kaizen, client=connect(vendor, fake.url)), prompt_of(vendor, text))
        (sent,) = argument(vendor.wire, fake.received[0].body)
        whole = (
            {"parts": [{"text": expected}], "role": "user"}
            if vendor.wire == "gemini"
            else prompt_of(vendor, expected)[0]
        )
        assert sent == whole


def prompt_of(vendor: Vendor, content: Any) -> Any:
    messages = [{"role": "user", "content": content}]
    return {"messages": messages} if vendor.wire == "gemini" else messages


async def test_data_as_content_keeps_its_role_beside_texts(connect: Connect, vendor: Vendor, says: Says) -> None:
    system = {"role": "assistant", "content": "Send it: all, please."}
    fake, prompt = says(vendor.wire), [system, {"role": "user", "content": ROWS}, {"role": "user", "content": DEEP}]
    async with local_client() as kaizen:
        wrapper = vendor.wrap(kaizen, client=connect(vendor, fake.url))
        encoded = (await ask(wrapper, {"messages": prompt} if vendor.wire == "gemini" else prompt))["encoded"]
    texts = ["Send it: all, please.", TABLE, json.dumps(DEEP, separators=(",", ":"))]
    roles = ["model" if vendor.wire == "gemini" else "assistant", "user", "user"]
    sent = argument(vendor.wire, fake.received[0].body)
    assert [item["role"] for item in sent] == roles
    assert [item["parts"][0]["text"] if "parts" in item else item["content"] for item in sent] == texts
    assert encoded["sent"]["format"] == "mixed"
    assert [part["sent"]["format"] for part in encoded["parts"]][-2:] == ["ktof", "json"]
    assert "fewer" in encoded["parts"][-1]["sent"]["reason"] or "bytes" in encoded["parts"][-1]["sent"]["reason"]


@pytest.mark.parametrize("value", [DEEP, [[1, 2], [3, 4]], {"type": "Point", "at": [[1.5, 2.5], [3.5, 4.5]]}])
async def test_json_is_sent_where_ktof_would_be_longer(connect: Connect, says: Says, value: Any) -> None:
    compact = json.dumps(value, separators=(",", ":"))
    texts = {}
    for choose in ("smaller", "ktof", "json"):
        fake = says("gemini")
        async with local_client() as kaizen:
            wrapper = GeminiKaizenWrapper(kaizen, client=connect(VENDORS[3], fake.url), choose=choose)
            encoded = (await wrapper.invoke(value))["encoded"]
        texts[choose] = fake.received[0].body["contents"][0]["parts"][0]["text"]
        assert encoded["result"] == texts[choose]
        assert encoded["stats"]["original_bytes"] == len(compact)
        assert encoded["stats"]["compressed_bytes"] == len(texts[choose])
        assert encoded["sent"]["format"] == ("json" if choose == "smaller" else choose)
    assert texts == {"smaller": compact, "ktof": ktof.encode(value), "json": compact}


async def test_prompts_of_openai_that_are_no_list_of_messages(connect: Connect, says: Says) -> None:
    features = [{"type": "Feature", "at": number, "on": True} for number in range(5)]
    fake = says("openai")
    async with local_client() as kaizen:
        wrapper: Any = OpenAIKaizenWrapper(kaizen, client=connect(VENDORS[0], fake.url), keep_roles=True)
        await wrapper.chat(CODE)
        await wrapper.chat([{"role": "user", "content": features}])
    code, rows = (request.body["input"] for request in fake.received)
    assert code == [{"role": "user", "content": CODE}]
    assert rows == [{"role": "user", "content": ktof.encode(features)}]


async def test_switches(connect: Connect, says: Says) -> None:
    fake = says("chat")
    async with local_client() as kaizen:
        client = connect(VENDORS[1], fake.url)
        await compatible(kaizen, client=client, auto_detect_json=False).chat([{"role": "user", "content": QUESTION}])
        await compatible(kaizen, client=client, keep_roles=True).chat(MESSAGES)
        await compatible(kaizen, client=client, encode_options={"delimiter": "|"}).chat(
            [{"role": "user", "content": QUESTION}]
        )
        tokens: Any = lambda text: -len(text)  # noqa: E731 - a strange tokenizer, for which longer is smaller
        counted = await compatible(kaizen, client=client, count=tokens).chat([{"role": "user", "content": ROWS}])
        with pytest.raises(ValueError, match="prefer"):
            compatible(kaizen, client=client, choose="shorter")
    assert counted["encoded"]["sent"]["reason"].startswith("JSON has -")
    bodies = [request.body["messages"] for request in fake.received]
    assert bodies[:2] == [[{"role": "user", "content": QUESTION}], MESSAGES]
    assert "[8|]{id|name|active}:" in bodies[2][0]["content"]


async def test_what_a_model_said_goes_back_to_it_in_the_sdks_own_objects(connect: Connect, says: Says) -> None:
    async with local_client() as kaizen:
        fake = says("openai")
        output = openai.types.responses.Response.construct(**body_of("openai", json.dumps(DEEP))).output
        wrapper: Any = OpenAIKaizenWrapper(kaizen, client=connect(VENDORS[0], fake.url))
        await wrapper.chat([{"role": "user", "content": "one"}, *output, {"role": "user", "content": "two"}])
        assert fake.received[0].body["input"][1]["content"][0]["text"] == json.dumps(DEEP)
        fake = says("anthropic")
        said = anthropic.types.Message.model_validate(body_of("anthropic", json.dumps(DEEP)))
        wrapper = AnthropicKaizenWrapper(kaizen, client=connect(VENDORS[2], fake.url))
        system = [{"type": "text", "text": QUESTION, "cache_control": {"type": "ephemeral"}}]
        await wrapper.chat([{"role": "assistant", "content": said.content}, MESSAGES[1]], system=system)
        assert fake.received[0].body["messages"][0]["content"][0]["text"] == json.dumps(DEEP)
        assert fake.received[0].body["system"] == system


async def test_what_the_system_says_keeps_its_place(connect: Connect, vendor: Vendor, says: Says) -> None:
    """Anthropic and Gemini know no such message: it goes where theirs is, or to the user's."""
    fake, wire = says(vendor.wire), vendor.wire
    prompt: Any = [{"role": "system", "content": f"Mind: {number}, please."} for number in range(2)]
    prompt.append({"role": "user", "content": QUESTION})
    async with local_client() as kaizen:
        wrapper = vendor.wrap(kaizen, client=connect(vendor, fake.url))
        await ask(wrapper, {"messages": prompt} if wire == "gemini" else prompt)
        if wire == "anthropic":
            await wrapper.chat(prompt, system="And: brief.")
            await wrapper.chat(prompt, system=[{"type": "text", "text": "And: brief."}])
    texts = ["Mind: 0, please.", "Mind: 1, please."]
    body = fake.received[0].body
    if wire == "anthropic":
        assert [block["text"] for block in body["system"]] == texts
        assert [message["role"] for message in body["messages"]] == ["user"]
        assert [[block["text"] for block in later.body["system"]] for later in fake.received[1:]] == [
            [*texts, "And: brief."]
        ] * 2
    else:
        sent = argument(wire, body)
        assert [item["role"] for item in sent] == ["user" if wire == "gemini" else "system"] * 2 + ["user"]
        assert [item["parts"][0]["text"] if wire == "gemini" else item["content"] for item in sent[:2]] == texts


async def test_nothing_is_sent_when_one_of_several_parts_cannot_be_encoded(connect: Connect, says: Says) -> None:
    fake = says("openai")
    wire = FakeAsyncWire([answer({"result": "x: 1"}), 500])
    wrapper = OpenAIKaizenWrapper(KaizenClient.over(wire), client=connect(VENDORS[0], fake.url))
    with pytest.raises(KaizenAPIError):
        await wrapper.chat([{"role": "user", "content": ROWS}, {"role": "developer", "content": DEEP}])
    assert not fake.received


async def test_tokens_of_what_is_sent(connect: Connect, says: Says) -> None:
    """The counts of an answer are those of the form that is sent, and tokens decide where they are counted."""
    models = ["gpt-4o-mini"]
    for dialect in ("documented", "backend"):
        fake = says("openai")
        async with local_client(dialect) as kaizen:
            wrapper = OpenAIKaizenWrapper(kaizen, client=connect(VENDORS[0], fake.url), token_models=models)
            for value, saved in ((DEEP, False), (ROWS, True)):
                result = await wrapper.chat([{"role": "user", "content": value}])
                before, after = KaizenResult(result["encoded"]).tokens(models[0]) or (0, 0)
                assert 0 < after <= before
                assert (after < before) == saved


async def test_the_tokenizer_of_the_model_decides(
    connect: Connect, says: Says, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def longest(model: str, *, wait: float) -> Callable[[str], int]:
        asked.append(model)
        return lambda text: -len(text)

    monkeypatch.setattr("kaizen_client.integrations.encoding.tokenizer", longest)
    fake = says("gemini")
    async with local_client() as kaizen:
        client = connect(VENDORS[3], fake.url)
        await GeminiKaizenWrapper(kaizen, client=client, model="models/one").invoke(ROWS)
        await GeminiKaizenWrapper(kaizen, client=client).invoke(ROWS, model="models/other")
        await GeminiKaizenWrapper(kaizen, client=client, choose="ktof").invoke(ROWS)
    texts = [request.body["contents"][0]["parts"][0]["text"] for request in fake.received]
    assert texts == [json.dumps(ROWS, separators=(",", ":"))] * 2 + [TABLE]
    assert asked == ["models/one", "models/other"]
