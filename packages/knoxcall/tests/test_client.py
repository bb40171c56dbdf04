"""Construction, environment, life cycle; threads, forks and event loops."""

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
import threading
from typing import Any

import httpx
import pytest
from conftest import KEY, Make, close, done, is_async
from contract_messages import CLIENT_ID, CLIENT_SECRET
from contract_server import ContractServer
from sdk_engine.errors import Outcome

import knoxcall
from knoxcall import AsyncKnoxCall, BootstrapError, KnoxCall, KnoxCallSecurityWarning, errors


@pytest.mark.promise("knox.client.sync-and-async")
async def test_one_class_for_both_modes(make: Make, server: ContractServer) -> None:
    client = make()
    assert isinstance(client, KnoxCall)
    assert client.base_url == server.url
    assert ("async" in repr(client)) == is_async(client)


@pytest.mark.promise("knox.client.sync-and-async")
async def test_context_managers(server: ContractServer) -> None:
    with KnoxCall(api_key=KEY, base_url=server.url) as client:
        assert client.account.get()["id"] == "text"
    async with KnoxCall(sync=False, api_key=KEY, base_url=server.url) as awaited:
        assert (await awaited.account.get())["id"] == "text"
    assert AsyncKnoxCall is not KnoxCall


@pytest.mark.promise("knox.client.close")
async def test_closed_clients_refuse(make: Make) -> None:
    client = make()
    await close(client)
    await close(client)
    with pytest.raises(errors.KnoxCallError, match="closed"):
        await done(client.account.get())


@pytest.mark.promise("knox.client.conflicts")
@pytest.mark.parametrize(
    "settings",
    [
        {"api_key": "a", "access_token": "b"},
        {"api_key": "a", "client_id": "b", "client_secret": "c"},
        {"access_token": "a", "client_id": "b"},
        {"client_id": "b"},
        {"client_secret": "c"},
        {"api_key": ""},
        {"api_key": "tk_live_x\n"},
        {"api_key": "tk_liv\u00e9"},
        {"client_id": "a", "client_secret": ""},
        {"api_key": "k", "dpop": "always"},
        {"api_key": "k", "dpop": "sometimes"},
        {"api_key": "k", "scope": "routes:read"},
        {"api_key": "k", "timeout": 0},
        {"api_key": "k", "timeout": float("inf")},
        {"api_key": "k", "retry_max_attempts": 0},
        {"api_key": "k", "tenant": "acme.evil.example/"},
        {"api_key": "k", "tenant": "acme\n"},
        {"api_key": "k", "tenant": "api"},
        {"api_key": "k", "base_url": "ftp://a"},
        {"api_key": "k", "base_url": "https://user:pw@a"},
        {"api_key": "k", "base_url": "https://a/?q"},
        {"api_key": "k", "base_url": "https://a/../b"},
        {"api_key": "k", "base_url": "https://a:port"},
        {"api_key": "k", "base_url": "https://"},
        {"api_key": "k", "base_url": "https://" + "a" * 64},
        {"api_key": "k", "base_url": "https://a..b"},
        {"api_key": "k", "base_url": "https://-a"},
        {"api_key": "k", "base_url": "https://" + "a" * 64 + "é"},
        {"api_key": "k", "base_url": "nonsense"},
    ],
)
def test_conflicts_before_any_io(settings: dict[str, Any]) -> None:
    with pytest.raises(BootstrapError) as caught:
        KnoxCall(**settings)
    assert "tk_liv" not in str(caught.value)
    assert isinstance(caught.value, ValueError)


def test_a_client_of_ones_own_must_have_no_base_url() -> None:
    with httpx.Client(base_url="http://127.0.0.1:1") as own, pytest.raises(BootstrapError):
        KnoxCall(api_key="k", http_client=own)


async def test_a_client_of_ones_own_must_be_of_the_right_kind() -> None:
    with httpx.Client() as own, pytest.raises(BootstrapError, match="AsyncClient"):
        KnoxCall(sync=False, api_key="k", http_client=own)  # type: ignore[call-overload]
    async with httpx.AsyncClient() as awaited:
        for wrong in (awaited, "nonsense", object()):
            with pytest.raises(BootstrapError, match=r"http_client must be an httpx\.Client"):
                KnoxCall(api_key="k", http_client=wrong)  # type: ignore[call-overload]


@pytest.mark.promise("knox.client.own-http-client")
async def test_a_client_of_ones_own(server: ContractServer) -> None:
    with httpx.Client() as own:
        with KnoxCall(api_key=KEY, base_url=server.url, http_client=own) as client:
            assert client.account.get()["id"] == "text"
        assert not own.is_closed
    async with httpx.AsyncClient() as awaited_own:
        async with KnoxCall(sync=False, api_key=KEY, base_url=server.url, http_client=awaited_own) as awaited:
            assert (await awaited.account.get())["id"] == "text"
        assert not awaited_own.is_closed


@pytest.mark.parametrize(
    ("given", "normal"),
    [
        ("https://API.KnoxCall.com:443/", "https://api.knoxcall.com"),
        ("https://kc.corp.example:8443/prefix/", "https://kc.corp.example:8443/prefix"),
        ("http://[::1]:80", "http://[::1]"),
        ("http://LocalHost:3000", "http://localhost:3000"),
        ("https://bücher.example", "https://xn--bcher-kva.example"),
    ],
)
def test_base_urls_as_they_go_out(given: str, normal: str) -> None:
    assert KnoxCall(api_key="k", base_url=given).base_url == normal


@pytest.mark.promise("knox.client.http-warns")
def test_credentials_in_the_clear_warn() -> None:
    with pytest.warns(KnoxCallSecurityWarning, match="clear"):
        KnoxCall(api_key="k", base_url="http://kc.corp.example")


@pytest.mark.promise("knox.client.sandbox")
def test_hosts(monkeypatch: pytest.MonkeyPatch) -> None:
    assert KnoxCall(api_key="k").base_url == "https://api.knoxcall.com"
    assert KnoxCall(api_key="k", sandbox=True).base_url == "https://sandbox.knoxcall.com"
    monkeypatch.setenv("KNOXCALL_BASE_URL", "http://localhost:3000")
    assert KnoxCall(api_key="k", sandbox=True).base_url == "http://localhost:3000"
    assert KnoxCall(api_key="k", base_url="https://kc.example").base_url == "https://kc.example"


@pytest.mark.promise("knox.client.environment-variables")
def test_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KNOXCALL_TENANT", "Acme")
    monkeypatch.setenv("KNOXCALL_ENVIRONMENT", "staging")
    monkeypatch.setenv("KNOXCALL_API_KEY", "from-env")
    client = KnoxCall()
    assert (client.tenant, client.environment) == ("acme", "staging")
    assert client.credential.source == "KNOXCALL_API_KEY"
    assert KnoxCall(environment="production").environment == "production"
    monkeypatch.setenv("KNOXCALL_ACCESS_TOKEN", "kc_first")
    assert KnoxCall().credential.source == "KNOXCALL_ACCESS_TOKEN"
    assert KnoxCall(api_key="argument").credential.source == "the argument api_key"


@pytest.mark.promise("knox.client.zero-arg", "knox.auth.env-before-platform")
async def test_client_credentials_of_the_environment_beat_the_platform(
    make: Make, server: ContractServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KNOXCALL_CLIENT_ID", CLIENT_ID)
    monkeypatch.setenv("KNOXCALL_CLIENT_SECRET", CLIENT_SECRET)
    monkeypatch.setenv("VERCEL_OIDC_TOKEN", "a.b.c")
    client = make(detect=True)
    assert client.credential.kind == "client credentials"
    assert (await done(client.account.get()))["id"] == "text"
    monkeypatch.delenv("KNOXCALL_CLIENT_SECRET")
    with pytest.raises(BootstrapError):
        make(detect=True)


@pytest.mark.promise("knox.auth.credential-described")
def test_the_credential_is_described_without_its_secret() -> None:
    described = KnoxCall(client_id="tk_cid", client_secret="s3cr3t").credential
    assert str(described) == "client credentials (client:tk_cid) from the arguments"
    assert "s3cr3t" not in repr(described)
    assert "tk_live" not in str(KnoxCall(api_key="tk_live_x").credential)


@pytest.mark.promise("knox.import.nothing-runs", "knox.import.no-cryptography")
def test_importing_runs_and_loads_nothing() -> None:
    code = (
        "import sys, threading\n"
        "import knoxcall\n"
        "assert not {'httpx', 'joserfc', 'cryptography', 'urllib3', 'ssl'} & set(sys.modules), sorted(sys.modules)\n"
        "assert threading.active_count() == 1\n"
        "from knoxcall import KnoxCall\n"
        "client = KnoxCall(client_id='a', client_secret='b')\n"
        "assert not {'joserfc', 'cryptography'} & set(sys.modules)\n"
        "assert 'KnoxCall' in dir(knoxcall)\n"
    )
    subprocess.run([sys.executable, "-W", "error", "-c", code], check=True, timeout=30)


@pytest.mark.promise("knox.import.nothing-runs")
def test_the_wheel_has_nothing_that_runs_by_itself() -> None:
    from importlib.metadata import files

    names = [str(file) for file in files("knoxcall") or []]
    assert not [name for name in names if name.endswith(".pth") and "editable" not in name and "_knoxcall" not in name]


def test_public_names() -> None:
    assert set(knoxcall.__all__) == {*knoxcall._HOME_OF, "__version__"}
    for name in dir(knoxcall):
        assert getattr(knoxcall, name) is not None
    with pytest.raises(AttributeError):
        knoxcall.nonsense  # noqa: B018
    with pytest.raises(AttributeError):
        knoxcall.types.Nonsense  # type: ignore[attr-defined]  # noqa: B018


def test_the_version_is_the_distributions() -> None:
    from importlib.metadata import version

    assert knoxcall.__version__ == version("knoxcall")


@pytest.mark.promise("knox.client.threads")
def test_a_singleton_serves_many_threads(server: ContractServer) -> None:
    client = KnoxCall(client_id=CLIENT_ID, client_secret=CLIENT_SECRET, base_url=server.url)
    failures: list[BaseException] = []

    def work() -> None:
        try:
            for _ in range(5):
                client.account.get()
        except BaseException as exc:
            failures.append(exc)

    threads = [threading.Thread(target=work) for _ in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    client.close()
    assert failures == []
    assert len(server.token_requests) == 1
    assert len(server.api_requests) == 50


@pytest.mark.promise("knox.client.fork")
@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
def test_a_forked_child_can_use_the_client(server: ContractServer) -> None:
    code = (
        "import os, sys\n"
        "from knoxcall import KnoxCall\n"
        "client = KnoxCall(client_id=sys.argv[1], client_secret=sys.argv[2], base_url=sys.argv[3])\n"
        "client.account.get()\n"
        "with client.stream('r') as response: response.read()\n"
        "client._connection.tokens._flight._gate.thread_lock.acquire()\n"  # another thread's, during the fork
        "child = os.fork()\n"
        "if child == 0:\n"
        "    client.authenticate()\n"
        "    with client.stream('r') as response: response.read()\n"
        "    os._exit(0 if client.account.get()['id'] == 'text' else 1)\n"
        "client._connection.tokens._flight._gate.thread_lock.release()\n"
        "assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0\n"
        "assert client.account.get()['id'] == 'text'\n"
    )
    subprocess.run([sys.executable, "-c", code, CLIENT_ID, CLIENT_SECRET, server.url], check=True, timeout=30)


def test_one_async_client_on_several_loops(server: ContractServer) -> None:
    client = KnoxCall(sync=False, client_id=CLIENT_ID, client_secret=CLIENT_SECRET, base_url=server.url)

    async def calls() -> None:
        await asyncio.gather(*(client.account.get() for _ in range(3)))

    asyncio.run(calls())
    asyncio.run(calls())
    asyncio.run(client.aclose())
    assert len(server.token_requests) == 1


@pytest.mark.promise("knox.client.leaves-nothing-running")
def test_a_client_left_open_does_not_keep_the_process(server: ContractServer) -> None:
    code = (
        "import sys; from knoxcall import KnoxCall; KnoxCall(api_key=sys.argv[1], base_url=sys.argv[2]).account.get()"
    )
    subprocess.run([sys.executable, "-c", code, KEY, server.url], check=True, timeout=15)


@pytest.mark.promise("knox.proxy.retries")
async def test_a_connection_that_does_not_come_about_is_known_not_to_have_been_used(make: Make) -> None:
    """Below the usual ten seconds for it, too: the attempt's own limit is the later one."""
    with socket.socket() as listener, contextlib.ExitStack() as waiting:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(4):  # the queue is full: connecting takes for ever
            one = waiting.enter_context(socket.socket())
            one.setblocking(False)
            one.connect_ex(listener.getsockname())
        client = make(base_url=f"http://127.0.0.1:{listener.getsockname()[1]}", timeout=0.5, retry_max_attempts=2)
        with pytest.raises(errors.APIConnectionTimeoutError) as caught:
            await done(client.call("r", method="POST", body={}))
    assert (caught.value.outcome, caught.value.attempts) == (Outcome.NOT_SENT, 2)
