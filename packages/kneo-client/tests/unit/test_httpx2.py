"""httpx2, the maintained continuation of httpx, as the caller's own client."""

from typing import Any

import httpx2
import pytest

from kneo_client.core.errors import KneoNetworkError
from kneo_client.core.profiles import Profile
from kneo_client.core.retries import RetryPolicy
from kneo_client.core.transport import Transport


@pytest.mark.promise("kneo.transport.httpx2-client-accepted")
async def test_httpx2_client(serve: Any) -> None:
    platform = serve(503, {"ok": True}, lambda connection: None)
    profile = Profile("x", platform.url, "k")
    policy = RetryPolicy(max_attempts=2, base_delay=0, jitter=0)
    async with httpx2.AsyncClient() as theirs, Transport(profile, http_client=theirs, retry_policy=policy) as transport:
        assert (await transport.request("GET", "/v1/healthz")).json() == {"ok": True}
        with pytest.raises(KneoNetworkError) as caught:
            await transport.request("GET", "/v1/healthz")
        assert isinstance(caught.value.__cause__, httpx2.HTTPError)
        assert not theirs.is_closed
    assert len(platform.requests) == 4
