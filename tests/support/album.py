"""Every screen in every size, light and language: all fits, axe finds nothing, and pictures of it."""

from __future__ import annotations

from pathlib import Path

from tests.support import axe
from tests.support.browser import SIZES, Person
from tests.support.processes import until

PALETTES = ("day", "night", "contrast")

_DRESS = """
const [palette, text] = arguments;
Object.assign(document.documentElement.dataset, { palette, text });
for (const one of document.querySelectorAll(".bar a[href*='palette='], .bar a[href*='text=']")) {
  const current = one.href.includes(`palette=${palette}&`) || one.href.includes(`text=${text}&`);
  if (current) one.setAttribute("aria-current", "true");
  else one.removeAttribute("aria-current");
}
"""

_TOO_WIDE = """
const width = document.documentElement.clientWidth;
const out = (box) => box.width && (box.right > width + 1 || box.left < -1);
return [...document.body.querySelectorAll("*")]
  .filter((one) => one.checkVisibility() && !one.closest(".unseen, .skip"))
  .filter((one) => out(one.getBoundingClientRect()))
  .map((one) => one.outerHTML.slice(0, 100));
"""

_SHOWN = "return document.readyState === 'complete' && document.documentElement.lang"


class Album:
    """Looks at a page in every size, palette and size of text, and takes pictures where they are wanted.

    `languages`: in which further ones the page is looked at, by asking for it again.
    """

    def __init__(self, person: Person, pictures: Path | None, languages: tuple[str, ...] = ()) -> None:
        self._person, self._pictures, self._languages = person, pictures, languages

    def take(self, name: str, words: str, *, again: bool = True) -> None:
        """The page that is shown as soon as it says `words`, under this name.

        Not `again`: it is an answer to what was typed or is shown once only, so it is not asked for anew.
        """
        self._person.see(words)
        self._look(name)
        path = self._person.path
        for code in self._languages if again else ():
            self._ask(path, code)
            self._look(f"{name}-{code}")
        if again and self._languages:
            self._ask(path, "")
            self._person.see(words)

    def _ask(self, path: str, code: str) -> None:
        """Show the page in a language; "" is the bench's own."""
        driver, url = self._person.driver, self._person.bench + path
        cookie = {"name": "display", "value": f".normal.{code}", "url": url}
        driver.execute_cdp_cmd("Network.setCookie", {**cookie, "httpOnly": True, "sameSite": "Strict"})
        driver.get(url)
        until(lambda: driver.execute_script(_SHOWN) == (code or "en"), f"{url} in {code or 'en'}", 10)

    def _look(self, name: str) -> None:
        dress = self._person.driver.execute_script("return {...document.documentElement.dataset}")
        for palette in PALETTES:
            self._dress(palette, "normal")
            assert axe.violations(self._person.driver) == [], f"{name}, {palette}"
        for text in ("large", "normal"):
            for size, (width, height) in SIZES.items():
                self._person.resize(width, height)
                self._dress("day", text)
                beyond = self._person.driver.execute_script(_TOO_WIDE)
                assert beyond == [], f"{name}, {size}, {text} text: {beyond}"
                self._pictured(f"{name}-{size}", text)
        self._person.resize(*SIZES["landscape"])
        self._dress(dress.get("palette", ""), dress["text"])

    def _dress(self, palette: str, text: str) -> None:
        self._person.driver.execute_script(_DRESS, palette, text)

    def _pictured(self, name: str, text: str) -> None:
        if self._pictures is None:
            return
        for palette in PALETTES:
            self._dress(palette, text)
            self._person.picture(self._pictures / f"{name}{'-large' * (text == 'large')}-{palette}.png")
