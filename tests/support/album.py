"""Every screen in every size and light, looked at and, where it is wanted, photographed."""

from __future__ import annotations

from pathlib import Path

from tests.support.browser import SIZES, Person

_DRESS = """
const [palette] = arguments;
document.documentElement.dataset.palette = palette;
for (const one of document.querySelectorAll(".bar a[href*='palette=']")) {
  if (one.href.includes("palette=" + palette)) one.setAttribute("aria-current", "true");
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
            beyond = self._person.driver.execute_script(_TOO_WIDE)
            assert beyond == [], f"{name}, {size}: {beyond}"
            if self._pictures is not None:
                self._picture(self._pictures / f"{name}-{size}")
        self._person.resize(*SIZES["landscape"])

    def _picture(self, to: Path) -> None:
        for palette in ("night", "day"):
            self._person.driver.execute_script(_DRESS, palette)
            self._person.picture(to.with_name(f"{to.name}-{palette}.png"))
