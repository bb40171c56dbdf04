"""Headless Chromium that opens pages and says what went wrong on them."""

from __future__ import annotations

import json
import re
import shutil
from typing import TYPE_CHECKING

from selenium import webdriver
from selenium.common.exceptions import NoSuchElementException, StaleElementReferenceException, TimeoutException
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

_PATIENCE = 15.0
_SEEN = (NoSuchElementException, StaleElementReferenceException)


class Browser:
    """One window. Errors that a page logs and requests of it that fail are collected until they are asked for."""

    def __init__(self) -> None:
        options = webdriver.ChromeOptions()
        options.binary_location = shutil.which("chromium") or ""
        options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
        for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--window-size=1400,900"):
            options.add_argument(argument)
        self._driver = webdriver.Chrome(options=options, service=Service(shutil.which("chromedriver")))

    def close(self) -> None:
        """End it."""
        self._driver.quit()

    def open(self, url: str) -> None:
        """Go to a page."""
        self._driver.get(url)

    def click(self, label: str) -> None:
        """Click the first link, button or tab whose text begins so."""
        path = f"//*[self::a or self::button][starts-with(normalize-space(), '{label}')]"
        WebDriverWait(self._driver, _PATIENCE, ignored_exceptions=_SEEN).until(
            lambda driver: driver.find_element(By.XPATH, path).click() or True
        )

    def missing(self, patterns: Iterable[str]) -> list[str]:
        """Those of the patterns that the page does not come to show, given time."""
        wanted = list(patterns)

        def all_there(_: object) -> bool:
            text = self.text()
            wanted[:] = [pattern for pattern in wanted if not re.search(pattern, text)]
            return not wanted

        try:
            WebDriverWait(self._driver, _PATIENCE, ignored_exceptions=_SEEN).until(all_there)
        except TimeoutException:
            return wanted
        return []

    def text(self) -> str:
        """What the page shows."""
        return self._driver.find_element(By.TAG_NAME, "body").text

    def problems(self) -> list[str]:
        """Errors in the console and failed requests since the last time."""
        console = [entry["message"] for entry in self._driver.get_log("browser") if entry["level"] == "SEVERE"]
        return [*console, *self._failed_requests()]

    def picture(self, file: Path) -> None:
        """Keep what is in the window, as FILE.png."""
        file.parent.mkdir(parents=True, exist_ok=True)
        self._driver.save_screenshot(f"{file}.png")

    def _failed_requests(self) -> Iterator[str]:
        for entry in self._driver.get_log("performance"):
            message = json.loads(entry["message"])["message"]
            if message["method"] == "Network.responseReceived":
                response = message["params"]["response"]
                if response["status"] >= 400:
                    yield f"{response['status']} {response['url']}"
            elif message["method"] == "Network.loadingFailed" and not message["params"].get("canceled"):
                yield f"{message['params']['errorText']} ({message['params']['type']})"
