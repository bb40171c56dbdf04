"""The identity of six platforms: a fresh assertion for every exchange, asked for without giving anything away."""

import time
import traceback
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import Make, done
from contract_server import ContractServer
from metadata_server import Metadata

from knoxcall import MemoryTokenStore, NotAuthenticatedError, errors
from knoxcall.auth.probe import LARGEST
from knoxcall.auth.workload import workload_identity


@pytest.fixture
def metadata() -> Iterator[Metadata]:
    with Metadata() as metadata:
        yield metadata


def prepare(platform: str, metadata: Metadata, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    token_file = tmp_path / "irsa"
    token_file.write_text("a.b.c\n")
    variables = {
        "github": {
            "ACTIONS_ID_TOKEN_REQUEST_URL": f"http://{metadata.host}/github?api=1",
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "runner-token",
        },
        "aws": {"AWS_WEB_IDENTITY_TOKEN_FILE": str(token_file)},
        "azure": {"IDENTITY_ENDPOINT": f"http://{metadata.host}/azure?old=1", "IDENTITY_HEADER": "hdr"},
        "vercel": {"VERCEL_OIDC_TOKEN": "a.b.c"},
        "circleci": {"CIRCLE_OIDC_TOKEN_V2": "a.b.c"},
        "gcp": {"GCE_METADATA_HOST": metadata.host},
    }[platform]
    for name, value in variables.items():
        monkeypatch.setenv(name, value)


REQUESTS = {
    "github": (
        "/github?api=1&audience=knoxcall:api",
        {"authorization": "Bearer runner-token", "user-agent": "knoxcall-sdk"},
    ),
    "azure": ("/azure?old=1&api-version=2019-08-01&resource=knoxcall%3Aapi", {"x-identity-header": "hdr"}),
    "gcp": (
        "/computeMetadata/v1/instance/service-accounts/default/identity?audience=knoxcall%3Aapi",
        {"metadata-flavor": "Google"},
    ),
}


@pytest.mark.promise("knox.auth.workload-identity")
@pytest.mark.parametrize("platform", ["github", "aws", "azure", "vercel", "circleci", "gcp"])
async def test_platform(
    platform: str,
    make: Make,
    server: ContractServer,
    metadata: Metadata,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    prepare(platform, metadata, monkeypatch, tmp_path)
    client = make(detect=True)
    assert client.credential.identity == f"workload:{platform}"
    assert (await done(client.account.get()))["id"] == "text"
    if platform in REQUESTS:
        ((path, headers),) = metadata.requests
        assert path == REQUESTS[platform][0]
        assert REQUESTS[platform][1].items() <= headers.items()
    else:
        assert metadata.requests == []


@pytest.mark.promise("knox.auth.fresh-assertion")
@pytest.mark.parametrize("platform", ["github", "azure", "gcp", "aws", "vercel"])
async def test_every_exchange_has_its_own_assertion(
    platform: str,
    make: Make,
    server: ContractServer,
    metadata: Metadata,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    prepare(platform, metadata, monkeypatch, tmp_path)
    client = make(detect=True)
    await done(client.authenticate())
    (tmp_path / "irsa").write_text("a.b.d")
    monkeypatch.setenv("VERCEL_OIDC_TOKEN", "a.b.d")
    await done(client.authenticate())  # the server refuses an assertion that it has seen
    assert len(server.assertions) == 2


@pytest.mark.promise("knox.auth.fresh-assertion")
async def test_an_exchange_that_may_have_worked_is_not_repeated(
    make: Make, server: ContractServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from contract_messages import DROP, Answer

    monkeypatch.setenv("VERCEL_OIDC_TOKEN", "a.b.c")
    server.token_script.append(DROP)
    with pytest.raises(errors.APIConnectionError):
        await done(make(detect=True).account.get())
    assert len(server.token_requests) == 1
    server.token_script.append(Answer(503, {}))
    await done(make(detect=True).account.get())
    assert len(server.token_requests) == 3


@pytest.mark.promise("knox.auth.order")
def test_order(tmp_path: Path) -> None:
    everything = {
        "ACTIONS_ID_TOKEN_REQUEST_URL": "https://a", "ACTIONS_ID_TOKEN_REQUEST_TOKEN": "t",
        "AWS_WEB_IDENTITY_TOKEN_FILE": "f", "IDENTITY_ENDPOINT": "https://b", "IDENTITY_HEADER": "h",
        "VERCEL_OIDC_TOKEN": "v", "CIRCLE_OIDC_TOKEN_V2": "c",
    }  # fmt: skip
    found = []
    while everything:
        identity = workload_identity(everything)
        found.append(identity.platform)
        for name in identity.source.split(" and "):
            everything.pop(name)
    assert [*found, workload_identity({}).platform] == ["github", "aws", "azure", "vercel", "circleci", "gcp"]


@pytest.mark.promise("knox.auth.nothing-found")
async def test_nothing_found(make: Make, metadata: Metadata, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GCE_METADATA_HOST", metadata.host)
    metadata.status = 404
    with pytest.raises(NotAuthenticatedError, match="KNOXCALL_CLIENT_ID"):
        await done(make(detect=True).account.get())
    assert len(metadata.requests) == 1


@pytest.mark.promise("knox.auth.probes-leak-nothing")
@pytest.mark.parametrize("fault", ["redirect", "huge", "garbage", "forbidden", "empty"])
async def test_hostile_platform(
    fault: str, make: Make, server: ContractServer, metadata: Metadata, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GCE_METADATA_HOST", metadata.host)
    monkeypatch.setenv("HTTP_PROXY", server.url)
    monkeypatch.setenv("http_proxy", server.url)
    if fault == "redirect":
        metadata.status, metadata.headers = 302, {"Location": server.url + "/steal"}
    elif fault == "forbidden":
        metadata.status = 403
    else:
        metadata.body = {"huge": b"a.b." + b"c" * LARGEST, "garbage": b"<html>", "empty": b" "}[fault]
    with pytest.raises(NotAuthenticatedError):
        await done(make(detect=True).account.get())
    assert server.seen == []
    assert len(metadata.requests) == 1


@pytest.mark.promise("knox.auth.probes-leak-nothing")
async def test_a_platform_that_nothing_points_to_costs_a_moment(
    make: Make, metadata: Metadata, monkeypatch: pytest.MonkeyPatch
) -> None:
    metadata.stand_in_for(monkeypatch, "metadata.google.internal")
    metadata.stall.clear()
    began = time.monotonic()
    with pytest.raises(NotAuthenticatedError, match="no answer within"):
        await done(make(detect=True).account.get())
    assert time.monotonic() - began < 15
    assert len(metadata.requests) == 1


@pytest.mark.parametrize(("platform", "body"), [("azure", b"[]"), ("github", b"{}"), ("azure", b"x")])
async def test_answers_of_another_shape(
    platform: str, body: bytes, make: Make, metadata: Metadata, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    prepare(platform, metadata, monkeypatch, tmp_path)
    metadata.body = body
    with pytest.raises(NotAuthenticatedError):
        await done(make(detect=True).account.get())


async def test_a_token_file_that_is_gone(make: Make, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", str(tmp_path / "gone"))
    with pytest.raises(NotAuthenticatedError, match="FileNotFoundError"):
        await done(make(detect=True).account.get())


@pytest.mark.promise("knox.auth.probes-leak-nothing")
@pytest.mark.parametrize("token", ["runner-secret\n", "runner-secret\u20ac", "runner-secret\r\nX: y"])
async def test_a_token_that_no_header_can_carry_is_not_shown(
    token: str, make: Make, metadata: Metadata, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    prepare("github", metadata, monkeypatch, tmp_path)
    monkeypatch.setenv("ACTIONS_ID_TOKEN_REQUEST_TOKEN", token)
    with pytest.raises(NotAuthenticatedError, match="header Authorization") as caught:
        await done(make(detect=True).account.get())
    shown = "".join(traceback.TracebackException.from_exception(caught.value).format())
    assert "runner-secret" not in shown
    assert metadata.requests == []


@pytest.mark.promise("knox.stores.keys")
async def test_what_two_workloads_share_is_not_their_tokens(
    make: Make, server: ContractServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = MemoryTokenStore()
    for assertion in ("one.of.them", "another.of.them"):
        monkeypatch.setenv("VERCEL_OIDC_TOKEN", assertion)
        await done(make(detect=True, token_store=store).account.get())
    assert len(server.token_requests) == 2
    assert store._tokens == {}
