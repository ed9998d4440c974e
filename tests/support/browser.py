"""Debian's Chromium with a fake camera, driven as a person at the tablet would."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from tests.support.processes import until

SIZES = {"landscape": (1280, 800), "portrait": (800, 1280), "phone": (390, 844)}
_FLAGS = (
    "--headless=new",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--use-fake-ui-for-media-stream",
)


class Person:
    """Somebody at the tablet: looks at a page, taps, types."""

    def __init__(self, driver: webdriver.Chrome) -> None:
        self.driver = driver
        self.taps = 0
        self.bench = ""

    def begin(self, bench: str) -> None:
        """Stand before the bench at this address as if nobody had been there."""
        before = self.driver.current_window_handle
        self.driver.switch_to.new_window("window")
        fresh = self.driver.current_window_handle
        self.driver.switch_to.window(before)
        self.driver.close()
        self.driver.switch_to.window(fresh)
        self.driver.execute_cdp_cmd("Network.clearBrowserCookies", {})
        self.resize(*SIZES["landscape"])
        self.complaints()
        self.taps, self.bench = 0, bench.rstrip("/")

    def resize(self, width: int, height: int) -> None:
        """Make the page exactly this large."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)

    def go(self, path: str) -> None:
        """Open a page of the bench by its address."""
        self.driver.get(self.bench + path)

    @property
    def path(self) -> str:
        """The path of the page that is shown."""
        return self.driver.current_url.removeprefix(self.bench)

    @property
    def text(self) -> str:
        """The words that can be seen."""
        found = self.driver.execute_script("return document.body ? document.body.innerText : ''")
        return " ".join(str(found).split())

    def see(self, words: str, seconds: float = 10.0) -> None:
        """Wait until these words can be seen, in capitals or not."""
        until(lambda: words.lower() in self.text.lower(), f"“{words}” on {self.path}: {self.text}", seconds)

    def find(self, css: str) -> WebElement:
        """The first visible element; AssertionError when there is none."""
        found = self.find_all(css)
        assert found, f"nothing like {css} on {self.path}: {self.text}"
        return found[0]

    def find_all(self, css: str) -> list[WebElement]:
        """All visible elements."""
        return [one for one in self.driver.find_elements(By.CSS_SELECTOR, css) if one.is_displayed()]

    def tap(self, words: str) -> None:
        """Tap the button, link or card that says this; counted."""
        for one in self.find_all("a, button, label.card, summary"):
            if words.lower() in " ".join(one.text.split()).lower():
                return self.tap_on(one)
        raise AssertionError(f"nothing says “{words}” on {self.path}: {self.text}")

    def tap_on(self, element: WebElement) -> None:
        """Tap an element; counted."""
        self.taps += 1
        self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
        element.click()

    def fill(self, name: str, words: str) -> None:
        """Type into the field of this name."""
        field = self.find(f"input[name={name}], textarea[name={name}]")
        field.clear()
        field.send_keys(words)

    def press(self, *keys: str) -> None:
        """Press keys on whatever has the focus."""
        webdriver.ActionChains(self.driver).send_keys(*keys).perform()

    def focused(self) -> str:
        """What has the focus: its name, or the words on it."""
        one = self.driver.switch_to.active_element
        return one.get_attribute("name") or " ".join(one.text.split())

    def tab_to(self, words: str, most: int = 60) -> None:
        """Press Tab until the focus is on what says this, or on the field of this name."""
        passed: list[str] = []
        for _ in range(most):
            self.press(Keys.TAB)
            here = self.focused()
            if words.lower() in here.lower():
                return
            passed.append(here)
        raise AssertionError(f"Tab does not come to “{words}” on {self.path}: {passed}")

    def complaints(self) -> list[str]:
        """What the browser complained about since the last time: scripts, CSP, missing files."""
        logged: list[dict[str, Any]] = self.driver.get_log("browser")
        return [f"{one['level']} {one['message']}" for one in logged if one["level"] != "DEBUG"]

    def picture(self, to: Path) -> None:
        """Save what is to be seen."""
        to.parent.mkdir(parents=True, exist_ok=True)
        assert self.driver.save_screenshot(str(to))


@contextmanager
def chromium(folder: Path, camera: Path | None) -> Iterator[webdriver.Chrome]:
    """A browser with a fresh profile, whose camera shows the film `camera`; None: it has no camera."""
    options = Options()
    options.binary_location = "/usr/bin/chromium"
    for flag in (*_FLAGS, f"--user-data-dir={folder / 'profile'}"):
        options.add_argument(flag)
    if camera is not None:
        options.add_argument("--use-fake-device-for-media-stream")
        options.add_argument(f"--use-file-for-fake-video-capture={camera}")
    if os.getuid() == 0:
        options.add_argument("--no-sandbox")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))
    try:
        driver.set_page_load_timeout(20)
        driver.set_script_timeout(10)
        yield driver
    finally:
        driver.quit()
