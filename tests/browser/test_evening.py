"""One evening: check in by camera, write a note, go; a poster comes; the node holds it all. Over HTTPS."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support import camera, walks
from tests.support.browser import Person
from tests.support.processes import until
from tests.support.street import ARRIVES_SECONDS, Street

pytestmark = [pytest.mark.browser, pytest.mark.https, pytest.mark.slow]


def test_a_badge_a_note_and_a_poster_go_their_way(street: Street, person: Person, film: Path) -> None:
    ines = street.ines
    camera.film(street.badge(ines), film)
    person.go("/")
    person.tap("Check in")
    person.see("You're in, Ines")
    person.tap("Write a note")
    walks.sign_in(person, ines)
    person.taps = 0
    walks.note(person, ines)
    assert person.taps <= 8
    person.tap("Done")
    person.arrive("/")
    person.go("/incidents/new")
    assert person.path.startswith("/sign-in")

    def arrived() -> bool:
        return {"checkin.arrived", "incident.noted"} <= set(street.node.types_of(ines))

    until(arrived, "the check-in and the note at the node", ARRIVES_SECONDS)
    assert street.front.url.startswith("https://")


def test_a_poster_published_at_the_node_comes_to_the_bench_by_itself(
    street: Street, person: Person, tmp_path: Path
) -> None:
    poster = tmp_path / "lantern.md"
    facts = "---\nslug: lantern\ntitle: Lantern walk\nlanguage: en\ndecided: 2026-11-14\n---\n"
    poster.write_text(f"{facts}\nBring a light.\n\n1. We meet at dusk.\n")
    street.node.does("poster", "publish", poster)

    def there() -> bool:
        person.go("/posters")
        return "Lantern walk" in person.text

    until(there, "the poster on the bench", ARRIVES_SECONDS)
    person.tap("Lantern walk")
    person.see("We meet at dusk.")
