"""Every screen in every size, light and language: all fits, axe finds nothing, and pictures of it."""

from __future__ import annotations

from pathlib import Path

from kiosk.web.words import FALLBACK
from tests.support import axe
from tests.support.browser import SIZES, Person

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

# What a screen is for, and the bar; where the bar does not stick the page is read from top to bottom.
_OUT_OF_SIGHT = """
const foot = document.querySelector(".foot");
if (!foot || getComputedStyle(foot).position !== "sticky") return [];
const main = "main > .actions .go, .leaf .after .main, .foot .band .button, .bar";
const floor = (one) => (foot.contains(one) ? innerHeight : foot.getBoundingClientRect().top) + 1;
return [...document.querySelectorAll(main)]
  .filter((one) => one.checkVisibility() && one.getBoundingClientRect().bottom > floor(one))
  .map((one) => one.outerHTML.slice(0, 100));
"""


class Album:
    """Looks at a page in every size, palette and size of text, and takes pictures where they are wanted."""

    def __init__(self, person: Person, pictures: Path | None) -> None:
        self._person, self._pictures = person, pictures

    def take(self, name: str, words: str) -> None:
        """The page that is shown as soon as it says `words`, under this name."""
        self._person.see(words)
        self._look(name if self._person.language == FALLBACK else f"{name}-{self._person.language}")

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
                below = self._person.driver.execute_script(_OUT_OF_SIGHT)
                assert below == [], f"{name}, {size}, {text} text, without scrolling: {below}"
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
