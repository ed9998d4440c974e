"""The neighbourhood's file: what is taken of it, and what is refused in one plain line."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.errors import Refused
from kiosk.people import events
from kiosk.people.written import parse_toml
from kiosk.web.assets import folder
from tests.support.sample import neighbourhood_file

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


@pytest.mark.parametrize("zone", ["localtime", "posixrules", "Factory", "right/Europe/Berlin", "posix/UTC"])
def test_a_time_zone_that_each_machine_reads_in_its_own_way_is_none(zone: str) -> None:
    assert f"there is no time zone {zone}" in _refusal(LEAST.replace("Europe/Berlin", zone))


def test_a_number_of_thousands_of_figures_is_refused_too() -> None:
    assert "ours.toml" in _refusal(f"patrol_minutes = {'9' * 5000}\n{LEAST}")


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


OWN = 'language = "en"\n'
CALL = '\n[[calls]]\nkind = "fire"\nnumber = "112"\nname = "Fire"\n'


def test_a_text_is_read_in_one_language_or_in_several() -> None:
    text = OWN + LEAST + CALL + 'note.en = "Get out first."\nnote.es = "Primero sal."\n'
    (call,) = parse_toml("ours.toml", text).calls
    assert (call.name, call.name_in) == ("Fire", {})
    assert (call.note, call.note_in) == ("Get out first.", {"es": "Primero sal."})
    inline = text.replace(
        'note.en = "Get out first."\nnote.es = "Primero sal."',
        'note = { en = "Get out first.", es = "Primero sal." }',
    )
    assert parse_toml("ours.toml", inline) == parse_toml("ours.toml", text)


def test_every_text_can_be_said_in_every_language() -> None:
    found = parse_toml("neighbourhood.toml", neighbourhood_file())
    others = {"ar", "es", "fr"}
    assert found.language == "en"
    assert found.assembly is not None
    said = [found.walk_with_me_in, found.assembly.where_in]
    said += [zone.name_in for zone in found.zones]
    said += [texts for call in found.calls for texts in (call.name_in, call.note_in)]
    said += [texts for door in found.doors for texts in (door.name_in, door.note_in) if door.note]
    assert all(set(texts) == others or texts == {} for texts in said)
    assert [door.name for door in found.doors if not door.note_in] == ["The station kiosk"]


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ('walk_with_me.en = "Ask."', "walk_with_me: say at the top which language is your own"),
        (OWN + 'walk_with_me.es = "Pregunta."', "walk_with_me: say it in en, your own language, too"),
        (OWN + "walk_with_me = {}", "walk_with_me: say it in en, your own language, too"),
        (OWN + 'walk_with_me.en = "A"\nwalk_with_me.sp = "P."', "walk_with_me: pages cannot be read in “s"),
        (OWN + 'walk_with_me.en = "Ask."\nwalk_with_me.ES = "P."', "they can in ar, en, es, fr."),
        (OWN + 'walk_with_me.en = "Ask."\nwalk_with_me.es = ""', "walk_with_me.es: there are no words"),
        (OWN + f'walk_with_me.en = "Ask."\nwalk_with_me.es = "{"x" * 201}"', "walk_with_me.es: 201 letters"),
        (f'walk_with_me = "{"x" * 201}"', "walk_with_me: 201 letters are too many; 200 fit."),
        (OWN + "walk_with_me.en = 5", "walk_with_me"),
        ("walk_with_me = 5", "walk_with_me"),
        ('language = "de"', "language: pages cannot be read in “de”; they can in ar, en, es, fr."),
        ("language = 5", "language"),
        (OWN + CALL + 'note.es = "Sal."', "calls, number 1, note: say it in en"),
        (OWN + CALL + CALL + 'note.en = "Out."\nnote.xx = "S."', "calls, number 2, note: pages cannot"),
        (OWN + '[[doors]]\nname.es = "Panadería"', "doors, number 1, name: say it in en"),
        (OWN + '[[doors]]\nname.en = "Bakery"\nnote.fr = "x"', "doors, number 1, note: say it in en"),
        (CALL + f'note = "{"x" * 161}"', "calls, number 1, note: 161 letters are too many; 160 fit."),
    ],
)  # fmt: skip
def test_a_text_that_cannot_be_read_by_all_is_refused_by_its_place(lines: str, said: str) -> None:
    top, mark, table = lines.partition("[[")
    refused = _refusal(top + LEAST + mark + table)
    assert refused.startswith("ours.toml: ")
    assert said in refused
    assert "\n" not in refused


def test_two_zones_that_only_some_could_tell_apart_are_refused() -> None:
    zone = '[[zones]]\nslug = "{slug}"\nname.en = "{en}"\nname.es = "{es}"\n'
    head = 'language = "en"\nname = "L"\ntimezone = "UTC"\n'
    one = zone.format(slug="a", en="Market", es="el mercado")
    other = zone.format(slug="b", en="Shops", es="el mercado")
    assert "two zones have the same name in es" in _refusal(head + one + other)
    untranslated = zone.format(slug="b", en="el mercado", es="b").rpartition("name.es")[0]
    assert "two zones have the same name in es" in _refusal(head + one + untranslated)


def test_an_assembly_has_a_time_and_a_place() -> None:
    lines = 'next_assembly = { at = 2026-12-06T17:00:00, where = "the school hall" }'
    found = parse_toml("ours.toml", lines + LEAST)
    assert found.assembly == events.Assembly(datetime.fromisoformat("2026-12-06T17:00"), "the school hall")


def test_a_bench_that_knows_free_text_alone_reads_an_assembly_in_figures() -> None:
    lines = f'next_assembly = {{ at = 2026-12-06T17:00:00, where = "{"x" * 100}" }}'
    assert parse_toml("ours.toml", lines + LEAST).next_assembly == f"2026-12-06, 17:00, {'x' * 100}"


def test_an_assembly_of_old_is_told_what_to_write_instead() -> None:
    refused = _refusal('next_assembly = "Sunday 29 November, 17:00, the school hall"' + LEAST)
    written = refused.partition("next_assembly = ")[2]
    assert "\n" not in refused
    assert parse_toml("ours.toml", f"next_assembly = {written}{LEAST}").assembly is not None


@pytest.mark.parametrize(
    ("assembly", "said"),
    [
        ('{ at = 2026-12-06, where = "x" }', "next_assembly.at: write day and hour"),
        ('{ at = 17:00:00, where = "x" }', "next_assembly.at: write day and hour"),
        ('{ at = 2026-12-06T17:00:00Z, where = "x" }', "next_assembly.at: write day and hour by your own"),
        ('{ at = 2026-12-06T17:00:00+01:00, where = "x" }', "next_assembly.at"),
        ('{ at = "2026-12-06T17:00:00", where = "x" }', "like at = 2026-12-06T17:00:00"),
        ('{ at = "Sunday", where = "x" }', "next_assembly.at"),
        ("{ at = 2026-12-06T17:00:00 }", "where"),
        ('{ where = "x" }', "at"),
        ('{ at = 2026-12-06T17:00:00, where = "" }', "next_assembly.where: there are no words"),
        ('{ at = 2026-12-06T17:00:00, where = "x", until = 19 }', "unknown field"),
        ("2026-12-06T17:00:00", "next_assembly"),
        ('["x"]', "next_assembly"),
    ],
)  # fmt: skip
def test_an_assembly_that_nobody_could_find_is_refused(assembly: str, said: str) -> None:
    refused = _refusal(f"next_assembly = {assembly}{LEAST}")
    assert refused.startswith("ours.toml: ")
    assert said in refused


def test_the_samples_assembly_is_an_example_and_no_more() -> None:
    text = (folder("sample") / "neighbourhood.toml").read_text("utf-8")
    assert parse_toml("neighbourhood.toml", text).assembly is None
    assert parse_toml("neighbourhood.toml", neighbourhood_file()).assembly is not None
