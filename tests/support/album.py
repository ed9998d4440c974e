"""Every screen in every size and light, looked at and, where it is wanted, photographed."""

from __future__ import annotations

from pathlib import Path

from tests.support.browser import SIZES, Person

TEXTS = ("normal", "large")
PALETTES = ("day", "night", "contrast")

_DRESS = """
const [wanted, text] = arguments;
const root = document.documentElement;
const palette = wanted || (root.dataset.worn ??= root.dataset.palette);
Object.assign(root.dataset, { palette, text });
for (const one of document.querySelectorAll(".bar a[href*='palette='], .bar a[href*='text=']")) {
  const is = one.href.includes("palette=" + palette) || one.href.includes("text=" + text);
  if (is) one.setAttribute("aria-current", "true");
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


class Album:
    """Looks at a page in every size, and takes pictures where they are wanted."""

    def __init__(self, person: Person, pictures: Path | None) -> None:
        self._person, self._pictures = person, pictures

    def take(self, name: str, words: str) -> None:
        """The page that is shown as soon as it says `words`, under this name."""
        self._person.see(words)
        for size, (width, height) in SIZES.items():
            self._person.resize(width, height)
            for text in TEXTS:
                self._dress("", text)
                beyond = self._person.driver.execute_script(_TOO_WIDE)
                assert beyond == [], f"{name}, {size}, {text} text: {beyond}"
                if self._pictures is not None:
                    self._picture(
                        self._pictures / f"{name}-{size}{'' if text == 'normal' else '-large'}", text
                    )
        self._dress("", "normal")
        self._person.resize(*SIZES["landscape"])

    def _dress(self, palette: str, text: str) -> None:
        """Show the page in this palette, "" is its own, and with this size of text."""
        self._person.driver.execute_script(_DRESS, palette, text)

    def _picture(self, to: Path, text: str) -> None:
        for palette in PALETTES:
            self._dress(palette, text)
            self._person.picture(to.with_name(f"{to.name}-{palette}.png"))
        self._dress("", text)
