"""Input that cannot be used: a typed error or a lock before anything is sent, and nothing is lost."""

import inspect
import json
from pathlib import Path
from typing import Any

import anyio
import pytest
import trio
from sdk_engine.messages import Response, WireFailure

from kneo_client import KneoClient
from kneo_client.batch import (
    Batch,
    BatchInputError,
    BatchLockedError,
    BatchMismatchError,
    BatchStoreError,
    Case,
    Limits,
)
from kneo_client.core.errors import KneoInvalidRequestError

SPEC = {"version": "v1", "workflow": {"name": "w"}}
LOST = WireFailure("the connection failed")


def cases(count: int) -> Any:
    return ({"id": number, "input": f"case {number}"} for number in range(count))


def reply(status: int, body: Any = None, *headers: tuple[str, str]) -> Response:
    return Response(status, json.dumps(body or {}).encode(), list(headers))


async def done(work: Any) -> Any:
    """What it gives, awaited or not."""
    given = work()
    return await given if inspect.isawaitable(given) else given


@pytest.fixture
def store(tmp_path: Path) -> Path:
    return tmp_path / "eval.sqlite"


@pytest.mark.parametrize(
    ("bad", "problem"),
    [
        ({"id": 1}, "case 2501 has no input"),
        ({"input": "x"}, "case 2501 has no id"),
        ({}, "no id and no input"),
        ({"id": 5, "input": "again"}, "the id 5 is there twice"),
        ({"id": 2499, "input": "case 2499"}, "the id 2499 is there twice"),
        ({"id": None, "input": "x"}, "its id must be a text or a whole number, not NoneType"),
        ({"id": True, "input": "x"}, "not bool"),
        ({"id": 1.5, "input": "x"}, "not float"),
        ({"id": "", "input": "x"}, "not empty"),
        ({"id": 2**70, "input": "x"}, "64 bits"),
        ({"id": "x", "input": {"q": 1}}, "its input must be a text, not dict"),
        ({"id": "x", "input": None}, "not NoneType"),
        ({"id": "x", "input": "\ud800"}, "lone surrogate"),
        ({"id": "\ud800", "input": "x"}, "lone surrogate"),
        ("just text", "case 2501 is str"),
        (None, "case 2501 is NoneType"),
    ],
)
async def test_a_case_that_is_none(client: KneoClient, platform: Any, store: Path, bad: Any, problem: str) -> None:
    def given() -> Any:
        yield from cases(2500)
        yield bad
        yield from cases(1)

    with pytest.raises(BatchInputError, match=problem):
        await Batch(store, client=client).submit(given(), spec=SPEC)
    assert not platform.requests
    assert Batch(store).status().total == 0, "nothing of it is stored"
    assert (await Batch(store, client=client).submit(cases(3), spec=SPEC)).finished, "and the store is as good as new"


async def test_a_changed_spec_under_the_same_name(client: KneoClient, platform: Any, store: Path) -> None:
    await Batch(store, client=client).submit(cases(3), spec=SPEC)
    before = len(platform.requests)
    with pytest.raises(BatchMismatchError, match="another spec"):
        await Batch(store, client=client).submit(cases(3), spec={**SPEC, "version": "v2"})
    assert len(platform.requests) == before
    assert Batch(store).status().counts == {"completed": 3}


async def test_a_changed_input_under_the_same_id(client: KneoClient, store: Path) -> None:
    await Batch(store, client=client).submit(cases(3), spec=SPEC)
    with pytest.raises(BatchMismatchError, match="the case 1 was submitted with another input"):
        await Batch(store, client=client).submit([{"id": 1, "input": "other"}], spec=SPEC)
    with pytest.raises(BatchMismatchError, match="the case 2 was submitted with another input"):
        await Batch(store, client=client).submit([*cases(2), Case("new", "x"), Case(2, "other")], spec=SPEC)
    assert [result.input for result in Batch(store).results()] == ["case 0", "case 1", "case 2"]


async def test_another_name_than_the_store_s(client: KneoClient, store: Path) -> None:
    await Batch(store, client=client, name="one").submit(cases(3), spec=SPEC)
    assert Batch(store).status().name == "one"
    for use in (Batch(store, name="two").status, Batch(store, name="two").report):
        with pytest.raises(BatchMismatchError, match="holds the batch 'one', not 'two'"):
            use()
    with pytest.raises(BatchMismatchError):
        await Batch(store, client=client, name="two").submit(cases(3), spec=SPEC)


@pytest.mark.parametrize(
    ("spec", "problem"),
    [
        ("nowhere.yaml", "nowhere.yaml cannot be used"),
        ({"x": float("nan")}, "no JSON form"),
        ({"x": object()}, "no JSON form"),
        (5, "must be a mapping or the path"),
    ],
)
async def test_a_spec_that_is_none(client: KneoClient, platform: Any, store: Path, spec: Any, problem: str) -> None:
    with pytest.raises(BatchInputError, match=problem):
        await Batch(store, client=client).submit(cases(3), spec=spec)
    assert not platform.requests


@pytest.mark.parametrize(
    ("name", "text"),
    [("s.yaml", "a: b: c"), ("s.yaml", "- 1"), ("s.yaml", ""), ("s.json", "{"), ("s.json", "[]"), ("s.yaml", "\x00")],
)
async def test_a_spec_file_that_is_none(client: KneoClient, store: Path, name: str, text: str) -> None:
    file = store.with_name(name)
    file.write_text(text)
    with pytest.raises(BatchInputError, match=r"s\.(yaml|json) cannot be used"):
        await Batch(store, client=client).submit(cases(3), spec=file)


@pytest.mark.parametrize(("name", "text"), [("s.yaml", "version: v1\nn: 1"), ("s.json", '{"version": "v1", "n": 1}')])
async def test_specs_are_read_from_files(client: KneoClient, store: Path, name: str, text: str) -> None:
    file = store.with_name(name)
    file.write_text(text)
    assert (await Batch(store, client=client).submit(cases(1), spec=str(file))).finished
    assert (await Batch(store, client=client).submit(cases(1), spec={"n": 1, "version": "v1"})).finished, (
        "it is the same"
    )


async def test_two_at_a_time_on_one_store(client: KneoClient, platform: Any, store: Path) -> None:
    batch, other = Batch(store, client=client), Batch(store, client=client)

    async def intrude() -> None:
        await anyio.sleep(5)
        for work in (other.resume, lambda: other.submit(cases(3), spec=SPEC), other.retry_failed):
            with pytest.raises(BatchLockedError, match=r"process \d+ works on this batch"):
                await work()
        assert other.status().total == 30, "looking is free"

    async with trio.open_nursery() as nursery:
        nursery.start_soon(intrude)
        status = await batch.submit(cases(30), spec=SPEC)
    assert status.counts == {"completed": 30}
    assert (await other.resume()).finished


@pytest.mark.parametrize("use", ["resume", "retry_failed", "status", "results", "report", "export"])
async def test_a_store_that_is_not_there(client: KneoClient, store: Path, use: str) -> None:
    batch = Batch(store, client=client)
    uses: dict[str, Any] = {
        "results": lambda: list(batch.results()),
        "export": lambda: batch.export(store.with_name("x.jsonl")),
    }
    with pytest.raises(BatchStoreError, match="is not there"):
        await done(uses.get(use) or getattr(batch, use))
    assert not store.exists()


@pytest.mark.parametrize("concurrency", [0, -1, 1.5, True, "10"])
def test_concurrency_that_cannot_be_meant(concurrency: Any) -> None:
    with pytest.raises(KneoInvalidRequestError, match="concurrency"):
        Batch("x", concurrency=concurrency)


@pytest.mark.parametrize("limits", [{"seconds": -1}, {"tokens": "many"}, {"seconds": float("nan")}])
def test_limits_that_cannot_be_meant(limits: Any) -> None:
    with pytest.raises(KneoInvalidRequestError, match="limit of"):
        Limits(**limits)


async def test_what_needs_a_platform_says_so(store: Path) -> None:
    for work in (lambda: Batch(store).submit([], spec=SPEC), Batch(store).resume, Batch(store).retry_failed):
        with pytest.raises(KneoInvalidRequestError, match="needs a platform"):
            await work()
    assert not store.exists()


@pytest.mark.parametrize("statuses", ["failed", ["completed"], ["running"]])
async def test_what_is_no_failure_is_not_tried_again(client: KneoClient, store: Path, statuses: Any) -> None:
    with pytest.raises(KneoInvalidRequestError, match="statuses must be some of failed"):
        await Batch(store, client=client).retry_failed(statuses)
