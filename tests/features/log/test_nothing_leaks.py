"""Whatever is written at a bench, what is public holds nothing of it that leads to anybody (FAULTS 44)."""

from __future__ import annotations

import base64
import json
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kiosk.adapters.datadir import DataDir
from kiosk.adapters.export import export
from kiosk.adapters.retention import forget_spent
from kiosk.central import create_central, init_central
from kiosk.config import Config
from kiosk.core.feature import hidden_places
from kiosk.core.mandate import Role
from kiosk.features.incidents import own
from kiosk.features.incidents.events import NOTED, SEALED, Sealed, What
from kiosk.features.log import withdrawing
from kiosk.web.services import EXTENSION
from tests.features.log.nights import DAY, HOUR, morning, note, patrol, sentences
from tests.features.log.test_public import send
from tests.support import Bench, make_bench

NAMES = {"12345": "Yevgenia", "33333": "Thaddeus", "44444": "Wilhelmina"}
UNREAD, SEALED_TEXT = "canary of the unread", b"canary of the sealed"
UNTOLD = [*NAMES, *NAMES.values(), UNREAD, "22:17", "0176", "$argon2id", "incident.", "checkin."]
UNTOLD += [SEALED_TEXT.decode(), base64.b64encode(SEALED_TEXT).decode()]
OWN_WORDS = (
    "",
    "They shook hands.",
    "Yevgenia made tea.",
    "Ring 0176 123 456.",
    "A tall one left at 22:17.",
    "Thaddeus, number 12.",
)


@dataclass(frozen=True)
class Life:
    """A note of a random night: `minute` of the hour, whether it is read, sealed, withdrawn."""

    what: What
    minute: int
    ago: int
    words: str
    read: bool
    sealed: bool
    withdrawn: bool
    nights: int


LIVES = st.builds(
    Life,
    what=st.sampled_from([What.NOISE, What.THEFT, What.FAMILY, What.OTHER, What.FIGHT]),
    minute=st.integers(1, 59),
    ago=st.sampled_from([0, HOUR, DAY]),
    words=st.sampled_from(OWN_WORDS),
    read=st.booleans(),
    sealed=st.booleans(),
    withdrawn=st.sampled_from([False, False, True]),
    nights=st.integers(0, 1),
)


@contextmanager
def a_bench() -> Iterator[Bench]:
    with tempfile.TemporaryDirectory() as folder:
        made = make_bench(Path(folder) / "bench")
        for number, name in NAMES.items():
            made.member(number, name, Role.STEWARD)
        yield made
        made.here.journal.store.close()


def live(bench: Bench, life: Life) -> None:
    """Somebody is out, writes, and may take it back in this night or the next."""
    bench.time.pass_seconds(life.minute * 60 + 7)
    patrol(bench, 13 * 60)
    words = life.words if life.read or not life.words else f"{life.words} {UNREAD}"
    place = note(bench, life.what, life.ago, words, read=life.read)
    if life.sealed:
        bench.here.journal.record(SEALED, Sealed(place, SEALED_TEXT, b"p" * 32))
    for _night in range(life.nights):
        morning(bench)
        withdrawing.say_so(bench.here)
    if life.withdrawn:
        assert own.withdraw(bench.here, "12345", place)


def public_bodies(bench: Bench, folder: Path) -> list[dict[str, Any]]:
    """What a public export shows."""
    journal, db = bench.here.journal, bench.here.db
    to = folder / "public.ndjson"
    export(
        db,
        bench.here.device,
        to,
        public=True,
        hidden=lambda db: hidden_places(bench.here.features, db.conn),
    )
    lines = [json.loads(line) for line in to.read_text("utf-8").splitlines()]
    assert sum("event" in line for line in lines) == journal.find(db, journal.source).size
    return [line["event"]["body"] for line in lines if "body" in line.get("event", {})]


def public_pages(bench: Bench, folder: Path) -> str:
    """All that passers-by and readers of the node see."""
    data = DataDir(folder / "node")
    init_central(data, "Lindenfield", "Ana")
    node = create_central(Config(), data)
    try:
        send(bench, node)
        nights = sorted({str(told.night) for told in sentences(bench)})
        paths = ["/", "/feed.atom", *(f"/log/{night}" for night in nights)]
        pages = [node.test_client().get(path).text for path in paths]
        pages += [bench.client.get(path).text for path in ["/", "/log", *paths[2:]]]
        return "\n".join(pages)
    finally:
        node.extensions[EXTENSION].journal.store.close()


@pytest.mark.slow
@settings(max_examples=15)
@given(st.lists(LIVES, min_size=1, max_size=8))
def test_nothing_public_leads_to_anybody(lives: list[Life]) -> None:
    with a_bench() as bench, tempfile.TemporaryDirectory() as folder:
        for life in lives:
            live(bench, life)
        morning(bench)
        withdrawing.say_so(bench.here)
        written = {entry.at // 60 for entry in bench.here.journal.entries(bench.here.db, [NOTED])}
        forget_spent(bench.here.journal, bench.here.clock.now())
        bodies = public_bodies(bench, Path(folder))
        pages = public_pages(bench, Path(folder))
        own_bodies = [body for body in bodies if body["type"].startswith("log.")]
        told = json.dumps(own_bodies, ensure_ascii=False) + pages
        for untold in [
            *NAMES,
            *NAMES.values(),
            UNREAD,
            "22:17",
            "0176",
            "$argon2id",
            "incident.",
            "checkin.",
        ]:
            assert untold not in told
        for secret in (SEALED_TEXT.decode(), base64.b64encode(SEALED_TEXT).decode()):
            assert secret not in told
        assert {body["scope"] for body in bodies} <= {"public"}
        assert not {_minute(body["time"]) for body in bodies} & written
        _check_kinds(bench, lives)


def _minute(time: str) -> int:
    return int(datetime.fromisoformat(time).timestamp()) // 60


def _check_kinds(bench: Bench, lives: list[Life]) -> None:
    """No kind is told of which there were fewer than three in the cycle, and only such have words."""
    cases = Counter(life.what for life in lives if not (life.withdrawn and life.nights == 0))
    for told in sentences(bench):
        assert told.what is What.OTHER or (told.what is not What.FAMILY and cases[told.what] >= 3)
        assert told.words in ("", "They shook hands.")
        assert not told.words or cases[told.what] >= 3
