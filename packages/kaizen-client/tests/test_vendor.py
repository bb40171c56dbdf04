"""How vendors' exceptions are marked, and what the package of wrappers offers."""

import json

import httpx
import pytest

from kaizen_client import KaizenProviderError
from kaizen_client.integrations.vendor import marked


def test_an_error_that_is_marked_already_stays() -> None:
    once = marked(httpx.ConnectError("x"), "openai", None)
    assert isinstance(once, (httpx.ConnectError, KaizenProviderError))
    assert marked(once, "gemini", None) is once
    assert once.provider == "openai"  # type: ignore[attr-defined]
    assert marked(json.JSONDecodeError("m", "d", 0), "openai", None).provider == "openai"  # type: ignore[attr-defined]
    from pydantic_core import ValidationError

    foreign = ValidationError.from_exception_data("t", [])
    assert marked(foreign, "openai", None) is foreign


def test_the_package_has_no_other_names() -> None:
    from kaizen_client import integrations

    with pytest.raises(AttributeError, match="nothing"):
        _ = integrations.nothing
