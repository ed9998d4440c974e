"""Shorter waits, so that a test need not sit through them: a page's own, in the browser."""

from __future__ import annotations

from tests.support.browser import Person

LONGER_THAN_A_TICK, ALL = 5000, 0

# Whoever touches the page has the usual time again, however slow the machine is.
_FASTER = """{
const inTime = window.setTimeout;
let times = 50;
addEventListener("pointerdown", () => (times = 1), { capture: true });
window.setTimeout = (does, wait, ...more) => inTime(does, wait < %d ? wait : wait / times, ...more);
}"""


def on_every_page(person: Person, script: str) -> None:
    """Run this script first on every page that comes from here on."""
    person.driver.execute_cdp_cmd("Page.addScriptToEvaluateOnNewDocument", {"source": script})


def hurry(person: Person, waits: int = LONGER_THAN_A_TICK) -> None:
    """Make waits of at least so many milliseconds fifty times shorter, on every page until it is touched."""
    on_every_page(person, _FASTER % waits)


def left_alone(person: Person) -> None:
    """Reload the page, leave it alone, and see it ask."""
    hurry(person)
    person.driver.refresh()
    person.see("Are you still here?", 20)
