"""Every screen in every size and light: nothing sticks out, nothing is refused by the browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import walks
from tests.support.album import Album
from tests.support.browser import Person
from tests.support.street import Street
from tests.support.tablet import INES, Tablet

pytestmark = [pytest.mark.browser, pytest.mark.slow]

OPEN = {
    "attract": ("/", "Get help"),
    "check-in": ("/check-in", "Camera on"),
    "check-in-pin": ("/check-in/pin", "Your name or number"),
    "help": ("/help", "In danger?"),
    "posters": ("/posters", "Posters"),
    "poster": ("/posters/calm", "Calm is safe."),
    "log": ("/log", "Last night"),
    "holds": ("/holds", "What this tablet holds"),
    "sign-in": ("/host", "Your name or number"),
    "vouch": ("/vouch", "Camera on"),
    "nothing-there": ("/no-such-page", "There is no such page"),
}
STEPS = {
    "asked": ("Did someone ask for help", ["Yes"]),
    "what": ("What happened?", ["Loud argument"]),
    "where": ("Where, roughly?", ["Market corner"]),
    "when": ("When?", ["Just now"]),
    "tried": ("What was tried?", ["We listened", "Next"]),
    "ended": ("How did it end?", ["It calmed down"]),
    "review": ("In your own words", ["Keep"]),
}


@pytest.fixture
def album(person: Person, pictures: Path | None) -> Album:
    """Pictures of what the person sees."""
    return Album(person, pictures)


@pytest.fixture
def tablet(tmp_path: Path) -> Iterator[Tablet]:
    """A bench that knows mediators."""
    made = Tablet(tmp_path)
    made.start()
    yield made
    made.kill()


@pytest.mark.parametrize("name", OPEN)
def test_a_page_for_everyone_fits_and_breaks_no_rule(name: str, person: Person, album: Album) -> None:
    path, words = OPEN[name]
    person.go(path)
    album.take(name, words)
    if name == "nothing-there":
        assert all("responded with a status of 404" in line for line in person.complaints())


@pytest.mark.timeout(90)
def test_the_pages_of_a_check_in_and_a_note_fit(street: Street, person: Person, album: Album) -> None:
    walks.check_in_by_pin(person, street.member("Sana", "steward"))
    album.take("checked-in", "You're in")
    person.tap("Write a note")
    for step, (words, taps) in STEPS.items():
        album.take(f"note-{step}", words)
        for tap in taps:
            person.tap(tap)
    album.take("note-kept", "Kept. Thank you")


@pytest.mark.timeout(90)
def test_the_page_of_details_for_mediators_fits(tablet: Tablet, person: Person, album: Album) -> None:
    person.begin(tablet.url)
    person.go("/incidents/new")
    walks.sign_in(person, INES)
    for words in walks.SHORTEST[:-1]:
        person.tap(words)
    album.take("note-review-with-mediators", "Add details only for mediators")
    person.tap("Add details")
    album.take("details", "What should a mediator know?")
    person.fill("details", "Zanzibarquartz")
    person.tap("Leave out")
    album.take("details-left-out", "Leave out")
    person.tap("Seal")
    album.take("note-review-sealed", "Details are sealed for Noor")
    person.tap("Replace or remove details")
    album.take("details-sealed", "Details are sealed already")
    person.tap("Back")
    person.tap("Keep")
    album.take("note-kept-sealed", "The details go to Noor")


def test_the_pages_on_which_two_vouch_fit(street: Street, person: Person, album: Album) -> None:
    street.member("Rosamunde Featherstonehaugh", "steward")
    person.go("/vouch")
    person.fill("badge", "Rosamunde Featherstonehaugh")
    person.tap("Go on")
    for name, words in (("Tia", "The first steward"), ("Udo", "The second steward")):
        steward = street.member(name, "steward")
        album.take(f"vouch-{name.lower()}", words)
        person.fill("who", steward.number)
        person.fill("pin", steward.pin)
        person.tap("I vouch")
    album.take("vouch-pin", "Your PIN for tonight")


def test_the_page_of_the_host_fits(street: Street, person: Person, album: Album) -> None:
    person.go("/host")
    walks.sign_in(person, street.rosa)
    album.take("host", "Closed tonight")
