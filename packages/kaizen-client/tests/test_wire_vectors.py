"""What goes over the wire, held against requests recorded from the published client (`data/wire_vectors.json`)."""

import json
from typing import Any

import pytest
from pydantic import ValidationError

import kaizen_client
from kaizen_client import KaizenClient, KaizenClientConfig, SyncKaizenClient

from .conftest import DATA, KEY, Loopback

VECTORS = json.loads((DATA / "wire_vectors.json").read_text(encoding="utf-8"))
REQUESTS = VECTORS["requests"]
# "optimize" takes token_models, as its documentation says and the published model did not
REJECTIONS = [case for case in VECTORS["client_side_rejections"] if "token_models" not in case["input"]]


def label(case: dict[str, Any]) -> str:
    return f"{case['operation']}-{case.get('variant', '')}"


def expected_body(case: dict[str, Any]) -> Any:
    """The recorded body; what the recording marks as a defect is what the input says."""
    return case["input"] if "defect" in case else case["sent_body"]


@pytest.mark.promise("kaizen.requests.dicts-or-models", "kaizen.wire.vectors")
@pytest.mark.parametrize("case", REQUESTS, ids=label)
async def test_recorded_requests(case: dict[str, Any], recorder: Loopback) -> None:
    async with KaizenClient(KaizenClientConfig(recorder.url, KEY)) as client:
        method = getattr(client, case["operation"])
        arguments = [] if case["input_kind"] == "none" else [payload_of(case)]
        await method(*arguments)
    (request,) = recorder.received
    assert (request.method, request.path, request.body) == (case["method"], case["path"], expected_body(case))
    recorded = {name: case["headers"][name] for name in ("content-type", "accept", "x-api-key")}
    assert recorded.items() <= request.headers.items()
    assert request.headers["authorization"] == f"Bearer {KEY}"


@pytest.mark.promise("kaizen.wire.vectors")
@pytest.mark.parametrize("case", REQUESTS, ids=label)
def test_recorded_requests_sync(case: dict[str, Any], recorder: Loopback) -> None:
    with SyncKaizenClient(KaizenClientConfig(recorder.url, KEY)) as client:
        arguments = [] if case["input_kind"] == "none" else [payload_of(case)]
        getattr(client, case["operation"])(*arguments)
    assert recorder.received[0].body == expected_body(case)


def payload_of(case: dict[str, Any]) -> Any:
    if case["input_kind"] == "model":
        return getattr(kaizen_client, case["input_model"])(**case["input"])
    return case["input"]


@pytest.mark.promise("kaizen.requests.checked-before-sending")
@pytest.mark.parametrize(
    "case", REJECTIONS, ids=lambda case: f"{case['operation']}-{case['result']['errors'][0]['type']}"
)
async def test_recorded_rejections(case: dict[str, Any], scripted: Any) -> None:
    client, wire = scripted()
    with pytest.raises(ValidationError) as caught:
        await getattr(client, case["operation"])(case["input"])
    found = [{"type": error["type"], "loc": list(error["loc"])} for error in caught.value.errors()]
    assert found == case["result"]["errors"]
    assert not wire.requests


async def test_optimize_counts_tokens_for_models(scripted: Any) -> None:
    client, wire = scripted(200)
    await client.optimize({"data": 1, "token_models": ["gpt-4o-mini"]})
    assert json.loads(wire.requests[0].content) == {"data": 1, "token_models": ["gpt-4o-mini"]}


@pytest.mark.promise("kaizen.client.headers")
@pytest.mark.parametrize("case", VECTORS["header_cases"], ids=lambda case: case["case"])
async def test_recorded_headers_and_base_urls(case: dict[str, Any], recorder: Loopback) -> None:
    settings = dict(case["config"])
    settings["base_url"] = settings["base_url"].replace("<loopback>", recorder.url)
    async with KaizenClient(KaizenClientConfig(**settings)) as client:
        await client.compress({"data": 1})
        await client.health()
    for request, recorded in zip(recorder.received, case["requests"], strict=True):
        assert (request.method, request.path) == (recorded["method"], recorded["path"])
        wanted = {name.lower(): value for name, value in recorded["headers"]}
        wanted |= {name.lower(): value for name, value in settings.get("default_headers", {}).items()}
        for own in ("accept-encoding", "connection", "user-agent"):
            wanted.pop(own) if own not in {name.lower() for name in settings.get("default_headers", {})} else None
        assert wanted.items() <= request.headers.items()
        assert ("authorization" in request.headers) == bool(settings.get("api_key"))


@pytest.mark.promise("kaizen.client.auth-headers")
@pytest.mark.parametrize(("auth", "sent"), [("x-api-key", {"x-api-key"}), ("bearer", {"authorization"})])
async def test_one_auth_header_only(auth: Any, sent: set[str], recorder: Loopback) -> None:
    async with KaizenClient(KaizenClientConfig(recorder.url, KEY, auth=auth)) as client:
        await client.health()
    assert {"x-api-key", "authorization"} & recorder.received[0].headers.keys() == sent
