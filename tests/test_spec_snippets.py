"""The guide's own snippets, as they stand, against the real platform. They are read from beside the repository.

What a snippet leaves to its reader (`client`, `payload`, `run_id` ...) is there and real. Only the guide has snippets
that can be run: the other pages lost their indentation when they were converted.
"""

import ast
import asyncio
import dataclasses
import inspect
import logging
import re
from collections.abc import AsyncIterator
from pathlib import Path
from types import CodeType
from typing import Any, Generic, TypeVar

import pytest
import tomllib

from kneo_client import KneoClient
from kneo_client.core import auth, errors, idempotency, pagination, profiles, retries, transport
from kneo_client.core.errors import KneoError
from kneo_client.core.pagination import PaginatedResult
from kneo_client.examples.specs import WRITE_TWICE
from kneo_client.local import LocalPlatform

GUIDE = Path(__file__).resolve().parents[2] / "shared" / "spec" / "kneo_client_user_guide.md"
FENCED = re.compile(r"^```\w*\n(.*?)^```$", re.M | re.S)
PAGE_BREAK = re.compile(r"^```\n\n+```\n", re.M)
COMMANDS_LOGS_AND_TREES = 6
CUT_BY_A_PAGE_BREAK = 2  # and without the indentation that would have followed
ANSWERED_WITH = {"spec_id": 422, "/v1/some/new/endpoint": 404}  # what the platform says to these, whoever asks
MODULES = (auth, errors, idempotency, pagination, profiles, retries, transport, dataclasses)

pytestmark = pytest.mark.skipif(not GUIDE.exists(), reason="the pages of the spec are not beside the repository")


def snippets() -> list[str]:
    """Each snippet of the guide; those that a page break has cut in two are put together again."""
    text = GUIDE.read_text(encoding="utf-8") if GUIDE.exists() else ""
    return FENCED.findall(PAGE_BREAK.sub("", text))


def sections(snippet: str) -> dict[str, Any]:
    """The profiles of a snippet that is a configuration file."""
    try:
        return tomllib.loads(snippet)
    except tomllib.TOMLDecodeError:
        return {}


def compiled(snippet: str) -> CodeType | None:
    """The snippet as a module, or as the body of a function where it returns; None if it is no Python."""
    body = "".join(f"    {line}\n" for line in snippet.splitlines())
    return as_module(snippet) or as_module(f"async def snippet():\n{body}")


def as_module(source: str) -> CodeType | None:
    try:
        return compile(source, GUIDE, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
    except SyntaxError:
        return None


FILES = [snippet for snippet in snippets() if sections(snippet)]
PROGRAMS = [snippet for snippet in snippets() if compiled(snippet) and not sections(snippet)]


def first_line(snippet: str) -> str:
    return snippet.strip().partition("\n")[0][:50]


@pytest.fixture
def names(platform: LocalPlatform, home: Path) -> dict[str, Any]:
    """What the guide's reader has at hand."""
    profile = platform.profile
    client = KneoClient(profile)
    payload = {"input": "hello", "spec": WRITE_TWICE}
    run = asyncio.run(client.platform.runs.create(payload))

    async def fetch_page(limit: int, offset: int) -> PaginatedResult[Any]:
        page = await client.platform.runs.list(limit=limit, offset=offset)
        return PaginatedResult(page.runs, total=page.total or 0, limit=limit, offset=offset)

    given = {"asyncio": asyncio, "Any": Any, "Generic": Generic, "T": TypeVar("T"), "log": logging.getLogger("guide")}
    given |= {"KneoClient": KneoClient, "client": client, "profile": profile, "p": profile, "run_id": run.run_id}
    given |= {"payload": payload, "body": payload, "key": idempotency.new_idempotency_key(), "fetch_page": fetch_page}
    given |= {"tok": "any", "token": "any", "process": str, "exc": KneoError("any")}
    given |= {"vault": {"kneo/prod": {"url": profile.url, "api_key": profile.api_key}}}
    public = {name: value for module in MODULES for name, value in vars(module).items() if not name.startswith("_")}
    return {**public, **given, "__name__": "guide"}


async def perform(names: dict[str, Any], waiting: Any) -> None:
    """Finish the snippet, then call the functions that it defines, as far as its reader can."""
    await finish(waiting)
    for function in [value for value in names.values() if inspect.isfunction(value) and value.__module__ == "guide"]:
        parameters = inspect.signature(function).parameters.values()
        wanted = [parameter.name for parameter in parameters if parameter.kind is not parameter.VAR_KEYWORD]
        if set(wanted) <= names.keys():
            await finish(function(*(names[name] for name in wanted)))


async def finish(result: Any) -> None:
    if isinstance(result, AsyncIterator):
        async for _ in result:
            pass
    elif inspect.isawaitable(result):
        await result


def test_what_cannot_be_run_is_counted() -> None:
    other = len(snippets()) - len(FILES) - len(PROGRAMS)
    assert other == COMMANDS_LOGS_AND_TREES + CUT_BY_A_PAGE_BREAK


@pytest.mark.promise("kneo.examples.quickstart-ping", "kneo.examples.quickstart-sync", "kneo.examples.robust-pattern")
@pytest.mark.parametrize("snippet", PROGRAMS, ids=first_line)
def test_a_program_runs(snippet: str, names: dict[str, Any]) -> None:
    code = compiled(snippet)
    assert code is not None
    status = next((status for part, status in ANSWERED_WITH.items() if part in snippet), None)
    if status is None:
        asyncio.run(perform(names, eval(code, names)))
    else:
        with pytest.raises(KneoError) as refused:
            asyncio.run(perform(names, eval(code, names)))
        assert refused.value.status == status


@pytest.mark.parametrize("snippet", FILES, ids=first_line)
def test_a_file_gives_profiles(snippet: str, tmp_path: Path) -> None:
    file = tmp_path / "client.toml"
    file.write_text(snippet, encoding="utf-8")
    file.chmod(0o600)
    assert all(profiles.load_profile(name, config_file=file).name == name for name in sections(snippet))
