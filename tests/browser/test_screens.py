"""Every screen in every size and light: nothing sticks out, nothing is refused by the browser."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support import walks
from tests.support.browser import SIZES, Person
from tests.support.street import Street

pytestmark = [pytest.mark.browser, pytest.mark.slow]

OPEN = {
    "attract": "/",
    "check-in": "/check-in",
    "check-in-pin": "/check-in/pin",
    "help": "/help",
    "posters": "/posters",
    "poster": "/posters/calm",
    "log": "/log",
    "holds": "/holds",
    "sign-in": "/host",
    "nothing-there": "/no-such-page",
}
STEPS = ("asked", "what", "where", "when", "tried", "ended", "review")
PALETTES = ("day", "night")

_TOO_WIDE = """
const width = document.documentElement.clientWidth;
const out = (box) => box.width && (box.right > width + 1 || box.left < -1);
return [...document.body.querySelectorAll("*")]
  .filter((one) => one.checkVisibility() && !one.closest(".unseen, .skip"))
  .filter((one) => out(one.getBoundingClientRect()))
  .map((one) => one.outerHTML.slice(0, 100));
"""


class Album:
    """Takes a page in every size and light, and holds it against what every page must be."""

    def __init__(self, person: Person, pictures: Path) -> None:
        self._person, self._pictures = person, pictures

    def take(self, name: str) -> None:
        """The page that is shown, under this name."""
        for palette in PALETTES:
            root = "document.documentElement"
            self._person.driver.execute_script(f"{root}.dataset.palette = arguments[0]", palette)
            for size, (width, height) in SIZES.items():
                self._person.resize(width, height)
                self._person.picture(self._pictures / f"{name}-{size}-{palette}.png")
                beyond = self._person.driver.execute_script(_TOO_WIDE)
                assert beyond == [], f"{name}, {size}: {beyond}"
        self._person.resize(*SIZES["landscape"])


@pytest.fixture
def album(person: Person, pictures: Path) -> Album:
    """Pictures of what the person sees."""
    return Album(person, pictures)


@contextmanager
def not_found(person: Person) -> Iterator[None]:
    """The browser logs the status of a page that says no: that is not a complaint."""
    yield
    assert all("the server responded with a status of 404" in line for line in person.complaints())


@pytest.mark.parametrize("name", OPEN)
def test_a_page_for_everyone_fits_and_breaks_no_rule(name: str, person: Person, album: Album) -> None:
    person.go(OPEN[name])
    album.take(name)
    if name == "nothing-there":
        with not_found(person):
            person.see("There is no such page")


@pytest.mark.timeout(90)
def test_the_pages_of_a_check_in_and_a_note_fit(street: Street, person: Person, album: Album) -> None:
    sana = street.member("Sana", "steward")
    walks.check_in_by_pin(person, sana)
    album.take("checked-in")
    person.tap("Write a note")
    for step, words in zip(STEPS, (*walks.SHORTEST[:5], *walks.SHORTEST[6:]), strict=True):
        album.take(f"note-{step}")
        person.tap(words)
        if step == "tried":
            person.tap("Next")
    person.see("Kept. Thank you")
    album.take("note-kept")


def test_the_page_of_the_host_fits(street: Street, person: Person, album: Album) -> None:
    person.go("/host")
    walks.sign_in(person, street.rosa)
    person.see("Closed tonight")
    album.take("host")
