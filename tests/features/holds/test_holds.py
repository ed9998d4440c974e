"""What this tablet holds: the page says all of it, and there is nothing about people who pass by."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path

import msgspec
import pytest
from flask import Flask
from msgspec import inspect

from kiosk.adapters.datadir import DataDir
from kiosk.central import create_central, init_central
from kiosk.composition import ALL
from kiosk.config import Config
from kiosk.core.feature import registry_of
from kiosk.features.holds.rules import JOURNAL, about
from kiosk.features.posters.events import PUBLISHED, Published
from kiosk.web.services import EXTENSION
from tests.support import Bench, Time, make_bench

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
            assert f"kept {holding.until}." in page


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
        r"Posters that the neighbourhood published</h2><p>Kept as long as the log.</p></div>\s*"
        r"<p class=\"when\">about 20</p>",
        page,
    )
    assert re.search(r"Records held whole</h2></div>\s*<p class=\"when\">about 20</p>", page)


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
    assert not words_of(name) & ABOUT_A_PASSER_BY


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


@pytest.fixture
def node_app(tmp_path: Path) -> Iterator[Flask]:
    data = DataDir(tmp_path / "node")
    init_central(data, "Lindenfield", "Rosa")
    app = create_central(Config(), data, tick=Time())
    yield app
    app.extensions[EXTENSION].journal.store.close()


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
