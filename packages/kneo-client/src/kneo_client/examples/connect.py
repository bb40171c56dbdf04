"""Which platform the examples talk to."""

import os
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from kneo_client import KneoClient
from kneo_client.core.errors import KneoError
from kneo_client.core.profiles import ENV_URL, ProfileError
from kneo_client.local import LocalPlatform, LocalPlatformError


@asynccontextmanager
async def connect() -> AsyncGenerator[KneoClient]:
    """A client for `$KNEO_URL` and `$KNEO_API_KEY`; without them, for a platform of its own that ends with it.

    An error that an example does not handle ends it, in one line instead of a traceback.
    """
    try:
        if os.environ.get(ENV_URL):
            async with KneoClient.from_profile() as client:
                yield client
        else:
            async with LocalPlatform() as platform, KneoClient(platform.profile) as client:
                yield client
    except (KneoError, ProfileError, LocalPlatformError) as error:
        raise SystemExit(f"{type(error).__name__}: {error}") from None
