"""What the host is told."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

import msgspec
import pytest

from kiosk.core.event import Writer
from kiosk.features.host import FEATURE, machine, words
from kiosk.features.host.events import CLOSED, REOPENED
from kiosk.features.host.rules import LOW_DISK, Battery, State, advice
from tests.support import EVENING

BERLIN = ZoneInfo("Europe/Berlin")
GOOD: dict[str, Any] = {
    "now": EVENING,
    "clock_verified": True,
    "disk_free": 10 * LOW_DISK,
    "battery": Battery(80, True),
    "pending": 3,
    "last_contact": EVENING - 60,
}
DAYS = 86400


def told(**changed) -> str:
    return advice(State(**{**GOOD, **changed})).title


def test_all_is_well_is_green():
    assert advice(State(**GOOD)).kind == "saved"
    assert advice(State(**{**GOOD, "battery": None})).kind == "saved"


@pytest.mark.parametrize(
    ("changed", "title"),
    [
        ({"disk_free": LOW_DISK - 1}, "The disk is nearly full."),
        ({"battery": Battery(10, False)}, "The battery is low."),
        ({"clock_verified": False}, "This bench does not know the time."),
        ({"last_contact": EVENING - 4 * DAYS}, "The node was not reached for days."),
        ({"last_contact": None}, "The bench has not reached the node yet."),
        ({"quarantined": 1}, "Some records could not be read."),
        ({"trust_refused": True}, "Somebody tried to change whom this bench trusts."),
        ({"trust_ends": EVENING + 13 * DAYS}, "The list of whom this bench trusts ends soon."),
        ({"trust_ends": EVENING}, "The list of whom this bench trusts is over."),
        ({"trust_ends": EVENING + 15 * DAYS}, "All is well."),
    ],
)
def test_one_thing_to_do(changed, title):
    assert told(**changed) == title


def test_the_worst_comes_first():
    everything = {"disk_free": 0, "battery": Battery(1, False), "clock_verified": False, "last_contact": None}
    assert told(**everything) == "The disk is nearly full."


@pytest.mark.parametrize(
    "changed",
    [
        {"battery": Battery(5, True)},
        {"battery": Battery(90, False)},
        {"last_contact": EVENING - 40 * DAYS, "pending": 0},
        {"last_contact": EVENING - 2 * DAYS},
    ],
)
def test_nobody_is_bothered_with_what_mends_itself(changed):
    assert told(**changed) == "All is well."


@pytest.mark.parametrize(
    ("contact", "said"),
    [(None, "not yet"), (30, "just now"), (3600, "at 20:44"), (DAYS, "1 day ago"), (9 * DAYS, "9 days ago")],
)
def test_the_last_contact_is_said_as_people_say_it(contact, said):
    last = None if contact is None else EVENING - contact
    assert words.contact_words(State(**{**GOOD, "last_contact": last}), BERLIN) == said


def test_who_is_here_names_those_on_duty_and_counts_the_others():
    assert words.here_words([], 0) == ["Nobody on duty has checked in."]
    assert words.here_words(["Ines since 21:04"], 1) == ["Ines since 21:04", "1 neighbour who is not on duty"]


def test_a_tablet_tells_of_its_battery(tmp_path):
    assert machine.battery(tmp_path / "none") is None
    for name, facts in {
        "AC": {"type": "Mains"},
        "BAT0": {"type": "Battery", "capacity": "full?", "status": "Full"},
        "BAT1": {"type": "Battery", "capacity": "42", "status": "Discharging"},
    }.items():
        (tmp_path / name).mkdir()
        for fact, value in facts.items():
            (tmp_path / name / fact).write_text(value + "\n")
    assert machine.battery(tmp_path) == Battery(42, plugged=False)


def test_room_on_the_disk_is_known(tmp_path):
    assert machine.disk_free(tmp_path) > 0


def test_closing_names_nobody_and_is_kept_for_28_days():
    for kind in FEATURE.events:
        assert kind.writers == {Writer.BENCH}
        assert (kind.scope, kind.keep_days) == ("bench", 28)
        assert [field.name for field in msgspec.structs.fields(kind.data)] == ["night"]
    assert FEATURE.events == (CLOSED, REOPENED)
