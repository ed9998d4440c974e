"""The node is away, the tablet loses its power, and nothing is lost or doubled."""

from __future__ import annotations

import base64
import json
import random
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from PIL import Image

from tests.support import walks
from tests.support.frames import HEIGHT, WIDTH, hard_frame
from tests.support.processes import safe_bench, until
from tests.support.street import ARRIVES_SECONDS, App, Member, Street
from tests.support.visitor import Visitor

pytestmark = pytest.mark.slow

ONCE_EACH = Counter({"checkin.arrived": 1, "incident.noted": 1})
CLOSED_AND_OPENED = ["host.closed_tonight", "host.reopened"]
FRAMES = 20
"""Within which a camera must have read a badge."""


@pytest.fixture
def visitor(street: Street) -> Iterator[Visitor]:
    """Somebody at the bench."""
    with Visitor(street.bench.url) as somebody:
        yield somebody


@contextmanager
def no_node(street: Street) -> Iterator[None]:
    """The node is stopped, and the bench has noticed; afterwards it runs again."""
    street.node.stop()
    try:
        until(lambda: json.loads(street.bench.does("status", "--json"))["last_error"], "a sync that failed")
        yield
    finally:
        street.node.start()


@pytest.mark.https
@pytest.mark.timeout(100)
def test_with_the_node_stopped_everything_works_and_later_all_of_it_arrives_once(
    street: Street, visitor: Visitor
) -> None:
    teo, rosa = street.member("Teo", "steward"), street.rosa
    with no_node(street):
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


@pytest.mark.https
@pytest.mark.timeout(100)
def test_with_the_node_stopped_badges_count_and_the_host_closes_and_opens(
    street: Street, visitor: Visitor
) -> None:
    lena, omar = street.member("Lena", "steward"), street.member("Omar", "steward")
    cards, rosa = {member: street.badge(member) for member in (lena, omar)}, street.rosa
    before = of_the_host(street.node)
    with no_node(street):
        shows_a_badge(visitor, lena, typed_by_a_scanner(cards[lena]))
        shows_a_badge(visitor, omar, seen_by_the_camera(street.bench, cards[omar]))
        closes_and_opens(visitor, rosa)
        assert street.pending() >= 4

    until(lambda: of_the_host(street.node) == before + CLOSED_AND_OPENED, "it at the node", ARRIVES_SECONDS)
    until(lambda: street.pending() == 0, "the acknowledgement", ARRIVES_SECONDS)
    for side in (street.node, street.bench):
        assert [side.types_of(member) for member in (lena, omar)] == [["checkin.arrived"]] * 2


def of_the_host(app: App) -> list[str]:
    """The types of the host's events that it holds."""
    return [body["type"] for body in app.bodies() if body["type"] in CLOSED_AND_OPENED]


def typed_by_a_scanner(card: Path) -> str:
    with Image.open(card) as picture:
        [code] = zxingcpp.read_barcodes(picture.convert("L"))
    return code.text


def seen_by_the_camera(bench: App, card: Path) -> str:
    """What the bench reads in the first frame in which it can, as the page with the camera asks it."""
    chance = random.Random(20261123)
    with Image.open(card) as picture:
        grey = picture.convert("L")
    headers = {"Sec-Fetch-Site": "same-origin", "Content-Type": "application/octet-stream"}
    with closing(HTTPConnection("127.0.0.1", bench.port, timeout=10)) as camera:
        for _ in range(FRAMES):
            camera.request("POST", f"/scan?width={WIDTH}&height={HEIGHT}", hard_frame(grey, chance), headers)
            if text := json.load(camera.getresponse())["text"]:
                return str(text)
    raise AssertionError(f"no badge in {FRAMES} frames")


def shows_a_badge(visitor: Visitor, member: Member, text: str) -> None:
    visitor.go("/check-in")
    visitor.fill("badge", text)
    visitor.tap("Use this code")
    visitor.see(f"You're in, {member.name}")
    visitor.tap("Done")


def closes_and_opens(visitor: Visitor, host: Member) -> None:
    visitor.go("/host")
    walks.sign_in(visitor, host)
    visitor.tap("Closed tonight")
    visitor.see("The bench is closed until the morning")
    with Visitor(visitor.bench) as passer_by:
        passer_by.go("/check-in")
        passer_by.see("The host has closed this bench tonight")
    visitor.tap("Open again")
    visitor.see("Closed tonight")


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


def test_a_note_that_was_kept_is_there_after_kill_9(street: Street, visitor: Visitor) -> None:
    noor = street.member("Noor", "steward")
    walks.check_in_by_pin(visitor, noor)
    visitor.tap("Write a note")
    walks.note(visitor, noor)
    street.bench.kill()
    street.bench.start()
    assert Counter(street.bench.types_of(noor)) == ONCE_EACH
    visitor.go("/incidents/new")
    walks.sign_in(visitor, noor)
    visitor.go("/log")
    visitor.see(walks.SENTENCE)


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
