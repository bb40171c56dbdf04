"""`core.serialization` and the maps and pages of `core.results`."""

import httpx
import pytest

from kneo_client.core.errors import KneoProtocolError, Outcome
from kneo_client.core.results import Map, Page, iterate_all
from kneo_client.core.serialization import require_json_body


@pytest.mark.parametrize(("content", "value"), [(b"null", None), (b'{"a":[1]}', {"a": [1]}), (b"5", 5)])
def test_json_body(content: bytes, value: object) -> None:
    assert require_json_body(httpx.Response(200, content=content)) == value


@pytest.mark.parametrize("content", [b"", b"<html>", b"{", b'{"a":NaN}', b"\xff"])
def test_body_that_is_not_json(content: bytes) -> None:
    with pytest.raises(KneoProtocolError, match="HTTP 201: the answer is not JSON") as caught:
        require_json_body(httpx.Response(201, content=content, headers={"X-Request-ID": "theirs"}))
    assert (caught.value.status, caught.value.request_id) == (201, "theirs")
    assert caught.value.outcome is Outcome.UNKNOWN


def test_map() -> None:
    found = Map({"dev": {"enabled": True}, "prod": {}})
    assert (list(found), len(found), found["dev"], "prod" in found) == (["dev", "prod"], 2, {"enabled": True}, True)
    assert (list(found.keys()), list(found.values())) == (["dev", "prod"], [{"enabled": True}, {}])


async def test_page_is_walked_like_any_other() -> None:
    async def fetch(limit: int, offset: int) -> Page[int]:
        return Page([offset, offset + 1], 4)

    assert [item async for item in iterate_all(fetch, page_size=2)] == [0, 1, 2, 3]
