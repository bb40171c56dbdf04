"""What is sent: JSON or KTOF, whichever is smaller; and of a text, nothing but its whole JSON documents is touched."""

import collections
import json
import math
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kaizen_client import ktof
from kaizen_client.choosing import Choice, Preference, Size, choose
from kaizen_client.documents import find_documents, read_document

from .conftest import DATA

ROWS = [{"id": number, "name": f"user {number}", "note": "a, b"} for number in range(9)]
COMPACT = json.dumps(ROWS, separators=(",", ":"))
PRETTY = json.dumps(ROWS, indent=2)
DEEP = {"type": "Polygon", "coordinates": [[[1.5, 2], [3, 4]], [[5, 6]]]}
PREFERENCES: list[Preference] = ["smaller", "ktof", "json"]


def value_of(part: Choice) -> Any:
    """What a part of a chosen text says, read in its own format."""
    if part.format == "ktof":
        return ktof.decode(part.text)
    lines = part.text.strip().split("\n")
    return json.loads(part.text if lines[0].lstrip()[0] not in "`~" else "\n".join(lines[1:-1]))


def check(text: str, choice: Choice) -> None:
    """Outside of the documents all is as it was; inside, another form of the same value, or the same."""
    documents = find_documents(text)
    if choice.parts:
        assert [part.place for part in choice.parts] == [(each.start, each.end) for each in documents]
    else:
        assert choice.text == text
    rebuilt, position = "", 0
    for part, document in zip(choice.parts, documents, strict=bool(choice.parts)):
        assert json.loads(document.source) == document.value == value_of(part)
        rebuilt += text[position : document.start] + part.text
        position = document.end
    assert rebuilt + text[position:] == choice.text
    assert choice.sent == Size(len(choice.text.encode(errors="surrogatepass")))


@pytest.mark.parametrize("prefer", PREFERENCES)
def test_a_table_goes_out_as_ktof_unless_json_is_preferred(prefer: Preference) -> None:
    choice = choose(ROWS, prefer=prefer)
    expected = COMPACT if prefer == "json" else ktof.encode(ROWS)
    assert (choice.text, choice.format) == (expected, "json" if prefer == "json" else "ktof")
    assert choice.sizes == {"json": Size(len(COMPACT)), "ktof": Size(len(ktof.encode(ROWS)))}
    assert choice.sent == choice.sizes[choice.format]


@pytest.mark.parametrize("value", [DEEP, [[[1]], [[2]]], [1], None, "", {}, [{"a": 1}, {"b": 2}]], ids=str)
def test_what_is_longer_as_ktof_goes_out_as_compact_json(value: Any) -> None:
    choice = choose(value)
    assert len(choice.text) <= len(json.dumps(value, separators=(",", ":")))
    if not isinstance(value, str):
        assert (choice.format, json.loads(choice.text)) == ("json", value)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(max_size=5),
        lambda x: st.lists(x) | st.dictionaries(st.text(max_size=3), x),
        max_leaves=9,
    ).filter(lambda value: not isinstance(value, str))
)
def test_what_is_sent_is_never_longer_than_compact_json(value: Any) -> None:
    compact = json.dumps(value, separators=(",", ":"), ensure_ascii=False)
    choice = choose(value)
    assert choice.sent.bytes <= len(compact.encode())
    assert (ktof.decode if choice.format == "ktof" else json.loads)(choice.text) == value


def test_tokens_decide_where_they_are_counted() -> None:
    few = choose(ROWS, count=lambda text: 1 if text.startswith("[{") else 2)
    assert (few.format, few.sent.tokens, few.reason) == ("json", 1, "JSON has 1 tokens, KTOF has 2 tokens")
    assert choose(ROWS, count=lambda text: 7).format == "ktof", "of as many tokens, the bytes decide"
    assert choose(f"x:\n{COMPACT}", count=len).sizes["text"].tokens == len(COMPACT) + 3
    assert choose(f"x:\n{COMPACT}", count=lambda text: 2 if "ktof" in text else 1).format == "text"


@pytest.mark.parametrize(
    ("value", "text", "reason"),
    [
        ({"a": "\x01"}, '{"a":"\\u0001"}', "control characters"),
        ({"a": "\ud800"}, '{"a":"\\ud800"}', "control characters"),
        ({}, "{}", "empty"),
        ((1, {2}), "[1,[2]]", "JSON has"),
        (collections.OrderedDict(a=math.nan), '{"a":null}', "JSON has|KTOF has"),
    ],
    ids=str,
)
def test_what_only_one_of_the_two_can_carry(value: Any, text: str, reason: str) -> None:
    choice = choose(value)
    if choice.format == "json":
        assert choice.text == text
    with pytest.raises(AssertionError, match=reason):
        raise AssertionError(choice.reason)


def test_values_too_deep_for_ktof_go_out_as_json() -> None:
    deep: Any = 1
    for _ in range(ktof.MAX_DEPTH + 1):
        deep = [deep]
    for prefer in PREFERENCES:
        choice = choose(deep, prefer=prefer)
        assert (choice.format, json.loads(choice.text), set(choice.sizes)) == ("json", deep, {"json"})
        assert prefer == "json" or "nested too deeply" in choice.reason


@pytest.mark.parametrize("value", [b"x", [object()], {"a": {b"k": 1}}], ids=["bytes", "object", "key"])
def test_values_without_any_form_are_refused(value: Any) -> None:
    with pytest.raises(ktof.KtofEncodeError):
        choose(value)


def test_options_are_those_of_the_encoder_and_checked_first() -> None:
    assert choose({"a": ["x"] * 9}, options={"delimiter": "|"}).text.startswith("a[9|]: x|x")
    with pytest.raises(ktof.KtofEncodeError, match="delimiter"):
        choose("no document", options={"delimiter": ";"})
    with pytest.raises(ValueError, match="prefer must be"):
        choose(1, prefer="yaml")  # type: ignore[arg-type]


def test_what_the_service_wrote_is_taken() -> None:
    assert choose(ROWS, encoded="x: 1").text == "x: 1"
    text = f"a:\n{COMPACT}\nb:\n{COMPACT}"
    assert choose(text, encoded=["x: 1", "y" * 9999]).text == f"a:\n```ktof\nx: 1\n```\nb:\n{COMPACT}"


def test_a_choice_is_told_in_the_answer_of_the_service() -> None:
    told = choose(DEEP).told_in({"operation": "x", "result": "?", "stats": {}})
    size = len(json.dumps(DEEP, separators=(",", ":")))
    assert told["operation"] == "x"
    assert told["stats"] == {"original_bytes": size, "compressed_bytes": size, "reduction_ratio": 1.0}
    assert told["sent"]["format"] == "json"
    assert choose("").told_in({})["stats"]["reduction_ratio"] == 0
    assert choose("plain").told_in({})["sent"]["format"] == "text"


FOUND = {
    "alone": ("", COMPACT, "\n"),
    "pretty alone": ("  \n", PRETTY, ""),
    "in its line": ("Here are the users:\n", COMPACT, "\nWho is oldest?"),
    "on its lines": ("Users\n\n", PRETTY, "\n\nWho is oldest?"),
    "in a tag": ('<document index="1">\n', PRETTY, "\n</document>"),
    "between rules": ("=== DATA ===\n", COMPACT, "\n---\nDo it."),
    "indented like its neighbours": ("    Data:\n    ", COMPACT, "\n    Thanks."),
    "behind code in a fence": ("```python\nx = [\n```\n", COMPACT, "\nfoo"),
    "behind a list": ("1) first\n2. second\n\n", COMPACT, "\n\n- third"),
    "before a heading": ("", COMPACT, "\n# Next"),
    "in a chat": ("User: show me\nAssistant:\n", COMPACT, "\nUser: thanks :-"),
    "in a fence": ("Data:\n", f"```json\n{PRETTY}\n```", "\nWho is oldest?"),
    "in a fence without a label": ("Data:\n", f"~~~~\n{COMPACT}\n~~~~", "\nWho?"),
    "in a fence in a list": ("1. Data:\n\n   ", f"```JSON\n   {COMPACT}\n   ```", "\n\n2. Next"),
    "of another system": ("Data:\r\n", f"```json\r\n{COMPACT}\r\n```", "\r\nWho?\r\n"),
    "behind what is broken": ("[1,\nx\nThis:\n\n", COMPACT, ""),
}


@pytest.mark.promise("kaizen.local.auto-detection")
@pytest.mark.parametrize("name", list(FOUND))
def test_whole_documents_are_found_and_all_around_them_stays(name: str) -> None:
    before, document, after = FOUND[name]
    text = before + document + after
    choice = choose(text)
    check(text, choice)
    (part,) = choice.parts
    assert (choice.format, ktof.decode(part.text)) == ("ktof", ROWS)
    assert choice.text == before.rstrip(" ") + part.text.removeprefix("\n") + after
    assert choice.sent.bytes < len(text.encode())


def test_several_documents_may_go_out_in_different_forms() -> None:
    text = f"Table:\n{COMPACT}\nShape:\n{json.dumps(DEEP, indent=1)}\nRest:\n" + '{"a":[[[1]]]}'
    choice = choose(text)
    check(text, choice)
    assert [part.format for part in choice.parts] == ["ktof", "json", "text"]
    assert choice.reason == "of 3 documents, 1 are sent as KTOF, 1 as compact JSON"
    assert choice.before == Size(len(text))
    assert choose(text, prefer="json").text == text


def test_a_row_that_would_end_its_fence_makes_the_fence_longer() -> None:
    rows = [{"a": "x", "b": "```"} for _ in range(9)]
    text = f"Data:\n{json.dumps(rows)}\nEnd."
    (part,) = choose(text).parts
    assert part.text.startswith("````ktof\n")
    assert ktof.decode(part.text) == rows


@pytest.mark.promise("kaizen.local.auto-detection")
@pytest.mark.parametrize("prefer", PREFERENCES)
@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("name", sorted(path.name for path in (DATA / "prompts").iterdir()))
def test_code_markdown_and_broken_json_stay_byte_for_byte(name: str, newline: str, prefer: Preference) -> None:
    text = (DATA / "prompts" / name).read_text(encoding="utf-8").replace("\n", newline)
    assert choose(text, prefer=prefer).text == text


@pytest.mark.parametrize("name", sorted(path.name for path in (DATA / "prompts").iterdir()))
def test_a_fenced_document_before_a_prompt_is_all_that_changes(name: str) -> None:
    prompt = (DATA / "prompts" / name).read_text(encoding="utf-8")
    text = f"```json\n{PRETTY}\n```\n{prompt}"
    choice = choose(text)
    assert choice.text == f"```ktof\n{ktof.encode(ROWS)}\n```\n{prompt}"


@pytest.mark.parametrize(
    "text",
    [
        'Fix:\ndef f(a={}, b=[]):\n  return a["x"]',
        "- [ ] task",
        f"key: |\n  {COMPACT}",
        f"key:\n  {COMPACT}",
        f"x = [\n{COMPACT}\n]",
        f"use {COMPACT} please",
        f"{COMPACT},\n{COMPACT}",
        f'data = """\n\n{COMPACT}\n\n"""',
        f"<pre>\n{COMPACT}\n</pre>",
        f"return\n{COMPACT}",
        f"a;\n{COMPACT}",
        f"x\n\t{COMPACT}\n",
        f"- a\n\n  {COMPACT}",
        f"{{'a':\n{COMPACT}\n}}",
        '```json\n{"a": 1}',
        "{" * 5000,
        "Numbers:\n[1,2,3]",
        f"\tData:\n\t{COMPACT}\n\tThanks.",
        f"\t```json\n\t{COMPACT}\n\t```",
    ],
)
def test_what_is_no_document_among_prose(text: str) -> None:
    assert choose(text).text == text


@pytest.mark.parametrize(
    "source",
    [
        '{"a": 0.1234567890123456789}',
        '{"a": 1e400}',
        '{"a": 0e99999999999999999999}',
        '{"a": NaN}',
        "[-Infinity]",
        '{"a": 1, "a": 1}',
        '["\\ud800"]',
        f"[{'1' * 5000}]",
        "[" * 5000 + "]" * 5000,
        "[1] 2",
        "1",
        '"[1]"',
    ],
    ids=lambda source: source[:12],
)
def test_what_python_cannot_hold_exactly_is_no_document(source: str) -> None:
    assert read_document(source) is None
    text = f"Data:\n```json\n{source}\n```"
    assert choose(text, prefer="ktof").text == text


LINES = st.sampled_from(
    [
        *(
            "",
            "  ",
            "Some prose.",
            "Data:",
            "x = [",
            "]",
            "},",
            '"""',
            "`",
            "```",
            "```json",
            "~~~",
            "    indented",
            "<a>",
        ),
        *("{", "}", "[", '{"a": 1', '"b": 2}', "[1, 2]", "{}", "[]", '{"a": [1, {"b": null}]}', '{"a": 1},', "EOF"),
        *("cat <<EOF", "# comment", "- item", "\r", "{'a': 1}", '{"a": 1, "a": 2}', '["\\u0001"]', "\u00e9\u2028"),
        *(COMPACT, "  " + COMPACT, PRETTY, json.dumps(DEEP, indent=1), COMPACT + " "),
    ]
)
TEXTS = (
    st.lists(LINES, max_size=9).map("\n".join) | st.text(max_size=30) | st.text(alphabet='{}[]",:1a \n`', max_size=40)
)


@pytest.mark.promise("kaizen.local.auto-detection")
@settings(max_examples=500, deadline=None)
@given(TEXTS, st.sampled_from(PREFERENCES))
def test_of_any_text_only_documents_change_and_they_keep_their_value(text: str, prefer: Preference) -> None:
    choice = choose(text, prefer=prefer)
    check(text, choice)
    if prefer == "smaller":
        assert choice.sent.bytes <= len(text.encode(errors="surrogatepass"))


@pytest.mark.parametrize(
    "text",
    [
        "[1,\n" * 50_000,
        "[" * 100_000,
        '{"a":\n' * 50_000,
        f"{COMPACT}\n" * 300,
        '{"a":1}\n' * 60_000,
        "```\n" * 50_001,
        "x\n[1]\n" * 30_000,
    ],
    ids=lambda text: text[:6],
)
def test_looking_for_documents_takes_time_in_proportion_to_the_text(text: str) -> None:
    started = time.process_time()
    choose(text)
    assert time.process_time() - started < 20
