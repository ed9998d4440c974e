"""Every screen in every size and light: nothing sticks out, nothing is refused by the browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from kiosk.bench import create_bench
from kiosk.config import Config
from kiosk.core.mandate import Role
from kiosk.web.services import EXTENSION
from tests.features.claims.sentences import address, publish
from tests.features.log.nights import FIRST, morning, note
from tests.support import PIN, Bench, walks
from tests.support.album import Album
from tests.support.browser import Person
from tests.support.node import make_node
from tests.support.roots import give_mediators
from tests.support.street import Member, Street
from tests.support.tablet import INES, Tablet
from tests.sync.sockets import listening

pytestmark = [pytest.mark.browser, pytest.mark.slow]

OPEN = {
    "attract": ("/", "Get help"),
    "check-in": ("/check-in", "Camera on"),
    "check-in-pin": ("/check-in/pin", "Your name or number"),
    "help": ("/help", "In danger?"),
    "posters": ("/posters", "Posters"),
    "poster": ("/posters/calm", "Version 1"),
    "log": ("/log", "Last night"),
    "holds": ("/holds", "What this tablet holds"),
    "sign-in": ("/host", "Your name or number"),
    "vouch": ("/vouch", "Camera on"),
    "nothing-there": ("/no-such-page", "There is no such page"),
}
ARABIC_DIGITS = str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩")


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


def test_the_styleguide_fits(bench: Bench, person: Person, album: Album) -> None:
    bench.app = create_bench(Config(styleguide=True), bench.data, tick=bench.time)
    with listening(bench) as port:
        person.begin(f"http://127.0.0.1:{port}")
        person.go("/styleguide")
        album.take("styleguide", "walk-together")
    bench.app.extensions[EXTENSION].journal.store.close()


@pytest.mark.timeout(90)
def test_the_pages_of_a_check_in_and_a_note_fit(street: Street, person: Person, album: Album) -> None:
    walks.check_in_by_pin(person, street.member("Sana", "steward"))
    album.take("checked-in", "You're in")
    person.tap("Write a note")
    for step, (words, taps) in walks.STEPS.items():
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


@pytest.mark.timeout(120)
def test_the_pages_of_own_words_and_own_notes_fit(bench: Bench, person: Person, album: Album) -> None:
    ines, teo = Member("Ines", "12345", PIN), Member("Teo", "33333", PIN)
    for one in (ines, teo):
        bench.member(one.number, one.name, Role.STEWARD)
    note(bench)
    morning(bench)
    with listening(bench) as port:
        person.begin(f"http://127.0.0.1:{port}")
        person.go("/incidents/new")
        walks.sign_in(person, ines)
        for words in walks.SHORTEST[:-1]:
            person.tap(words)
        person.fill("words", "Somebody tall shouted. Ring 0176 123 456.")
        person.tap("Keep")
        album.take("words-refused", "what somebody looked like")
        assert all("responded with a status of 422" in line for line in person.complaints())
        person.fill("words", "It began with a parking space and ended with an apology.")
        person.tap("Keep")
        album.take("words-partner", "Hand the tablet to your partner")
        person.tap("I am alone")
        album.take("words-alone", "Then only the sentence is published.")
        person.tap("Back")
        person.tap("I have read it")
        album.take("words-pin", "Who are you?")
        person.fill("who", teo.number)
        person.fill("pin", teo.pin)
        person.tap("Keep")
        album.take("words-kept", "Your partner has read your words.")
        for tap, words in (
            ("Your notes", "Amend"),
            ("Withdraw", "Withdraw this note?"),
            ("Withdraw", "The note is erased."),
        ):
            person.tap(tap)
            album.take(f"own-{words.split()[0].lower()}", words)


def test_the_pages_on_which_two_vouch_fit(street: Street, person: Person, album: Album) -> None:
    forgetful = street.member("Rosamunde Featherstonehaugh", "steward")
    person.go("/vouch")
    person.fill("badge", forgetful.number)
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


@pytest.mark.timeout(120)
def test_the_pages_of_a_claim_fit_at_the_bench(bench: Bench, person: Person, album: Album) -> None:
    give_mediators(bench, {"54321": "Mara"})
    publish(bench, 6)
    with listening(bench) as port:
        person.begin(f"http://127.0.0.1:{port}")
        person.go(f"/log/{FIRST}")
        album.take("claim-log", "This is about me / this is wrong")
        person.tap("This is about me / this is wrong")
        album.take("claim-ask", "What should a mediator know?")
        person.fill("words", "That was not how it happened.")
        person.tap("Hide this sentence")
        album.take("claim-slip", "It is hidden now.")
        slip = [one.text for one in person.driver.find_elements("css selector", ".slip .digits")]
        person.tap("I have them")
        album.take("claim-hidden", "This is being talked over.")
        person.go("/claim")
        album.take("claim-find", "Type the six words")
        person.fill("slip", "zoo zoo zoo")
        person.tap("See how it stands")
        album.take("claim-unknown", "No claim has this slip.")
        assert all("responded with a status of 404" in line for line in person.complaints())
        person.fill("slip", " ".join(slip).translate(ARABIC_DIGITS))
        person.tap("See how it stands")
        album.take("claim-state", "It is being talked over.")


def test_the_pages_of_further_claims_fit(bench: Bench, person: Person, album: Album) -> None:
    publish(bench, 4)
    with listening(bench) as port:
        person.begin(f"http://127.0.0.1:{port}")
        for number in (1, 2, 3):
            person.go(address(number))
            person.tap("Hide this sentence")
            person.see("I have them")
        person.go(address(1))
        album.take("claim-already", "Somebody has said so already.")
        person.go(address(4))
        album.take("claim-ask-waits", "This one waits")
        person.tap("Ask a mediator to look")
        album.take("claim-slip-waits", "A mediator will look at it.")


def test_the_pages_of_a_claim_fit_at_the_node(
    bench: Bench, person: Person, album: Album, tmp_path: Path
) -> None:
    node = make_node(tmp_path / "node", bench.time)
    publish(bench, 2)
    journal, db = bench.here.journal, bench.here.db
    source = journal.find(db, journal.source)
    node.here.journal.append(journal.source, 1, journal.forms(db, source, 1, source.size))
    with listening(node) as port:
        person.begin(f"http://127.0.0.1:{port}")
        person.go("/")
        album.take("claim-node", "This is about me / this is wrong")
        person.tap("This is about me / this is wrong")
        album.take("claim-node-ask", "You cannot add words here now.")
        person.tap("Hide this sentence")
        album.take("claim-node-slip", "It is hidden now.")
    node.close()
