"""Debian's Chromium with a fake camera, driven as a person at the tablet would."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webelement import WebElement

from kiosk.web.words import FALLBACK
from tests.support.processes import until
from tests.support.reading import said

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

# A page is looked at when it is there whole and its scripts have run; before that nothing is seen.
_WHOLE = "if (document.readyState !== 'complete') return null;"
_TEXT = f"{_WHOLE} return [document.body.innerText]"
_VISIBLE = f"""{_WHOLE}
return [...document.querySelectorAll(arguments[0])].find((one) => one.checkVisibility());
"""
_SAYS = r"""
if (document.readyState !== "complete") return null;
const words = (one) => one.innerText.toLowerCase().split(/\s+/).join(" ").trim();
const all = [...document.querySelectorAll("a, button, label.card, summary")];
const seen = all.filter((one) => one.checkVisibility());
const said = (fits) => {
  for (const way of arguments[0]) {
    const found = seen.find((one) => fits(words(one), way));
    if (found) return found;
  }
  return null;
};
return said((text, [whole, ...more]) => !more.length && text === whole)
  ?? said((text, chunks) => chunks.every((chunk) => text.includes(chunk)))
"""


class Person:
    """Somebody at the tablet: looks at a page, taps, types."""

    def __init__(self, driver: webdriver.Chrome) -> None:
        self.driver = driver
        self.taps = 0
        self.bench = ""
        self.language = FALLBACK

    def speak(self, language: str) -> None:
        """Read pages in this language from now on; what a test looks for stays written in English."""
        self.language = language
        if language != FALLBACK:
            for host in ("127.0.0.1", "localhost"):
                cookie = {"name": "display", "value": f".normal.{language}.", "url": f"http://{host}/"}
                self.driver.execute_cdp_cmd("Network.setCookie", {**cookie, "sameSite": "Strict"})

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
        self.speak(self.language)
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
        """The words that can be seen, once the page is there."""
        found: list[str] = until(lambda: self.driver.execute_script(_TEXT), f"a page at {self.path}", 20)
        return " ".join(found[0].split())

    def see(self, words: str, seconds: float = 10.0) -> None:
        """Wait until these words can be seen, in capitals or not."""
        ways = said(self.language, words)

        def seen() -> bool:
            text = self.text.lower()
            return any(all(chunk in text for chunk in way) for way in ways)

        until(seen, f"“{words}” on {self.path}: {self.text}", seconds)

    def arrive(self, path: str) -> None:
        """Wait until this page is shown."""
        until(lambda: self.path == path, f"{path}, not {self.path}: {self.text}", 10)

    def find(self, css: str) -> WebElement:
        """The first visible element, once it is there."""
        return until(
            lambda: self.driver.execute_script(_VISIBLE, css), f"{css} on {self.path}: {self.text}", 10
        )

    def tap(self, words: str) -> None:
        """Tap the button, link or card that says this, once it is there; counted."""
        ways = said(self.language, words)

        def tapped() -> bool:
            one = self.driver.execute_script(_SAYS, ways)
            return one is not None and self._click(one)

        until(tapped, f"something to tap that says “{words}”: {self.text}", 10)
        self.taps += 1

    def _click(self, element: WebElement) -> bool:
        """Whether the element was still there to be clicked."""
        try:
            self.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
            element.click()
        except StaleElementReferenceException:
            return False
        return True

    def fill(self, name: str, words: str) -> None:
        """Type into the field of this name."""
        field = self.find(f"input[name={name}]:not([type=hidden]), textarea[name={name}]")
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
        return [f"{one['level']} {one['message']}" for one in logged if one["level"] in ("WARNING", "SEVERE")]

    def picture(self, to: Path) -> None:
        """Save what is to be seen."""
        to.parent.mkdir(parents=True, exist_ok=True)
        assert self.driver.save_screenshot(str(to))


@contextmanager
def chromium(folder: Path, camera: Path | None, *, plays: bool = True) -> Iterator[webdriver.Chrome]:
    """A browser with a fresh profile, whose camera shows the film `camera`; None: it has no camera.

    `plays`: whether pages may make a sound before they are touched, as on a tablet that was set up for it.
    """
    options = Options()
    options.binary_location = "/usr/bin/chromium"
    for flag in (*_FLAGS, f"--user-data-dir={folder / 'profile'}"):
        options.add_argument(flag)
    if plays:
        options.add_argument("--autoplay-policy=no-user-gesture-required")
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
