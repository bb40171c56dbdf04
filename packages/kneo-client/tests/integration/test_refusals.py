"""What the platform refuses, and the typed error it becomes; keys that make repeating safe."""

from typing import Any

import pytest

from kneo_client import KneoClient
from kneo_client.core.auth import AuthScheme
from kneo_client.core.errors import (
    KneoAuthError,
    KneoConflictError,
    KneoError,
    KneoIdempotencyMismatchError,
    KneoNotFoundError,
    KneoPayloadTooLargeError,
    KneoPermissionError,
    KneoServerError,
    KneoValidationError,
)
from kneo_client.core.idempotency import new_idempotency_key
from kneo_client.core.profiles import Profile


@pytest.mark.promise("kneo.auth.bearer-header", "kneo.auth.kneo-api-key-header")
@pytest.mark.parametrize("scheme", AuthScheme)
async def test_both_schemes(profile: Profile, scheme: AuthScheme) -> None:
    async with KneoClient(Profile("either", profile.url, profile.api_key, scheme)) as client:
        assert (await client.platform.runs.list(limit=1)).limit == 1
    async with KneoClient(Profile("neither", profile.url, "not-the-key", scheme)) as client:
        with pytest.raises(KneoAuthError) as caught:
            await client.platform.runs.list()
    error = caught.value
    assert (error.status, error.code, error.attempts) == (401, "unauthorized", 1)
    assert "not-the-key" not in f"{error} {error!r} {error.body}"


@pytest.mark.promise("kneo.errors.403", "kneo.errors.request-id-attribute")
async def test_role_without_the_scope(profile_for: Any, specs: dict[str, Any]) -> None:
    async with KneoClient(profile_for("viewer")) as viewer:
        with pytest.raises(KneoPermissionError, match="runs:write") as caught:
            await viewer.platform.runs.create({"input": "hello", "spec": specs["completes"]})
    error = caught.value
    assert (error.status, error.code) == (403, "forbidden")
    reason = "Missing required scope: runs:write"
    assert str(error) == f"POST {viewer.profile.url}/v1/runs: HTTP 403 forbidden: {reason}"
    assert error.body == {"detail": {"error": "forbidden", "message": reason, "required_scope": "runs:write"}}
    assert error.request_id
    assert error.idempotency_key


@pytest.mark.promise("kneo.errors.404", "kneo.errors.raises-instead-of-none")
async def test_not_there(client: KneoClient) -> None:
    for call in (
        client.platform.runs.get("none"),
        client.platform.runs.trace("none"),
        client.platform.human_tasks.get("none"),
    ):
        with pytest.raises(KneoNotFoundError) as caught:
            await call
        assert caught.value.status == 404


async def test_body_that_the_platform_does_not_take(client: KneoClient) -> None:
    with pytest.raises(KneoValidationError, match=r"body\.input: Field required") as refused:
        await client.platform.runs.create({"spec_id": "an-id"})
    assert refused.value.status == 422
    with pytest.raises(KneoPayloadTooLargeError, match="payload_too_large") as too_large:
        await client.platform.runs.create({"input": "x" * 1_100_000})
    assert (too_large.value.status, too_large.value.max_body_bytes) == (413, 1_048_576)


async def test_invalid_spec_is_not_compiled(client: KneoClient, specs: dict[str, Any], version: str) -> None:
    """Platform 0.4.0 fails over it, where newer ones refuse it."""
    with pytest.raises(KneoError) as caught:
        await client.agent.specs.compile({"spec": specs["invalid"]})
    expected = {"0.4.0": (500, "SpecCompilationError"), "1.2.0": (400, "spec_invalid")}[version]
    assert (caught.value.status, caught.value.code, caught.value.attempts) == (*expected, 1)
    assert isinstance(caught.value, KneoServerError) == (version == "0.4.0")


@pytest.mark.promise("kneo.idempotency.replay", "kneo.idempotency.caller-key")
async def test_same_key_and_body_is_the_same_run(client: KneoClient, specs: dict[str, Any]) -> None:
    body, key = {"input": "once", "spec": specs["completes"], "async_mode": True}, new_idempotency_key()
    before = (await client.platform.runs.list(limit=1)).total
    first = await client.platform.runs.create(body, idempotency_key=key)
    again = await client.platform.runs.create(body, idempotency_key=key)
    assert again == first
    assert (await client.platform.runs.list(limit=1)).total == (before or 0) + 1


@pytest.mark.promise("kneo.idempotency.different-payload", "kneo.errors.mismatch-carries-key")
@pytest.mark.promise("kneo.errors.409-mismatch-code", "kneo.errors.mismatch-is-a-conflict")
async def test_same_key_with_another_body(client: KneoClient, specs: dict[str, Any]) -> None:
    body, key = {"input": "once", "spec": specs["completes"], "async_mode": True}, new_idempotency_key()
    await client.platform.runs.create(body, idempotency_key=key)
    with pytest.raises(KneoIdempotencyMismatchError) as caught:
        await client.platform.runs.create({**body, "input": "twice"}, idempotency_key=key)
    error = caught.value
    assert (error.status, error.code, error.idempotency_key) == (409, "idempotency_key_conflict", key)
    assert error.attempts == 1
    assert isinstance(error, KneoConflictError)


@pytest.mark.promise("kneo.idempotency.different-key", "kneo.idempotency.fresh-uuid4")
async def test_another_key_is_another_run(client: KneoClient, specs: dict[str, Any]) -> None:
    body = {"input": "twice", "spec": specs["completes"], "async_mode": True}
    ids = {(await client.platform.runs.create(body)).run_id for _ in range(2)}
    assert len(ids) == 2
