"""The endpoints of the webhook page take real deliveries, each in its own framework."""

import itertools
import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest

from knoxcall import sign_webhook

PAGE = Path(__file__).resolve().parents[3] / "docs" / "user" / "knoxcall" / "webhooks.md"
_numbers = itertools.count()


@pytest.fixture(scope="module")
def page() -> dict[str, Any]:
    """What the page's blocks define."""
    names: dict[str, Any] = {"__name__": "page"}
    for block in re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.M | re.S):
        exec(compile(block, PAGE, "exec"), names)
    return names


def deliveries(page: dict[str, Any]) -> list[tuple[bytes, dict[str, str], int]]:
    """Deliveries that were not there before, and how each is to be answered."""
    body = page["delivery"].replace(b'"payments"', json.dumps(f"payments-{next(_numbers)}").encode())
    return [
        (body, sign_webhook(body, page["SECRET"]), 204),
        (body, sign_webhook(body, page["SECRET"]), 400),
        (body, sign_webhook(body, "forged"), 400),
        (body, {"X-Webhook-Signature": "sha256=\u00e9"}, 400),
        (body, {}, 400),
    ]


@pytest.mark.promise("knox.docs.webhooks-run")
async def test_fastapi(page: dict[str, Any]) -> None:
    transport = httpx.ASGITransport(page["api"])
    async with httpx.AsyncClient(transport=transport, base_url="http://site") as client:
        for body, headers, status in deliveries(page):
            raw = [(name, value.encode("latin-1")) for name, value in headers.items()]
            assert (await client.post("/knoxcall", content=body, headers=raw)).status_code == status


@pytest.mark.promise("knox.docs.webhooks-run")
def test_flask(page: dict[str, Any]) -> None:
    with page["site"].test_client() as client:
        for body, headers, status in deliveries(page):
            assert client.post("/knoxcall", data=body, headers=headers).status_code == status


@pytest.mark.promise("knox.docs.webhooks-run")
def test_django(page: dict[str, Any]) -> None:
    from django.conf import settings
    from django.test import RequestFactory

    if not settings.configured:
        settings.configure()
    for body, headers, status in deliveries(page):
        request = RequestFactory().post("/knoxcall", body, content_type="application/json", headers=headers)
        assert page["receive_in_django"](request).status_code == status


@pytest.mark.promise("knox.docs.webhooks-run")
async def test_what_failed_is_handled_when_it_comes_again(
    page: dict[str, Any], monkeypatch: pytest.MonkeyPatch, redis_socket: str
) -> None:
    import redis

    def fail(event: Any) -> None:
        raise RuntimeError("the database is down")

    with redis.Redis(unix_socket_path=redis_socket) as shared:
        shared.flushall()
        monkeypatch.setitem(page, "accepted", page["RedisDeliveries"](shared))
        body, headers, _ = deliveries(page)[0]
        transport = httpx.ASGITransport(page["api"], raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://site") as client:
            with monkeypatch.context() as patch:
                patch.setitem(page, "work", fail)
                assert (await client.post("/knoxcall", content=body, headers=headers)).status_code == 500
            assert (await client.post("/knoxcall", content=body, headers=headers)).status_code == 204
            assert (await client.post("/knoxcall", content=body, headers=headers)).status_code == 400
        with page["site"].test_client() as client:
            assert client.post("/knoxcall", data=body, headers=headers).status_code == 400
        (key,) = shared.keys()
        assert 500_000 < shared.pttl(key) <= 600_000
