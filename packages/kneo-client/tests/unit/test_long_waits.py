"""What other clients got wrong about waiting and paging (21, 22, 23); on trio's virtual clock."""

from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
import trio
import trio.testing
from sdk_engine.messages import WireFailure

from kneo_client import KneoClient
from kneo_client.core.errors import KneoError, KneoInvalidRequestError, KneoWaitTimeoutError
from kneo_client.core.pagination import PaginatedResult, iterate_all
from kneo_client.core.profiles import Profile
from kneo_client.core.transport import Transport

LOST = WireFailure("the connection failed")
RUNNING, DONE = ({"run_id": "r1", "status": status} for status in ("running", "completed"))


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    return "trio", {"clock": trio.testing.MockClock(autojump_threshold=0)}


@pytest.mark.promise("kneo.weakness.21")
async def test_many_waits_do_not_poll_in_step(scripted: Any) -> None:
    waits = [scripted(*[RUNNING] * 5, DONE) for _ in range(20)]
    async with trio.open_nursery() as nursery:
        for client, _ in waits:
            nursery.start_soon(client.platform.runs.wait_for_completion, "r1")
    assert len({wire.times[-1] for _, wire in waits}) == 20


@pytest.mark.promise("kneo.weakness.21")
async def test_failing_platform_is_asked_less_and_less(scripted: Any) -> None:
    client, wire = scripted(*[500] * 8, DONE)
    await client.platform.runs.wait_for_completion("r1", poll_interval=0.1)
    assert 5.5 >= wire.pauses[6] > 1.5 * wire.pauses[2] > 2 * wire.pauses[0] > 0


@pytest.mark.promise("kneo.weakness.21")
@pytest.mark.parametrize(("timeout", "interval"), [(0.5, 3.0), (1.0, 0.4), (0.0, 1.0)])
async def test_timeout_is_kept_whatever_the_interval(scripted: Any, timeout: float, interval: float) -> None:
    client, _ = scripted(RUNNING)
    started = trio.current_time()
    with pytest.raises(TimeoutError):
        await client.platform.runs.wait_for_completion("r1", timeout=timeout, poll_interval=interval)
    assert trio.current_time() - started == pytest.approx(timeout)


@pytest.mark.promise("kneo.weakness.21")
async def test_hanging_poll_does_not_outlive_the_timeout(profile: Profile) -> None:
    async def hangs(request: httpx.Request) -> httpx.Response:
        await trio.sleep_forever()
        raise AssertionError

    client = KneoClient(profile)
    async with httpx.AsyncClient(transport=httpx.MockTransport(hangs)) as theirs:
        transport = Transport(profile, http_client=theirs)
        transport.settings.clock = trio.current_time
        client.platform.runs._transport = transport
        started = trio.current_time()
        with pytest.raises(TimeoutError, match="did not end within 1 s; it was never seen"):
            await client.platform.runs.wait_for_completion("r1", timeout=1)
    assert trio.current_time() - started == pytest.approx(1, abs=0.2)


@pytest.mark.promise("kneo.weakness.21")
@pytest.mark.parametrize(
    "hiccups", [[500], [LOST] * 9, [503] * 9, [(429, "", {"Retry-After": "3"})] * 4, [502, LOST, 504]]
)
async def test_hiccups_do_not_end_the_wait(scripted: Any, hiccups: Any) -> None:
    client, _ = scripted(RUNNING, *hiccups, RUNNING, *hiccups, DONE)
    assert (await client.platform.runs.wait_for_completion("r1")).status == "completed"


@pytest.mark.promise("kneo.weakness.21")
@pytest.mark.parametrize("end", ["timed_out", "expired"])
async def test_every_end_of_the_platform_is_an_end(scripted: Any, end: str) -> None:
    client, _ = scripted({**DONE, "status": end})
    assert (await client.platform.runs.wait_for_completion("r1")).status == end


@pytest.mark.promise("kneo.weakness.21")
async def test_blocked_run_can_be_waited_for(scripted: Any) -> None:
    client, _ = scripted(RUNNING, {"run_id": "r1", "status": "blocked", "continuation_id": "c1"})
    seen = await client.platform.runs.wait_for_completion("r1", terminal_statuses={"completed", "blocked"})
    assert seen.continuation_id == "c1"


@pytest.mark.promise("kneo.weakness.21")
async def test_interval_of_zero_does_not_hammer(scripted: Any) -> None:
    client, wire = scripted(RUNNING)
    with pytest.raises(TimeoutError):
        await client.platform.runs.wait_for_completion("r1", timeout=10, poll_interval=0)
    assert len(wire.requests) <= 10 / (0.05 * 0.9) + 2


@pytest.mark.promise("kneo.weakness.21")
@pytest.mark.parametrize(
    "settings", [{"poll_interval": -1}, {"terminal_statuses": "completed"}, {"terminal_statuses": []}, {"timeout": -1}]
)
async def test_arguments_that_cannot_be_meant_are_refused(scripted: Any, settings: Any) -> None:
    client, wire = scripted(RUNNING)
    with pytest.raises(KneoInvalidRequestError):
        await client.platform.runs.wait_for_completion("r1", **settings)
    assert not wire.requests


@pytest.mark.promise("kneo.weakness.21")
async def test_timeout_is_a_kneo_error_with_the_last_status(scripted: Any) -> None:
    client, _ = scripted({**RUNNING, "current_step_index": 2})
    with pytest.raises(KneoError) as caught:
        await client.platform.runs.wait_for_completion("r1", timeout=3)
    assert isinstance(caught.value, KneoWaitTimeoutError)
    assert caught.value.last_status.current_step_index == 2


@pytest.mark.promise("kneo.weakness.22")
@pytest.mark.parametrize("total", [5, 10**9])
async def test_empty_page_ends_the_walk_whatever_the_total(total: int) -> None:
    async def fetch(limit: int, offset: int) -> PaginatedResult[int]:
        asked.append(offset)
        return PaginatedResult([1, 2] if offset == 0 else [], total, limit, offset)

    asked: list[int] = []
    assert [item async for item in iterate_all(fetch)] == [1, 2]
    assert asked == [0, 2]


class GrowingPlatform:
    """A platform on which two runs are created and an old one changes while each page is being read."""

    def __init__(self) -> None:
        self.runs: list[dict[str, Any]] = []
        self.create(10)

    def create(self, count: int) -> None:
        for _ in range(count):
            number = len(self.runs)
            moment = f"2026-01-01T00:00:{number:02}"
            self.runs.append({"id": f"r{number}", "status": "running", "created_at": moment, "updated_at": moment})

    def answer(self, request: httpx.Request) -> httpx.Response:
        query = {name: values[0] for name, values in parse_qs(urlsplit(str(request.url)).query).items()}
        limit, offset = int(query["limit"]), int(query["offset"])
        rows = sorted(self.runs, key=lambda run: run[query["sort_by"]], reverse=query["sort_order"] == "desc")
        page = {"runs": rows[offset : offset + limit], "count": len(rows[offset : offset + limit]), "total": len(rows)}
        answer = httpx.Response(200, json=page)
        if len(self.runs) < 30:
            self.runs[0]["updated_at"] = f"2026-02-01T00:00:{len(self.runs):02}"
            self.create(2)
        return answer


@pytest.mark.promise("kneo.weakness.23")
async def test_documented_order_neither_repeats_nor_misses_runs_that_arrive(profile: Profile) -> None:
    async def walk(**order: str) -> list[str]:
        async def fetch(limit: int, offset: int) -> PaginatedResult[Any]:
            page = await client.platform.runs.list(limit=limit, offset=offset, **order)
            return PaginatedResult(page.runs, page.total, limit, offset)

        platform = GrowingPlatform()
        client = KneoClient(profile)
        async with httpx.AsyncClient(transport=httpx.MockTransport(platform.answer)) as theirs:
            client.platform.runs._transport = Transport(profile, http_client=theirs)
            return [run.id async for run in iterate_all(fetch, page_size=3)]

    stable = await walk(sort_by="created_at", sort_order="asc")
    assert stable == [f"r{number}" for number in range(24)], "all there were when the last page was read"
    unstable = await walk(sort_by="updated_at", sort_order="desc")
    assert len(unstable) > len(set(unstable)), "the situation is real: the default order does repeat"


@pytest.mark.promise("kneo.weakness.23")
def test_the_order_is_documented_where_lists_are_walked() -> None:
    for documented in (iterate_all, KneoClient(Profile("x", "http://h", "k")).platform.runs.list):
        assert "created_at" in (documented.__doc__ or "")
        assert "neither repeats nor misses" in (documented.__doc__ or "")
