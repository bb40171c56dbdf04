"""The documents are executed: blocks run and print what they say, links lead somewhere, what they name exists.

`python` blocks of one page share a namespace, in order, against a real platform. An `output` block is what the block
before it prints; `...` stands for what varies. A `toml` block is a file, named by its first line, that later blocks
find. The commands of an `sh` block are run where that is cheap, else what they name has to exist. `text` is a picture.
"""

import ast
import asyncio
import contextlib
import doctest
import functools
import importlib
import io
import pkgutil
import re
import shlex
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import tomllib

from kaizen_client import KaizenClient, cli
from kaizen_client import config as kaizen_config
from kneo_client import KneoClient
from kneo_client.core import profiles
from kneo_client.core.profiles import Profile, load_profile
from knoxcall import KnoxCall

ROOT = Path(__file__).resolve().parents[1]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("packages/*/README.md")])
NOT_RUN: dict[str, int] = {}  # page: its blocks after a "not run" comment; there are to be few, so a new one shows here
BLOCK = re.compile(
    r"^(?:<!-- not run: (?P<reason>[^\n]+) -->\n+)?```(?P<language>\w*)\n(?P<text>.*?)^```$", re.M | re.S
)
VARIABLES = {value for name, value in vars(profiles).items() if name.startswith("ENV_")}
VARIABLES |= {"KNEO_TEST_URL", "KNEO_TEST_API_KEY"}
VARIABLES |= {value for name, value in vars(kaizen_config).items() if name.startswith("ENV_")}
VARIABLES |= {
    name
    for module in ROOT.glob("packages/knoxcall/src/**/*.py")
    for name in re.findall(r'"(KNOXCALL_[A-Z_]+)"', module.read_text(encoding="utf-8"))
}


@dataclass(frozen=True)
class Block:
    line: int
    language: str
    text: str
    reason: str | None


def read(page: Path) -> str:
    return page.read_text(encoding="utf-8")


def blocks(page: Path) -> list[Block]:
    text = read(page)
    return [
        Block(text.count("\n", 0, found.start("text")) + 1, found["language"], found["text"], found["reason"])
        for found in BLOCK.finditer(text)
    ]


def prose(page: Path) -> str:
    return BLOCK.sub("", read(page))


def inline_code(page: Path) -> list[str]:
    """Code in the sentences of a page, other than the texts of links."""
    return re.findall(r"(?<!\[)`([^`\n]+)`", prose(page))


def name_of(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


each_page = pytest.mark.parametrize("page", PAGES, ids=name_of)


class Reader:
    """Does what a page says, block by block."""

    def __init__(self, page: Path, home: Path) -> None:
        self._page = page
        self._home = home
        self._names: dict[str, Any] = {"__name__": "__main__"}
        self._printed = ""
        self._loop = asyncio.Runner()

    def follow(self) -> None:
        with self._loop:
            for block in blocks(self._page):
                if block.reason is None:
                    getattr(self, f"_{block.language}")(block)

    def _python(self, block: Block) -> None:
        source = "\n" * (block.line - 1) + block.text  # so that tracebacks show the page's own lines
        code = compile(source, self._page, "exec", flags=ast.PyCF_ALLOW_TOP_LEVEL_AWAIT)
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            waiting = eval(code, self._names)
            if waiting is not None:
                self._loop.run(waiting)
        self._printed = printed.getvalue()

    def _output(self, block: Block) -> None:
        like = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
        if not doctest.OutputChecker().check_output(block.text, self._printed, like):
            pytest.fail(
                f"{self._page}:{block.line} says\n{block.text}\nbut printed was\n{self._printed}", pytrace=False
            )

    def _toml(self, block: Block) -> None:
        file = self._home / block.text.partition("\n")[0].removeprefix("# ").removeprefix("~/")
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(block.text, encoding="utf-8")
        file.chmod(0o600)
        for name in tomllib.loads(block.text):
            assert load_profile(name, config_file=file, api_key="any").name == name

    def _sh(self, block: Block) -> None:
        for line in block.text.splitlines():
            words = shlex.split(line, comments=True)
            while words and "=" in words[0]:
                check_variable(words.pop(0))
            if words:
                check_command(words)

    def _text(self, block: Block) -> None:
        assert block.text.strip()


def check_variable(assignment: str) -> None:
    assert assignment.partition("=")[0] in VARIABLES, assignment


def check_command(words: list[str]) -> None:
    match words:
        case ["export", assignment]:
            check_variable(assignment)
        case ["chmod", "600", "~/.config/kneo/client.toml"]:
            pass
        case ["make", *rest]:
            assert {word for word in rest if "=" not in word} <= make_targets(), rest
        case ["pip", "install", *what] | ["uv", "pip", "install", *what]:
            for requirement in what:
                check_installable(requirement)
        case ["python", "-m", "pytest", *paths]:
            assert all((ROOT / path).exists() for path in paths), paths
        case ["kaizen", *arguments]:
            cli.parser().parse_args(arguments)
        case ["python", script, *options] if script.endswith(".py"):
            usage = subprocess.run(
                [sys.executable, ROOT / script, "--help"], check=True, capture_output=True, text=True
            )
            assert all(option in usage.stdout for option in options if option.startswith("--")), options
        case ["python", *arguments]:
            done = subprocess.run([sys.executable, *arguments], check=False, capture_output=True, text=True)
            assert done.returncode == 0, done.stderr
        case _:
            pytest.fail(f"nothing here knows how to check {words}")


@functools.cache
def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", read(ROOT / "Makefile"), re.M))


def check_installable(requirement: str) -> None:
    path, _, extra = requirement.rstrip("]").partition("[")
    project = tomllib.loads(read(ROOT / path / "pyproject.toml"))["project"]
    assert not extra or extra in project["optional-dependencies"], requirement


@pytest.mark.promise(
    "kneo.compat.unwrapped-endpoint", "kneo.examples.run-as-modules", "kneo.examples.extending-recipes"
)
@each_page
def test_the_blocks_do_what_the_page_says(page: Path, home: Path) -> None:
    Reader(page, home).follow()


@each_page
def test_every_fence_is_a_block_and_says_its_language(page: Path) -> None:
    assert len(re.findall(r"^\s*```", read(page), re.M)) == 2 * len(blocks(page))
    assert {block.language for block in blocks(page)} <= {"python", "output", "toml", "sh", "text"}


def test_blocks_that_are_not_run_are_counted() -> None:
    marked = Counter({name_of(page): sum(block.reason is not None for block in blocks(page)) for page in PAGES})
    assert +marked == Counter(NOT_RUN)
    comments = sum(read(page).count("<!-- not run:") for page in PAGES)
    assert comments == marked.total(), "a comment that stands before no block"


@pytest.mark.promise("kneo.examples.extending-recipes")
def test_there_are_ten_recipes() -> None:
    headings = re.findall(r"^## (\d+)\. ", prose(ROOT / "docs/dev/extending.md"), re.M)
    assert headings == [str(number) for number in range(1, 11)]


def slug(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


@each_page
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", prose(page)):
        file, _, anchor = target.partition("#")
        destination = (page.parent / file).resolve() if file else page
        assert destination.exists(), target
        if anchor:
            assert anchor in map(slug, re.findall(r"^#+ (.+)$", prose(destination), re.M)), target


@pytest.mark.promise("kneo.packaging.adrs")
def test_every_decision_record_is_listed() -> None:
    folder = ROOT / "docs/dev/adrs"
    listed = re.findall(r"\]\((\d{3}-[\w-]+\.md)\)", read(folder / "README.md"))
    assert listed == sorted(page.name for page in folder.glob("[0-9]*.md"))


PACKAGES = ("sdk_engine", "kneo_client", "kaizen_client", "knoxcall")


@functools.cache
def known_names() -> dict[str, Any]:
    """Every name of every handwritten module, and the types of answers."""
    types = importlib.import_module("kneo_client.types")
    return {
        **vars(importlib.import_module("builtins")),
        **{name: value for package in PACKAGES for name, value in names_below(package)},
        **{name: getattr(types, name) for name in types.__all__},
    }


def names_below(package: str) -> Iterator[tuple[str, Any]]:
    root: ModuleType = importlib.import_module(package)
    inside = [found.name for found in pkgutil.walk_packages(root.__path__, f"{package}.")]
    for name in [package, *(name for name in inside if not {"_generated", "examples"} & set(name.split(".")))]:
        yield from vars(importlib.import_module(name)).items()


def find(dotted: str) -> Any:
    """What a name in the documents means; AttributeError, KeyError or ImportError if it means nothing."""
    first, *rest = dotted.split(".")
    if first in PACKAGES:
        with contextlib.suppress(ImportError):
            return importlib.import_module(dotted)
        return getattr(importlib.import_module(dotted.rpartition(".")[0]), rest[-1])
    if first == "client":
        kneo = KneoClient(Profile("any", "http://127.0.0.1:9", "any"))
        owner: Any = kneo if hasattr(kneo, rest[0]) else KnoxCall(api_key="any")
        return functools.reduce(getattr, rest, owner)
    if first == "kaizen":
        return functools.reduce(getattr, rest, KaizenClient())
    if first in ("runs", "human_tasks"):
        return find(f"client.platform.{dotted}")
    if first == "specs":
        return find(f"client.agent.{dotted}")
    return functools.reduce(getattr, rest, known_names()[first])


NAME = re.compile(
    r"((?:kneo_client|kaizen_client|knoxcall|sdk_engine|client|kaizen|runs|specs|human_tasks)\.\w[\w.]*|[A-Z]\w*[a-z]\w*(?:\.\w+)*)(?:\(.*\))?"
)
OTHERS = {"Authorization", "BlockingPortal", "SpecCompilationError"}  # names of HTTP, anyio, the platform
OTHERS |= {"Anthropic", "AsyncAnthropic", "AsyncOpenAI", "OpenAI", "ValidationError"}  # the vendors', pydantic's
OTHERS |= {"EgressObservationReporter", "InterceptHandle", "WorkloadCredentialProvider"}  # published, left out by ours
LOGGERS = {"kneo_client.profiles", "kneo_client.runs", "kneo_client.transport"}


@each_page
def test_names_exist(page: Path) -> None:
    names = {found[1] for code in inline_code(page) if (found := NAME.fullmatch(code))}
    unknown = [name for name in sorted(names - OTHERS - LOGGERS) if not exists(name)]
    assert not unknown


def exists(name: str) -> bool:
    try:
        find(name)
    except (AttributeError, KeyError, ImportError):
        return False
    return True


@each_page
def test_files_and_tasks_exist(page: Path) -> None:
    folders = [ROOT, page.parent, *ROOT.glob("packages/*/src")]
    for code in inline_code(page):
        if re.fullmatch(r"[\w.][\w.-]*/[\w./-]*|[\w-]+\.(?:py|json|lock|md)", code):
            assert any((folder / code).exists() for folder in folders), code
        if code.startswith("make "):
            assert {word for word in code.split()[1:2] if "=" not in word} <= make_targets(), code
