"""The vendors' clients: opened, given, closed, and pointed at other places; what never goes to another vendor."""

from collections.abc import Callable, Iterator
from typing import Any

import openai
import pytest

from kaizen_client.integrations import (
    AnthropicKaizenWrapper,
    GeminiKaizenWrapper,
    OpenAICompatibleKaizenWrapper,
    OpenAIKaizenWrapper,
)
from kaizen_client.local import local_client

from .conftest import Loopback
from .vendors import KTOF, MESSAGES, VENDORS, ask


@pytest.mark.promise("kaizen.providers.own-clients")
async def test_wrappers_open_their_own_clients_and_close_them(
    connect: Callable[..., Any], says: Callable[..., Loopback], monkeypatch: pytest.MonkeyPatch
) -> None:
    fakes = {name: says(name) for name in ("openai", "anthropic", "gemini", "chat")}
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    monkeypatch.setenv("OPENAI_BASE_URL", f"{fakes['openai'].url}/v1")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "k")
    monkeypatch.setenv("ANTHROPIC_BASE_URL", fakes["anthropic"].url)
    monkeypatch.setenv("GOOGLE_API_KEY", "k")
    monkeypatch.setenv("GOOGLE_GEMINI_BASE_URL", fakes["gemini"].url)
    async with local_client() as kaizen:
        wrappers = [
            OpenAIKaizenWrapper(kaizen),
            AnthropicKaizenWrapper(kaizen),
            GeminiKaizenWrapper(kaizen),
            OpenAICompatibleKaizenWrapper(kaizen, model="m", base_url=f"{fakes['chat'].url}/v1", api_key="k"),
        ]
        for wrapper in wrappers:
            async with wrapper:
                assert (await ask(wrapper))["decoded"]["result"] == {"answer": "yes"}
    assert wrappers[0]._client.is_closed()
    mine = connect(VENDORS[0], fakes["openai"].url)
    async with OpenAIKaizenWrapper(kaizen, client=mine):
        pass
    assert not mine.is_closed()
    await GeminiKaizenWrapper(kaizen, client=connect(VENDORS[3], fakes["gemini"].url)).close()


async def test_wrappers_refuse_what_cannot_work(monkeypatch: pytest.MonkeyPatch) -> None:
    async with local_client() as kaizen:
        with pytest.raises(ValueError, match="decode"):
            OpenAIKaizenWrapper(kaizen, client=object(), decode="maybe")  # type: ignore[arg-type]
        with pytest.raises(ValueError, match="base_url"):
            OpenAICompatibleKaizenWrapper(kaizen, model="m")
        monkeypatch.setitem(__import__("sys").modules, "openai", None)
        with pytest.raises(RuntimeError, match=r"kaizen-client\[openai\]"):
            OpenAIKaizenWrapper(kaizen)


@pytest.fixture
def compatible(says: Callable[..., Loopback], monkeypatch: pytest.MonkeyPatch) -> Iterator[Loopback]:
    """A vendor with OpenAI's Chat Completions API, in an environment that is set up for OpenAI."""
    for name in ("API_KEY", "ORG_ID", "PROJECT_ID", "WEBHOOK_SECRET", "ADMIN_KEY"):
        monkeypatch.setenv(f"OPENAI_{name}", "of-openai")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/of-openai")
    return says("chat")


@pytest.mark.promise("kaizen.providers.compatible-vendors")
@pytest.mark.parametrize(
    "path",
    [
        "/v1",  # Mistral, Together
        "/inference/v1",  # Fireworks
        "/v1/openai",  # Hugging Face endpoints
        "/compatibility/v1",  # Cohere
        "/openai/v1",  # Azure, Bedrock
    ],
)
async def test_compatible_vendors_are_a_base_url_and_a_key(path: str, compatible: Loopback) -> None:
    async with local_client() as kaizen:
        wrapper = OpenAICompatibleKaizenWrapper(
            kaizen, model="vendor/model-1", base_url=compatible.url + path, api_key="key-of-vendor"
        )
        async with wrapper:
            result = await wrapper.chat(MESSAGES, temperature=0)
    (request,) = compatible.received
    assert (request.path, request.headers["authorization"]) == (f"{path}/chat/completions", "Bearer key-of-vendor")
    assert request.body == {
        "model": "vendor/model-1",
        "messages": [{"role": "user", "content": KTOF}],
        "temperature": 0,
    }
    assert result["decoded"]["result"] == {"answer": "yes"}


@pytest.mark.promise("kaizen.providers.compatible-vendors")
async def test_azure_through_its_own_client(compatible: Loopback) -> None:
    async with (
        local_client() as kaizen,
        openai.AsyncAzureOpenAI(azure_endpoint=compatible.url, api_key="az", api_version="2024-10-21") as azure,
    ):
        result = await OpenAICompatibleKaizenWrapper(kaizen, model="deployment-1", client=azure).chat(MESSAGES)
    (request,) = compatible.received
    assert request.path == "/openai/deployments/deployment-1/chat/completions?api-version=2024-10-21"
    assert request.headers["api-key"] == "az"
    assert result["decoded"]["result"] == {"answer": "yes"}


@pytest.mark.promise("kaizen.providers.keys-stay-with-their-vendor")
async def test_openais_key_never_goes_to_another_vendor(compatible: Loopback) -> None:
    async with (
        local_client() as kaizen,
        OpenAICompatibleKaizenWrapper(kaizen, model="m", base_url=f"{compatible.url}/v1") as wrapper,
    ):
        await wrapper.chat(MESSAGES)
    assert "of-openai" not in repr(compatible.received)


@pytest.mark.promise("kaizen.providers.system-messages")
async def test_system_messages_are_part_of_the_prompt_and_the_vendors_own_way_stays_open(
    connect: Callable[..., Any], says: Callable[..., Loopback]
) -> None:
    ways = {"openai": {"instructions": "Be brief."}, "anthropic": {"system": "Be brief."}}
    for vendor in (VENDORS[0], VENDORS[2]):
        fake = says(vendor.wire)
        async with local_client() as kaizen:
            await ask(vendor.wrap(kaizen, client=connect(vendor, fake.url)), **ways[vendor.name])
        (request,) = fake.received
        assert ways[vendor.name].items() <= request.body.items()
        assert "system,S" in repr(request.body)
