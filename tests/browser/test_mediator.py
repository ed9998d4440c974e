"""The mediator's page in a real browser: it fits in every size, and breaks no rule of its own."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from selenium import webdriver

from tests.support import make_bench
from tests.support.album import Album
from tests.support.browser import Person
from tests.support.desk import DeskProgram, mediated_node, notes_for, present
from tests.support.processes import free_port
from tests.support.street import App

pytestmark = [pytest.mark.browser, pytest.mark.slow]

SECRET = (
    "She asked us not to tell anybody else. The same car waited across the road on three evenings; the last"
    " time somebody got out and followed her to the corner.\n\nShe would like a mediator to ring her brother."
)


@dataclass
class Set:
    """A node with three notes, one of them not for Amal, and her desk, which asks for key and number."""

    node: App
    desk: DeskProgram
    key: Path
    number: str


@pytest.fixture
def scene(tmp_path: Path) -> Iterator[Set]:
    made, bench = mediated_node(tmp_path / "node", fresh=True), make_bench(tmp_path / "bench", present())
    made.mediator("Noor")
    notes_for(made, bench, "Not for Amal.")
    number = made.mediator("Amal")
    notes_for(made, bench, "A short one.", SECRET)
    (tmp_path / "key.txt").write_text(made.keys[number])
    made.here.journal.store.close()
    bench.here.journal.store.close()
    node = App("central", tmp_path / "node", free_port())
    desk = DeskProgram(tmp_path / "desk", "--node", node.url)
    try:
        node.start()
        desk.start()
        yield Set(node, desk, tmp_path / "key.txt", number)
    finally:
        desk.kill()
        node.kill()


@pytest.mark.timeout(120)
def test_its_pages_fit_and_break_no_rule(
    scene: Set, blind: webdriver.Chrome, pictures: Path | None, language: str
) -> None:
    person = Person(blind)
    person.speak(language)
    album = Album(person, pictures)
    person.begin(scene.desk.address)
    person.go("/")
    album.take("mediator-key", "Your key, please")
    person.fill("member", scene.number)
    person.find("input[type=file]").send_keys(str(scene.key))
    person.tap("Open")
    album.take("mediator-matters", "What waits for you")
    person.tap("Someone lost")
    album.take("mediator-read", "She would like a mediator to ring her brother.")
    person.tap("Answer")
    album.take("mediator-answer", "What is your answer?")
    person.tap("It is dealt with")
    album.take("mediator-answered", "Your answer is with the node.")
    person.tap("Loud argument")
    album.take("mediator-not-for-you", "This was not sealed for your key.")
    assert person.complaints() == []
    scene.node.stop()
    person.go("/")
    album.take("mediator-unreachable", "The node cannot be reached.")
    person.complaints()
    scene.node.start()
    person.go("/")
    person.tap("Close")
    album.take("mediator-closed", "Your key is forgotten")
    assert person.complaints() == []
