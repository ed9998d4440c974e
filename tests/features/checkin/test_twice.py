"""A badge that was shown at two benches in one night."""

from __future__ import annotations

from datetime import date

import pytest

from kiosk.core.event import Whole, encode_body, new_salt
from kiosk.features.checkin.events import ARRIVED, Arrived, How
from kiosk.features.checkin.twice import asked
from kiosk.people import events
from kiosk.web.services import Services
from tests.support import EVENING, NEIGHBOURHOOD
from tests.support.node import Node

DAY = 86400


@pytest.fixture
def node(node: Node) -> Services:
    node.here.journal.record(events.DESCRIBED, NEIGHBOURHOOD)
    node.here.journal.record(events.ADDED, events.Added("48213", "Ines"))
    return node.here


def _came(node: Services, source: str, at: int, how: How = "badge", member: str = "48213") -> None:
    body = encode_body(ARRIVED, Arrived(member, at + 9000, how, True), at, "b0", 1)
    node.journal.append(source, None, [Whole(new_salt(), body)])


def test_a_badge_at_two_benches_in_one_night_is_said_with_both(node: Services) -> None:
    _came(node, "linden-bakery.1test", EVENING)
    _came(node, "bookshop.1test", EVENING + 3600)
    assert asked(node)["twice"] == [["2026-11-23", "48213", "Ines", ["bookshop", "linden-bakery"]]]


def test_what_is_no_sign_of_a_copy_is_not_said(node: Services) -> None:
    _came(node, "linden-bakery.1test", EVENING)
    _came(node, "linden-bakery.2test", EVENING + 60)
    _came(node, "bookshop.1test", EVENING, how="pin")
    _came(node, "bookshop.1test", EVENING - DAY)
    _came(node, "bookshop.1test", EVENING, member="48214")
    assert asked(node)["twice"] == []


def test_after_a_week_it_is_no_longer_said(node: Services) -> None:
    for bench in ("linden-bakery.1test", "bookshop.1test"):
        _came(node, bench, EVENING - 8 * DAY)
        _came(node, bench, EVENING - 7 * DAY)
    assert [night for night, *_rest in asked(node)["twice"]] == [date(2026, 11, 16).isoformat()]
