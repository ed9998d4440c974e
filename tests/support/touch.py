"""A finger on the tablet: touches, where `Person.tap` clicks; and what the touch keyboard is."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

from tests.support.browser import Person
from tests.support.processes import until

ROOT = Path(__file__).resolve().parents[2]

_MIDDLE = """
if (document.readyState !== "complete") return null;
const one = [...document.querySelectorAll(arguments[0])].find((one) => one.checkVisibility());
if (!one) return null;
if (!one.closest(".keyboard")) one.scrollIntoView({ block: "center" });
const box = one.getBoundingClientRect();
return [box.x + box.width / 2, box.y + box.height / 2];
"""
_BEHIND = """
const [name] = arguments;
const field = document.querySelector(`[name=${name}]:not([type=hidden])`);
const sends = (one) => one.type === "submit" && !one.hasAttribute("formaction");
const button = [...field.form.elements].find(sends);
const mask = field.closest(".field").querySelector(".mask");
const end = document.querySelector(".keyboard").getBoundingClientRect().top;
const inset = 4;
const whole = (one) => {
  const { left, top, right, bottom } = one.getBoundingClientRect();
  const seen = [[left + inset, top + inset], [right - inset, bottom - inset]].every(([x, y]) => {
    const there = document.elementFromPoint(x, y);
    return there && (one.contains(there) || there.contains(one));
  });
  return seen && left >= 0 && right <= innerWidth && top >= 0 && bottom <= end;
};
const parts = [...field.labels, field, button, mask].filter(Boolean);
return parts.filter((one) => !whole(one)).map((one) => one.outerHTML);
"""
_SMALL = """
return [...document.querySelectorAll(".keyboard button")]
  .map((one) => [one.dataset.skbtn, one.getBoundingClientRect()])
  .filter(([, box]) => box.height < 72 || box.width < arguments[0]).map(([key]) => key);
"""


def build_keyboard() -> None:
    """Build `static/vendor`, unless it is there already; needs npm, and a network the first time."""
    script = ROOT / "provisioning" / "build.sh"
    subprocess.run(["sh", str(script), "pages"], check=True, timeout=50)


class Fingers:
    """Somebody who touches fields and types on the keyboard of the page."""

    def __init__(self, person: Person) -> None:
        self._person = person

    def touch(self, css: str) -> None:
        """Touch the first visible element, once it is there."""
        x, y = until(lambda: self._run(_MIDDLE, css), f"{css} on {self._person.path}", 10)
        press = self._person.driver.execute_cdp_cmd
        press("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [{"x": x, "y": y}]})
        press("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})

    def open_at(self, path: str, name: str) -> None:
        """Go to a page and touch the field of this name: the keyboard is there then."""
        self._person.go(path)
        self.touch_field(name)

    def touch_field(self, name: str) -> None:
        """Touch the field of this name: the keyboard is there then."""
        self.touch(f"[name={name}]:not([type=hidden])")
        until(lambda: self.is_open, "the keyboard", 10)

    def key(self, *keys: str) -> None:
        """Touch keys one after the other: letters, or names such as `{enter}`."""
        for key in keys:
            self.touch(f'.keyboard [data-skbtn="{key}"]')

    @property
    def is_open(self) -> bool:
        """Whether the keyboard can be seen."""
        return bool(self._run("return document.querySelector('.keyboard')?.checkVisibility() ?? false"))

    def written(self, name: str) -> str:
        """What stands in the field of this name."""
        return str(self._run(f"return document.querySelector('[name={name}]:not([type=hidden])').value"))

    def hidden_parts(self, name: str) -> list[str]:
        """Which of label, field and main button cannot be seen whole while one types into the field."""
        return list(self._run(_BEHIND, name))

    def small_keys(self, width: int) -> list[str]:
        """Keys that are less than 72 px high or less than `width` px wide."""
        return list(self._run(_SMALL, width))

    def _run(self, script: str, *words: object) -> Any:
        return self._person.driver.execute_script(script, *words)
