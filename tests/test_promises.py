"""The manifests of promises (`packages/*/promises.toml`) and the tests keep each other honest.

A test claims promises with `@pytest.mark.promise("id", ...)`. Claims are read from the source of the tests, only where
pytest itself honours a mark; a skipped or expected-to-fail test keeps no promise.
"""

import ast
import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pytest
import tomllib

ROOT = Path(__file__).resolve().parents[1]
SPEC = ROOT.parent / "shared" / "spec"
MANIFESTS = {"kneo": "kneo-client", "knox": "knoxcall", "kaizen": "kaizen-client"}
"""How the ids of a manifest begin, and the package it is of."""
ID = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")


@dataclass(frozen=True)
class Promise:
    id: str
    page: str
    quote: str
    status: str | None = None
    reason: str | None = None

    @property
    def well_formed(self) -> bool:
        named = bool(ID.fullmatch(self.id)) and self.page.endswith(".md") and 0 < len(self.quote.split()) <= 10
        if self.status is None:
            return named and self.reason is None
        return named and self.status in {"deferred", "divergence"} and bool(self.reason)

    @property
    def from_spec(self) -> bool:
        return self.page != "architecture.md" and not self.page.startswith("contracts/")


class Summary(NamedTuple):
    """How many promises we make, how many of those a test claims, and how many statements we do not keep as written."""

    promised: int
    covered: int
    deferred: int
    divergence: int


def summary() -> Summary:
    statuses = Counter(promise.status for promise in promises())
    return Summary(len(promised()), len(promised() & claimed()), statuses["deferred"], statuses["divergence"])


def promises() -> list[Promise]:
    return [promise for package in MANIFESTS.values() for promise in promises_of(package)]


def promises_of(package: str) -> list[Promise]:
    manifest = tomllib.loads((ROOT / "packages" / package / "promises.toml").read_text(encoding="utf-8"))
    return [Promise(**entry) for entry in manifest["promise"]]


def promised() -> set[str]:
    return {promise.id for promise in promises() if promise.status is None}


def claimed() -> set[str]:
    files = [*ROOT.glob("packages/*/tests/**/*.py"), *ROOT.glob("tests/**/*.py")]
    return {claim for file in files for claim in claims(file.read_text(encoding="utf-8"))}


def claims(source: str) -> set[str]:
    """The ids that the tests of one module claim."""
    groups = [[*marks(marked)] for marked in marked_together(ast.parse(source))]
    counted = [group for group in groups if not {"skip", "xfail"} & {name for name, _ in group}]
    return {claim for group in counted for _, ids in group for claim in ids}


def marked_together(tree: ast.Module) -> Iterator[list[ast.expr]]:
    """The mark expressions of one test, one class of tests, one module or one `pytest.param` at a time."""
    for node in ast.walk(tree):
        match node:
            case ast.FunctionDef() | ast.AsyncFunctionDef() if node.name.startswith("test"):
                yield node.decorator_list
            case ast.ClassDef() if node.name.startswith("Test"):
                yield node.decorator_list
            case ast.Assign(targets=[ast.Name(id="pytestmark")]):
                yield [node.value]
            case ast.Call(func=ast.Attribute(attr="param")):
                yield [keyword.value for keyword in node.keywords if keyword.arg == "marks"]


def marks(expressions: list[ast.expr]) -> Iterator[tuple[str, list[str]]]:
    """The name of each mark, with the ids it claims. An id that is not a literal is a `ValueError`."""
    for expression in expressions:
        match expression:
            case ast.List(elts=several) | ast.Tuple(elts=several):
                yield from marks(several)
            case ast.Call(func=ast.Attribute(value=ast.Attribute(attr="mark"), attr="promise")):
                yield "promise", [ast.literal_eval(claim) for claim in expression.args]
            case ast.Call(func=ast.Attribute(value=ast.Attribute(attr="mark"), attr=name)):
                yield name, []
            case ast.Attribute(value=ast.Attribute(attr="mark"), attr=name):
                yield name, []


def expect_none(ids: Collection[str], problem: str) -> None:
    assert not ids, f"{problem}: {', '.join(sorted(ids))}"


def test_every_entry_is_well_formed() -> None:
    expect_none([promise.id for promise in promises() if not promise.well_formed], "malformed entries")


def test_every_entry_is_in_the_manifest_of_its_package() -> None:
    assert {path.parent.name for path in ROOT.glob("packages/*/promises.toml")} == set(MANIFESTS.values())
    for topic, package in MANIFESTS.items():
        strangers = [promise.id for promise in promises_of(package) if not promise.id.startswith(f"{topic}.")]
        expect_none(strangers, f"entries of other packages in that of {package}")


def test_ids_are_unique() -> None:
    times = Counter(promise.id for promise in promises())
    expect_none([promise for promise in times if times[promise] > 1], "ids used more than once")


def test_every_promise_has_a_test() -> None:
    expect_none(promised() - claimed(), "promises that no test claims")


def test_every_claim_is_in_the_manifest() -> None:
    expect_none(claimed() - {promise.id for promise in promises()}, "claims that no promises.toml knows")


@pytest.mark.skipif(not SPEC.is_dir(), reason="the pages of the spec are not beside the repository")
def test_every_quote_is_on_its_page() -> None:
    pages = {page.name: one_line(page.read_text(encoding="utf-8")) for page in SPEC.glob("*.md")}
    quoted = [promise for promise in promises() if promise.from_spec]
    expect_none(
        [promise.id for promise in quoted if one_line(promise.quote) not in pages.get(promise.page, "")],
        "quotes that are not on their page",
    )


def one_line(text: str) -> str:
    return " ".join(text.split())


def test_claims_count_only_where_pytest_honours_the_mark() -> None:
    source = """
pytestmark = [pytest.mark.anyio, pytest.mark.promise("module")]
CASES = [pytest.param(1, marks=pytest.mark.promise("param")), pytest.param(2, marks=[pytest.mark.promise("several")])]

@pytest.mark.promise("class")
class TestIt:
    @pytest.mark.promise("method", "second")
    async def test_it(self): ...

@pytest.mark.promise("skipped")
@pytest.mark.skip
def test_skipped(): ...

@pytest.mark.promise("failing")
@pytest.mark.xfail(reason="not yet")
def test_failing(): ...

@pytest.mark.promise("helper")
def helper(): ...
"""
    assert claims(source) == {"module", "param", "several", "class", "method", "second"}
