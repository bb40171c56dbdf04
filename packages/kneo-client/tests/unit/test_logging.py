"""Loggers under `kneo_client`, the retry messages of the guide, and no secret in any of them."""

import logging
import re
from typing import Any

import anyio
import pytest
import trio.testing
from sdk_engine.messages import WireFailure

from kneo_client import KneoClient
from kneo_client.core.errors import KneoError
from kneo_client.core.logging import get_logger, redact_headers
from kneo_client.core.profiles import Profile
from kneo_client.core.retries import RetryPolicy
from kneo_client.core.transport import Transport

STEADY = RetryPolicy(jitter=0)


@pytest.fixture
def anyio_backend() -> tuple[str, dict[str, Any]]:
    return "trio", {"clock": trio.testing.MockClock(autojump_threshold=0)}


@pytest.mark.promise("kneo.logging.get-logger-default")
def test_default_logger() -> None:
    assert get_logger() is logging.getLogger("kneo_client")


@pytest.mark.promise("kneo.logging.bare-names", "kneo.logging.namespaced-names")
@pytest.mark.parametrize(
    ("name", "full"),
    [
        ("transport", "kneo_client.transport"),
        ("a.b", "kneo_client.a.b"),
        ("kneo_client", "kneo_client"),
        ("kneo_client.foo", "kneo_client.foo"),
        ("kneo_clients", "kneo_client.kneo_clients"),
    ],
)
def test_bare_names_are_put_under_the_namespace(name: str, full: str) -> None:
    assert get_logger(name) is logging.getLogger(full)


@pytest.mark.promise("kneo.logging.redact-headers-copy", "kneo.logging.redact-headers-tokens")
def test_sensitive_values_are_redacted_in_a_copy() -> None:
    sensitive = ["Authorization", "x-kneo-api-key", "COOKIE", "Set-Cookie", "Proxy-Authorization", "X-Authorization-2"]
    headers = dict.fromkeys(sensitive, "secret") | {"Accept": "application/json", "X-Request-ID": "r"}
    before = dict(headers)
    redacted = redact_headers(headers)
    assert redacted == {**before, **dict.fromkeys(sensitive, "<redacted>")}
    assert list(redacted) == list(before)
    assert headers == before
    assert type(redacted) is dict


@pytest.mark.promise("kneo.logging.retries-at-info", "kneo.logging.status-retry-message")
async def test_retried_statuses_are_logged_as_the_guide_shows(scripted: Any, caplog: pytest.LogCaptureFixture) -> None:
    client, _ = scripted(503, 503, {"ok": True}, retry_policy=STEADY)
    with caplog.at_level(logging.INFO, "kneo_client.transport"):
        await client.platform.health.healthz()
    assert caplog.record_tuples == [
        ("kneo_client.transport", logging.INFO, "status 503 on attempt 1; sleeping 0.20s"),
        ("kneo_client.transport", logging.INFO, "status 503 on attempt 2; sleeping 0.40s"),
    ]


@pytest.mark.promise("kneo.logging.transport-retry-message")
async def test_retried_transport_errors_are_logged_as_the_guide_shows(
    scripted: Any, caplog: pytest.LogCaptureFixture
) -> None:
    client, _ = scripted(WireFailure("no connection: refused"), {"ok": True}, retry_policy=STEADY)
    with caplog.at_level(logging.INFO, "kneo_client.transport"):
        await client.platform.health.healthz()
    message = "transport error on attempt 1; sleeping 0.20s: no connection: refused"
    assert caplog.record_tuples == [("kneo_client.transport", logging.INFO, message)]


async def test_nothing_is_logged_when_all_goes_well(scripted: Any, caplog: pytest.LogCaptureFixture) -> None:
    client, _ = scripted({"ok": True})
    with caplog.at_level(logging.INFO, "kneo_client"):
        await client.platform.health.healthz()
    assert not caplog.records


async def test_an_attempt_is_one_line_at_debug(scripted: Any, caplog: pytest.LogCaptureFixture) -> None:
    client, wire = scripted({"run_id": "s3cret-free", "status": "running"})
    with caplog.at_level(logging.DEBUG, "kneo_client"):
        await client.platform.runs.get("r1")
    (line,) = caplog.messages
    sent = wire.requests[0].headers["X-Request-ID"]
    assert re.fullmatch(rf"GET \S+/v1/runs/{{run_id}}: 200 in \d+ ms \(attempt 1, request {sent}\)", line)


@pytest.mark.parametrize(("asked", "level"), [("debug", logging.DEBUG), ("INFO", logging.INFO), (" Warning ", 30)])
def test_a_variable_switches_logging_on(
    profile: Profile, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], asked: str, level: int
) -> None:
    logger = logging.getLogger("kneo_client")
    monkeypatch.setattr(logger, "handlers", [])
    monkeypatch.setattr(logger, "level", logging.NOTSET)
    monkeypatch.setenv("KNEO_LOG", asked)
    KneoClient(profile)
    KneoClient(profile)
    assert logger.level == level
    assert len(logger.handlers) == 1
    logger.warning("seen")
    assert "kneo_client WARNING seen" in capsys.readouterr().err


def test_a_level_that_is_none_is_said_and_left(
    profile: Profile, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setenv("KNEO_LOG", "chatty")
    with caplog.at_level(logging.WARNING, "kneo_client"):
        KneoClient(profile)
    assert "KNEO_LOG" in caplog.text


@pytest.mark.promise("kneo.logging.profile-name")
async def test_records_carry_the_profiles_name(scripted: Any, caplog: pytest.LogCaptureFixture) -> None:
    staging = Profile("staging", "https://kneo.example.com", "k")
    client, _ = scripted(503, {"ok": True}, retry_policy=STEADY, profile=staging)
    with caplog.at_level(logging.INFO, "kneo_client.transport"):
        await client.platform.health.healthz()
    assert logging.Formatter("%(profile)s %(message)s").format(caplog.records[0]).startswith("staging status 503")


@pytest.mark.promise("kneo.logging.every-header-redacted", "kneo.errors.no-secrets")
@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@pytest.mark.parametrize("scheme", ["bearer", "kneo_api_key"])
def test_no_logger_of_any_library_shows_the_key(
    serve: Any, caplog: pytest.LogCaptureFixture, scheme: Any, backend: str
) -> None:
    async def calls() -> None:
        async with Transport(Profile("x", platform.url, "s3cret-key", scheme), retry_policy=quick) as transport:
            await transport.request("GET", "/v1/healthz", headers={"Cookie": "session=s3cret"})
            for _ in range(2):
                with pytest.raises(KneoError):
                    await transport.request("POST", "/v1/x", json={})

    quick = RetryPolicy(base_delay=0, jitter=0)
    platform = serve(200, 503, 401, lambda connection: None)
    with caplog.at_level(logging.DEBUG):
        anyio.run(calls, backend=backend)
    assert "status 503 on attempt 1" in caplog.text
    assert "s3cret" not in caplog.text
    assert all("s3cret" not in repr(vars(record)) for record in caplog.records)


@pytest.mark.parametrize("status", [400, 413, 422, 500])
async def test_what_the_platform_echoes_of_a_body_reaches_no_log(
    scripted: Any, caplog: pytest.LogCaptureFixture, status: int
) -> None:
    echoed = {"type": "extra_forbidden", "loc": ["body", "nonsense"], "msg": "no", "input": "the caller's data"}
    client, _ = scripted((status, {"detail": [echoed]}))
    with caplog.at_level("DEBUG"), pytest.raises(KneoError) as caught:
        await client.platform.runs.create({"input": "the caller's data", "nonsense": 1})
    assert "the caller's data" in str(caught.value.body)
    assert "caller" not in f"{caught.value} {caught.value!r}"
    assert caplog.records
    logged = [*caplog.messages, *(str(vars(record)) for record in caplog.records)]
    assert not [line for line in logged if "caller's data" in line]
