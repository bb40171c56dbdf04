"""The products' own tests, out of their sdists, with our client: what passes with the published one passes."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING
from xml.etree import ElementTree

import pytest

from tests.downstream import environments

if TYPE_CHECKING:
    from pathlib import Path

NOT_WITH_OURS: dict[str, dict[str, str]] = {"dash": {}, "studio": {}}
"""Tests that fail with our client alone, each with its reason; docs/user/compatibility.md has them too."""


@pytest.mark.parametrize("product", environments.PRODUCTS)
def test_what_passes_with_the_published_client_passes_with_ours(product: str, tmp_path: Path) -> None:
    passed = {client: passing(product, client, tmp_path) for client in environments.CLIENTS}
    print({client: len(names) for client, names in passed.items()})
    lost = passed["published"] - passed["ours"]
    assert len(passed["published"]) >= {"dash": 112, "studio": 601}[product]
    assert lost == NOT_WITH_OURS[product].keys()


def passing(product: str, client: str, folder: Path) -> set[str]:
    """The names of the tests that pass."""
    suite = environments.suite(product)
    files = sorted(suite.glob("tests/test_*.py"))
    if product == "studio":  # the others have nothing to do with the client
        files = [file for file in files if "kneo_client" in file.read_text(encoding="utf-8")]
    report = folder / f"{client}.xml"
    command = [environments.python(product, client), "-m", "pytest", "-q", "-n", "2", "-p", "no:cacheprovider"]
    command += ["--continue-on-collection-errors", f"--junitxml={report}", *files]
    settings = {"KNEO_DASH_DEV_MODE": "1", "HOME": str(folder), "PATH": "/usr/bin:/bin"}
    subprocess.run(command, cwd=suite, env=settings, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT, check=False)
    cases = ElementTree.parse(report).iter("testcase")
    return {f"{case.get('classname')}::{case.get('name')}" for case in cases if not len(case)}
