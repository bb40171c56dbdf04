"""Environment policies and credential references."""

import json
from uuid import uuid4

import pytest

from kneo_client import KneoClient
from kneo_client.types import EnvironmentPolicyRequest


@pytest.mark.promise("kneo.platform.policies.environment-put", "kneo.platform.policies.environment-get")
@pytest.mark.promise("kneo.platform.policies.environment-list", "kneo.client.path-parameters-encoded")
async def test_put_get_list(client: KneoClient) -> None:
    policies, environment = client.platform.policies, f"test ä {uuid4()}"
    assert (await policies.environment_get(environment)).policy is None
    put = await policies.environment_put(environment, EnvironmentPolicyRequest(require_human_review=True))
    assert (put.environment, put.previous_policy) == (environment, None)
    again = await policies.environment_put(environment, {"fail_on_warnings": True})
    assert again.previous_policy
    assert again.previous_policy["require_human_review"] is True
    got = await policies.environment_get(environment)
    assert got.policy
    assert (got.policy["fail_on_warnings"], got.policy["require_human_review"]) == (True, False)
    assert (await policies.environment_list()).policies[environment] == got.policy


@pytest.mark.promise("kneo.platform.credentials.list", "kneo.platform.credentials.no-secrets")
async def test_credentials(client: KneoClient) -> None:
    inventory = (await client.platform.credentials.list()).inventory
    assert "providers" in inventory
    assert client.profile.api_key not in json.dumps(inventory)
