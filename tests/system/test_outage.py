"""The node is away, the tablet loses its power, and nothing is lost or doubled."""

from __future__ import annotations

import base64
import json
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support import walks
from tests.support.processes import safe_bench, until
from tests.support.street import ARRIVES_SECONDS, Street
from tests.support.visitor import Visitor

pytestmark = pytest.mark.slow

ONCE_EACH = Counter({"checkin.arrived": 1, "incident.noted": 1})


@pytest.fixture
def visitor(street: Street) -> Iterator[Visitor]:
    """Somebody at the bench."""
    with Visitor(street.bench.url) as somebody:
        yield somebody


@pytest.mark.https
@pytest.mark.timeout(100)
def test_with_the_node_stopped_everything_works_and_later_all_of_it_arrives_once(
    street: Street, visitor: Visitor
) -> None:
    teo, rosa = street.member("Teo", "steward"), street.rosa
    street.node.stop()
    try:
        walks.check_in_by_pin(visitor, teo)
        visitor.tap("Write a note")
        walks.note(visitor, teo)
        visitor.see("It will be sent when there is a connection")
        visitor.tap("Done")
        reads_what_anyone_may_read(visitor)
        visitor.go("/host")
        walks.sign_in(visitor, rosa)
        visitor.see("Closed tonight")
        assert street.pending() >= 2
    finally:
        street.node.start()

    until(lambda: Counter(street.node.types_of(teo)) == ONCE_EACH, "all of it at the node", ARRIVES_SECONDS)
    until(lambda: street.pending() == 0, "the acknowledgement", ARRIVES_SECONDS)
    assert Counter(street.bench.types_of(teo)) == ONCE_EACH


def reads_what_anyone_may_read(visitor: Visitor) -> None:
    visitor.go("/help")
    visitor.see("112")
    visitor.go("/posters")
    visitor.tap("Our charter")
    visitor.see("We help each other")
    visitor.go("/log")
    visitor.see("Last night")
    visitor.go("/holds")
    visitor.see("What this tablet holds")


def test_what_was_saved_is_there_after_kill_9(street: Street, visitor: Visitor) -> None:
    mara = street.member("Mara", "steward")
    walks.check_in_by_pin(visitor, mara)
    street.bench.kill()
    street.bench.start()
    assert street.bench.types_of(mara) == ["checkin.arrived"]
    visitor.go("/")
    visitor.tap("Check in")
    visitor.tap("Name and PIN")
    visitor.fill("who", mara.number)
    visitor.fill("pin", mara.pin)
    visitor.tap("Check in or out")
    visitor.see("already")


def salt_flipped(export: dict[str, Any]) -> str:
    """The event with one bit of its salt turned over."""
    salt = bytearray(base64.b64decode(export["event"]["salt"]))
    salt[0] ^= 1
    export["event"]["salt"] = base64.b64encode(salt).decode()
    return json.dumps(export, separators=(",", ":"), ensure_ascii=False)


@pytest.mark.parametrize("side", ["bench", "node"])
def test_an_export_verifies_and_one_that_was_touched_does_not(
    street: Street, side: str, tmp_path: Path
) -> None:
    app = street.bench if side == "bench" else street.node
    whole = app.export()
    safe_bench("verify", whole)
    lines = whole.read_text("utf-8").splitlines(keepends=True)
    at, line = next((n, text) for n, text in enumerate(lines) if '"type":"member.added"' in text)
    touched = tmp_path / "touched.ndjson"
    for instead in ([line.replace('"name":"', '"name":"x', 1)], [salt_flipped(json.loads(line)) + "\n"], []):
        assert instead != [line]
        touched.write_text("".join([*lines[:at], *instead, *lines[at + 1 :]]), "utf-8")
        said = safe_bench("verify", touched, code=1)
        assert len(said.strip().splitlines()) == 1, said
