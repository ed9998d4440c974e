"""What the neighbourhood decided: written as TOML at the node, kept by every bench."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.errors import Refused
from kiosk.people import events, neighbourhood
from kiosk.people.neighbourhood import parse_toml
from kiosk.web.assets import folder
from tests.support import NEIGHBOURHOOD, Bench

LEAST = """
name = "Lindenfield"
timezone = "Europe/Berlin"
zones = [{ slug = "market", name = "Market corner" }]
"""


def _refusal(text: str) -> str:
    with pytest.raises(Refused) as refused:
        parse_toml("ours.toml", text)
    return str(refused.value)


def test_the_sample_reads() -> None:
    found = parse_toml("neighbourhood.toml", (folder("sample") / "neighbourhood.toml").read_text())
    assert found.timezone == "Europe/Berlin"
    assert {call.kind for call in found.calls} == {"medical", "fire", "police", "support"}


def test_name_time_zone_and_one_zone_are_enough() -> None:
    found = parse_toml("ours.toml", LEAST)
    assert found == events.Described(
        "Lindenfield", "Europe/Berlin", (events.Zone("market", "Market corner"),)
    )


@pytest.mark.parametrize("key", ["name", "timezone", "zones"])
def test_what_is_missing_is_named(key: str) -> None:
    text = "\n".join(line for line in LEAST.splitlines() if not line.startswith(key))
    assert key in _refusal(text)


@pytest.mark.parametrize(
    "zone",
    ["Nowhere/At_All", "", "Europe", "../../etc/passwd", "/etc/passwd", "tzdata.zi", "Berlin", "x" * 65],
)
def test_a_time_zone_that_is_none_is_refused(zone: str) -> None:
    assert "ours.toml" in _refusal(LEAST.replace("Europe/Berlin", zone))


@pytest.mark.parametrize(
    "lines",
    [
        'colour = "blue"',
        '[[calls]]\nkind = "fire"\nname = "Fire"\nnumber = "112"\nnotes = "Quick"',
        '[[doors]]\nname = "Bakery"\nuntill = "22:00"',
    ],
)
def test_a_key_that_is_not_known_is_a_slip_of_the_pen_at_any_depth(lines: str) -> None:
    assert "unknown field" in _refusal(LEAST + lines)


def test_a_zone_with_an_unknown_key_is_refused() -> None:
    assert "unknown field" in _refusal(
        LEAST.replace('slug = "market"', 'slug = "market", street = "Linden 4"')
    )


def test_a_later_program_may_send_a_key_that_this_one_does_not_know(bench: Bench) -> None:
    import msgspec

    newer = msgspec.json.decode(msgspec.json.encode(NEIGHBOURHOOD))
    newer["colour"] = "blue"
    assert msgspec.convert(newer, events.Described) == NEIGHBOURHOOD


@pytest.mark.parametrize(
    ("zones", "said"),
    [
        ('[{ slug = "a", name = "A" }, { slug = "a", name = "B" }]', "the same slug"),
        ('[{ slug = "a", name = "A" }, { slug = "b", name = "A" }]', "the same name"),
        ("[]", "zones"),
        ('[{ slug = "../x", name = "A" }]', "slug"),
        ('[{ slug = "a\\n", name = "" }]', "name"),
        ('"market"', "zones"),
        ("[1]", "zones"),
    ],
)
def test_zones_that_cannot_be_told_apart_or_do_not_fit_are_refused(zones: str, said: str) -> None:
    text = f'name = "L"\ntimezone = "UTC"\nzones = {zones}'
    assert said in _refusal(text)


@pytest.mark.parametrize(
    "lines",
    [
        '[[calls]]\nkind = "pizza"\nname = "P"\nnumber = "112"',
        '[[calls]]\nkind = "fire"\nname = "P"\nnumber = "javascript:1"',
        '[[calls]]\nkind = "fire"\nname = "P"\nnumber = 112',
        '[[doors]]\nname = "Bakery"\nuntil = "24:00"',
        '[[doors]]\nname = "Bakery"\nuntil = 22:00:00',
        "patrol_minutes = 5",
        'patrol_minutes = "150"',
        'name = "again"',
    ],
)
def test_numbers_to_call_doors_and_minutes_are_checked(lines: str) -> None:
    assert _refusal(LEAST + lines).startswith("ours.toml: ")


@pytest.mark.parametrize("text", ["", "= 1", "[" * 5000, "name = " + "[" * 5000, "\x00", "\ud800"])
def test_what_is_no_toml_is_refused_in_one_line(text: str) -> None:
    assert "\n" not in _refusal(text)


def test_hidden_signs_in_a_name_do_not_get_in() -> None:
    found = parse_toml("ours.toml", LEAST.replace("Lindenfield", "Linden\\u202efield\\u0000"))
    assert found.name == "Lindenfield"


@given(st.text(max_size=200))
def test_any_text_is_taken_or_refused_and_nothing_else(text: str) -> None:
    try:
        parse_toml("ours.toml", text)
    except Refused:
        pass
    else:
        raise AssertionError(text)


def test_the_newest_description_counts(bench: Bench) -> None:
    import msgspec

    bench.from_node((events.DESCRIBED, msgspec.structs.replace(NEIGHBOURHOOD, name="Linden Park")))
    found = neighbourhood.described(bench.here.db.conn)
    assert found is not None
    assert found.name == "Linden Park"


def test_a_zone_that_was_dropped_is_shown_by_its_slug(bench: Bench) -> None:
    assert neighbourhood.zone_name(bench.here.db.conn, "park") == "Linden park"
    assert neighbourhood.zone_name(bench.here.db.conn, "old-mill") == "old-mill"


@pytest.mark.parametrize("zone", ["Nowhere/At_All", "Europe", "../x", ""])
def test_a_time_zone_that_this_bench_does_not_know_stops_no_page(bench: Bench, zone: str) -> None:
    import msgspec

    bench.from_node((events.DESCRIBED, msgspec.structs.replace(NEIGHBOURHOOD, timezone=zone)))
    assert str(neighbourhood.timezone(bench.here.db.conn)) == "UTC"
    assert bench.client.get("/sign-in").status_code == 200
