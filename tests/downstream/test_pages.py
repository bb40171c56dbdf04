"""The pages of both products in a browser: what the platform has is shown, nothing fails."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.downstream.environments import CLIENTS
from tests.downstream.looks import DASH, STUDIO, Look
from tests.downstream.test_studio_api import artifact, test_run

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.downstream.browser import Browser
    from tests.downstream.products import Product

PAGES = [("dash", name) for name in DASH] + [("studio", name) for name in STUDIO]


@pytest.mark.parametrize("client", CLIENTS)
@pytest.mark.parametrize(("program", "name"), PAGES)
def test_page_shows_what_the_platform_has(
    product: Callable[[str, str], Product],
    browser: Browser,
    story: dict[str, str],
    specs: dict[str, Any],
    pictures: Path,
    program: str,
    name: str,
    client: str,
) -> None:
    served = product(program, client)
    look: Look = (DASH if program == "dash" else STUDIO)[name]
    ids = story if program == "dash" else {**story, **shown(served, specs)}
    browser.problems()
    browser.open(served.url + filled(look.path, ids))
    for label, patterns in {"": look.shows, **look.clicks}.items():
        if label:
            browser.click(label)
        missing = browser.missing([filled(pattern, ids) for pattern in patterns])
        if client == "ours":
            browser.picture(pictures / f"{program} {name} {label.partition(' (')[0]}".strip().replace(" ", "-").lower())
        assert not missing, f"{label or 'the page'} does not show {missing}:\n{browser.text()}"
    assert browser.problems() == []


def shown(studio: Product, specs: dict[str, Any]) -> dict[str, str]:
    """An artifact of this Studio and a test run of it, made when they are first asked for."""
    if not studio.notes:
        made = artifact(studio, "shown.yaml", specs["completes"])
        studio.notes |= {"artifact": made, "test_run": test_run(studio, made, "hello pages", until="completed")}
    return studio.notes


def filled(text: str, ids: dict[str, str]) -> str:
    """The text with ids in the place of their names."""
    for name, value in ids.items():
        text = text.replace(f"{{{name}}}", value)
    return text
