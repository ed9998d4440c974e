"""What this tablet holds: the page says all of it, and there is nothing about people who pass by."""

from __future__ import annotations

import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from html import unescape
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest
from flask import Flask
from msgspec import inspect

from kiosk.composition import ALL
from kiosk.core.event import Entry, EventType, Writer
from kiosk.core.feature import Feature, registry_of
from kiosk.features.holds.rules import JOURNAL, about, gone_by, kept
from kiosk.features.posters.events import PUBLISHED, Published
from tests.support import EVENING, Bench, make_bench
from tests.support.samples import sample

TYPES = registry_of(ALL).types
WORDS = re.compile(r"[a-z]+")
_ABOUT_A_PASSER_BY = """
accused address age aggressor appearance biometric birth build caller citizen clothes clothing colour
color complexion culprit dob email ethnic ethnicity eyes face fingerprint gait gender hair height home
hometown image ip license licence looks mac mugshot nationality neighbour offender origin perpetrator
person persons phone photo photograph physical picture plate plates portrait race religion reporter
resident sex skin stranger subject suspect suspected suspicious suspicion tattoo vehicle victim video
visitor voice watchlist wanted weight witness
"""
ABOUT_A_PASSER_BY = frozenset(_ABOUT_A_PASSER_BY.split())
OF_MEMBERS = {"phone"}
"""What a type may be named after though the word is above: a member's own, of which no number is kept."""
_SEARCHES = """
search find lookup query people person persons profile profiles suspect suspects visitor visitors map ranking
heatmap photo photos history neighbours residents
"""
SEARCHES = frozenset(_SEARCHES.split())


class Looks(msgspec.Struct):
    """What no event may hold."""

    hair_colour: str


class Seen(msgspec.Struct):
    """Nor any deeper down."""

    who: list[Looks | None]


def words_of(name: str) -> set[str]:
    return set(WORDS.findall(name.lower()))


def tables(bench: Bench) -> dict[str, list[str]]:
    """Every table of a bench's database, with its columns."""
    conn = bench.here.db.conn
    names = [
        n
        for (n,) in conn.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        )
    ]
    return {name: [row[1] for row in conn.execute(f"PRAGMA table_info('{name}')")] for name in names}


def fields(kind: inspect.Type) -> Iterator[str]:
    """The names of all fields of a Struct and of what it is made of."""
    if isinstance(kind, inspect.StructType):
        for field in kind.fields:
            yield field.name
            yield from fields(field.type)
    for part in ("item_type", "key_type", "value_type"):
        if hasattr(kind, part):
            yield from fields(getattr(kind, part))
    for part in ("item_types", "types"):
        for inner in getattr(kind, part, ()):
            yield from fields(inner)


def test_every_table_is_declared_by_a_feature_or_is_the_journals_own(bench: Bench) -> None:
    declared = {holding.table for feature in ALL for holding in feature.holdings}
    assert set(tables(bench)) - declared == set()


def test_every_declared_table_is_there_and_declared_once(bench: Bench) -> None:
    declared = [holding.table for feature in ALL for holding in feature.holdings]
    assert sorted(declared) == sorted(set(declared))
    assert set(declared) <= set(tables(bench))


def test_a_table_that_nobody_declared_would_be_found(bench: Bench) -> None:
    with bench.here.journal.writing() as db:
        db.conn.execute("CREATE TABLE dossiers (member TEXT)")
    with pytest.raises(AssertionError, match="dossiers"):
        test_every_table_is_declared_by_a_feature_or_is_the_journals_own(bench)


def test_the_page_says_in_words_everything_that_is_declared(bench: Bench) -> None:
    page = unescape(bench.client.get("/holds").text).lower()
    for feature in ALL:
        for holding in feature.holdings:
            assert holding.words.lower() in page
            if isinstance(holding.until, str):
                assert holding.until.lower() in page


def test_each_kind_that_is_kept_for_days_says_by_which_date_it_is_gone(bench: Bench) -> None:
    page = unescape(bench.client.get("/holds").text)
    (rows,) = re.findall(
        r"<h2>Kept for 28 days. All that is here now is gone by 22 December.</h2>(.*?)</ul>", page, re.S
    )
    assert "Who of the patrol checked in and out here, and when" in rows
    assert "Names that members chose" not in rows


def test_a_clock_that_is_not_verified_promises_no_date(bench: Bench) -> None:
    bench.time.boot = "b00700000002"
    page = unescape(bench.client.get("/holds").text)
    assert "<h2>Kept for 28 days.</h2>" in page
    assert "gone by" not in page


def test_a_day_is_counted_where_the_bench_stands() -> None:
    late = EVENING + 3 * 3600  # after midnight in Berlin, not yet in London
    assert gone_by(28, late, ZoneInfo("Europe/Berlin")) == date(2026, 12, 23)
    assert gone_by(28, late, ZoneInfo("UTC")) == date(2026, 12, 22)
    assert "1 day." in kept(1, late, ZoneInfo("UTC"))


def fed_by(feature: Feature) -> dict[str, set[EventType]]:
    """The types of event that put rows into each table of a feature, found by having it apply one of each."""
    found: dict[str, set[EventType]] = defaultdict(set)
    for kind in (*feature.events, *feature.reads):

        def note(action: int, table: str | None, *_: object, kind: EventType = kind) -> int:
            if action == sqlite3.SQLITE_INSERT and table:
                found[table].add(kind)
            return sqlite3.SQLITE_OK

        with closing(sqlite3.connect(":memory:")) as conn:
            for statement in feature.schema:
                conn.execute(statement)
            conn.set_authorizer(note)
            writer = "central" if Writer.CENTRAL in kind.writers else "linden-bakery"
            head = (f"{writer}.1test", 1, kind.name, EVENING, "b", 1, kind.scope)
            if feature.apply is not None:
                feature.apply(conn, [Entry(*head, sample(kind.data))])
    return found


def days_of(kinds: set[EventType]) -> int | None:
    """How long a row lives that any of these makes."""
    days = [kind.keep_days for kind in kinds]
    return None if None in days else max(day for day in days if day is not None)


@pytest.mark.parametrize("feature", [f for f in ALL if f.schema], ids=lambda feature: feature.name)
def test_the_days_on_the_page_are_those_that_the_events_declare(feature: Feature) -> None:
    fed = fed_by(feature)
    for holding in feature.holdings:
        if holding.table in fed:
            declared = days_of(fed[holding.table])
            assert holding.until == declared if declared else isinstance(holding.until, str), holding.table


def test_days_are_declared_as_a_number_so_that_the_page_can_say_the_date() -> None:
    worded = [h.until for feature in ALL for h in feature.holdings if isinstance(h.until, str)]
    assert not [until for until in worded if re.search(r"\d", until) and "day" in until]


def test_anyone_may_read_it_on_a_bench_that_holds_nothing_yet(tmp_path: Path) -> None:
    bench = make_bench(tmp_path / "b", described=False)
    answer = bench.client.get("/holds")
    assert answer.status_code == 200
    assert "Nothing about people who pass by." in answer.text
    bench.here.journal.store.close()


def test_numbers_are_those_of_the_tables_in_tens(bench: Bench) -> None:
    posters = [Published(f"p{n}", "T", "en", 1, "x") for n in range(23)]
    bench.from_node(*[(PUBLISHED, poster) for poster in posters])
    page = bench.client.get("/holds").text
    assert re.search(
        r"Posters that the neighbourhood published</bdi></h2></div>\s*"
        r"<p class=\"when\">about 20</p>",
        page,
    )
    assert re.search(r"Records held whole</bdi></h2></div>\s*<p class=\"when\">about 20</p>", page)


def test_erased_records_are_counted_as_32_bytes(bench: Bench) -> None:
    bench.from_node(*[(PUBLISHED, Published(f"p{n}", "T", "en", 1, "x")) for n in range(30)])
    bench.here.journal.erase({"central.1test": list(range(2, 14))})
    page = bench.client.get("/holds").text
    assert re.search(r"only 32 bytes are left.*?<p class=\"when\">about 10</p>", page, re.S)


def test_nobody_learns_from_the_numbers_that_a_steward_has_just_come(bench: Bench) -> None:
    badge = bench.member("12345", "Ines")
    before = bench.client.get("/holds").text
    assert bench.client.post("/check-in", data={"badge": badge}).status_code < 400
    assert bench.client.get("/holds").text == before


def test_no_name_of_a_member_stands_on_the_page(bench: Bench) -> None:
    bench.member("12345", "Ines")
    page = bench.client.get("/holds").text
    assert "Ines" not in page
    assert "12345" not in page


def test_counts_are_said_in_tens() -> None:
    assert [about(n) for n in (0, 9, 10, 19, 12_345)] == [
        "fewer than 10",
        "fewer than 10",
        "about 10",
        "about 10",
        "about 12,340",
    ]


def test_the_journals_own_tables_are_described_too() -> None:
    assert all(holding.words and holding.until for holding in JOURNAL)


@pytest.mark.parametrize("name", sorted(TYPES))
def test_no_event_has_a_field_about_somebody_who_is_not_on_the_patrol(name: str) -> None:
    found = set(fields(inspect.type_info(TYPES[name].data)))
    assert not {field for field in found if words_of(field) & ABOUT_A_PASSER_BY}
    assert not (words_of(name) - OF_MEMBERS) & ABOUT_A_PASSER_BY


def test_no_table_has_a_column_about_somebody_who_is_not_on_the_patrol(bench: Bench) -> None:
    named = {f"{table}.{column}" for table, columns in tables(bench).items() for column in columns}
    assert not {place for place in named if words_of(place) & ABOUT_A_PASSER_BY}


def test_no_choice_that_is_offered_describes_somebody() -> None:
    for kind in TYPES.values():
        for choice in _choices(inspect.type_info(kind.data)):
            assert not words_of(choice) & ABOUT_A_PASSER_BY


def test_such_a_field_would_be_found_however_deep() -> None:
    found = set(fields(inspect.type_info(Seen)))
    assert {field for field in found if words_of(field) & ABOUT_A_PASSER_BY} == {"hair_colour"}


def test_no_page_searches_ranks_or_maps_people(bench: Bench, node_app: Flask) -> None:
    rules = [*bench.app.url_map.iter_rules(), *node_app.url_map.iter_rules()]
    assert len(rules) > 10
    assert not {rule.rule for rule in rules if words_of(rule.rule) & SEARCHES}
    assert not {rule.rule for rule in rules if {"member", "name", "number"} & rule.arguments}


def test_no_page_takes_a_file(bench: Bench) -> None:
    for rule in bench.app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and not rule.arguments:
            assert 'type="file"' not in bench.client.get(rule.rule).text


def _choices(kind: inspect.Type) -> Iterator[str]:
    """All values of all enumerations in a Struct."""
    if isinstance(kind, inspect.EnumType):
        yield from (str(member.value) for member in kind.cls)
    if isinstance(kind, inspect.StructType):
        for field in kind.fields:
            yield from _choices(field.type)
    for part in ("item_type", "key_type", "value_type"):
        if hasattr(kind, part):
            yield from _choices(getattr(kind, part))
    for part in ("item_types", "types"):
        for inner in getattr(kind, part, ()):
            yield from _choices(inner)
