"""A stolen tablet and stolen node files: what was sealed is in none of them in the clear."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from kiosk.adapters.datadir import DataDir
from kiosk.adapters.sealing import parted, unseal
from kiosk.central import create_central, init_central
from kiosk.config import Config
from kiosk.features.incidents import FEATURE
from kiosk.features.incidents.events import SEALED
from kiosk.web.services import EXTENSION
from tests.support import Time
from tests.support.canaries import files_with, holds
from tests.support.tablet import INES, Tablet
from tests.support.visitor import Visitor
from tests.support.walks import SHORTEST, sign_in

pytestmark = [pytest.mark.faults, pytest.mark.slow]

CANARY = "Zanzibarquartz"
SECRET = f"{CANARY} has a key to number nine"
PUBLIC = "Everyone went home"


@pytest.fixture
def tablet(tmp_path: Path) -> Iterator[Tablet]:
    made = Tablet(tmp_path)
    made.start()
    yield made
    made.kill()


def write_note(tablet: Tablet) -> None:
    """Ines writes a note with the secret in its details, is about to keep it, hides it, and comes back."""
    with Visitor(tablet.url) as ines:
        ines.go("/incidents/new")
        sign_in(ines, INES)
        for words in SHORTEST[:-1]:
            ines.tap(words)
        ines.tap("Add details")
        ines.fill("details", SECRET)
        ines.tap("Seal")
        ines.see("Details are sealed for Amal and Noor")
        assert not any(holds(held, CANARY) for held in tablet.open_files())
        ines.tap("Hide")
        ines.go("/incidents/new")
        sign_in(ines, INES)
        ines.see("Details are sealed for Amal and Noor")
        ines.fill("words", PUBLIC)
        ines.tap("Keep")
        ines.tap("I am alone")
        ines.tap("Keep both")
        ines.see("Kept. Thank you, Ines")


def test_42_what_was_sealed_is_in_no_file_of_a_stolen_tablet(tablet: Tablet) -> None:
    write_note(tablet)
    tablet.kill()
    assert files_with(tablet.place, PUBLIC) == ["safe-bench.db-wal"]  # a word in the clear would be found
    assert files_with(tablet.place, CANARY) == []
    tablet.start()
    assert tablet.stop() == 0
    assert files_with(tablet.place, PUBLIC) == ["safe-bench.db"]
    assert files_with(tablet.place, CANARY) == []


def test_42_what_is_sent_waits_in_no_file_however_long_it_is(tablet: Tablet) -> None:
    typed = f"details={CANARY * 100_000}".encode()
    head = (
        f"POST /incidents/details HTTP/1.1\r\nHost: 127.0.0.1:{tablet.port}\r\n"
        f"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: {len(typed) + 1}\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", tablet.port)) as sent:
        sent.sendall(head.encode() + typed)
        for _ in range(len(typed) // 4096):  # it reads 8 KB of each at a time
            requests.get(f"{tablet.url}/healthz", timeout=10).raise_for_status()
        assert not any(holds(held, CANARY) for held in tablet.open_files())


def test_42_what_is_read_aloud_of_a_private_page_is_in_no_file(tablet: Tablet) -> None:
    """Whatever a page asks for while somebody writes details: as if it read out the very field."""
    cache = tablet.place / "bench" / "cache"
    with Visitor(tablet.url) as ines:
        ines.go("/incidents/new")
        sign_in(ines, INES)
        for words in SHORTEST[:-1]:
            ines.tap(words)
        ines.tap("Add details")
        spoken = [ines.listen(SECRET), ines.listen(SECRET, "/posters/calm")]
        assert not any(holds(held, CANARY) for held in tablet.open_files())
    with Visitor(tablet.url) as nobody:
        spoken.append(nobody.listen(SECRET, "/claim"))
        assert not cache.exists()
        public = nobody.listen(PUBLIC, "/posters/calm")
    tablet.kill()
    assert [one.read_bytes() for one in cache.iterdir()] == [public]  # so this looks at the right place
    held = [one.read_bytes() for one in tablet.place.rglob("*") if one.is_file()]
    assert not any(one[44:] in content for one in spoken for content in held)
    assert files_with(tablet.place, CANARY) == []


def test_42_what_is_read_aloud_waits_in_no_file_however_slowly_it_is_fetched(tablet: Tablet) -> None:
    long = "And then they all went home together, slowly. " * 40  # two minutes of it, some 5 MB
    headers = {"Sec-Fetch-Site": "same-origin", "Referer": f"{tablet.url}/incidents/details"}
    piece = {"lang": "en", "text": long}
    asked = requests.post(f"{tablet.url}/listen", json=piece, headers=headers, stream=True, timeout=30)
    with asked as answer:
        assert int(answer.headers["Content-Length"]) > 2 << 20
        next(answer.iter_content(1))  # all of it has been handed over by now
        assert not any(b"RIFF" in held for held in tablet.open_files())


def test_43_what_was_sealed_is_in_no_file_of_a_stolen_node(tablet: Tablet, tmp_path: Path) -> None:
    write_note(tablet)
    tablet.kill()
    data = DataDir(tmp_path / "node")
    init_central(data, "Lindenfield", "Rosa")
    node = create_central(Config(), data, tick=Time()).extensions[EXTENSION]
    name, forms = tablet.forms()
    node.journal.append(name, 1, forms)
    (entry,) = node.journal.entries(node.db, [SEALED])
    assert parted(unseal(entry.data.sealed, tablet.keys["30001"]))[0] == SECRET
    assert FEATURE.matters is not None
    assert len(FEATURE.matters(node, "30001")) == 1
    for _folded in range(2):
        assert files_with(data.path, PUBLIC)
        assert files_with(data.path, CANARY) == []
        node.journal.store.close()
