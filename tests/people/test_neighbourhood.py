"""What the neighbourhood decided, as every bench keeps it."""

from __future__ import annotations

from typing import Annotated

import msgspec
import pytest

from kiosk.people import events, neighbourhood
from kiosk.web import words
from tests.support import NEIGHBOURHOOD, Bench
from tests.support.sample import sample


def test_a_later_program_may_send_a_key_that_this_one_does_not_know(bench: Bench) -> None:
    newer = msgspec.json.decode(msgspec.json.encode(NEIGHBOURHOOD))
    newer["colour"] = "blue"
    assert msgspec.convert(newer, events.Described) == NEIGHBOURHOOD


OLD = (
    b'{"type":"neighbourhood.described","time":"2026-11-23T20:44:00Z","boot":"n0de","uptime":1,"scope":"public",'
    b'"data":{"name":"Lindenfield","timezone":"Europe/Berlin","zones":[{"slug":"park","name":"Linden park"}],'
    b'"calls":[{"kind":"fire","name":"Fire","number":"112","note":""}],'
    b'"doors":[{"name":"The bakery","until":"22:00","note":"There is tea."}],"walk_with_me":"Ask here.",'
    b'"next_assembly":"Sunday 29 November, 17:00, the school hall","patrol_minutes":150}}'
)
"""As a node wrote it before texts had languages and assemblies a time."""


def test_what_an_older_node_published_still_applies(bench: Bench) -> None:
    found = bench.here.journal.models.registry.decode("central.1test", 1, OLD).data
    assert found == events.Described(
        name="Lindenfield",
        timezone="Europe/Berlin",
        zones=(events.Zone("park", "Linden park"),),
        calls=(events.Call("fire", "Fire", "112"),),
        doors=(events.Door("The bakery", "22:00", "There is tea."),),
        walk_with_me="Ask here.",
        next_assembly="Sunday 29 November, 17:00, the school hall",
    )


class OldZone(msgspec.Struct):
    slug: str
    name: str


class OldCall(msgspec.Struct):
    kind: str
    name: str
    number: str
    note: str = ""


class OldDescribed(msgspec.Struct):
    """What a bench knows whose program is older."""

    name: str
    timezone: str
    zones: tuple[OldZone, ...]
    calls: tuple[OldCall, ...] = ()
    walk_with_me: str = ""
    next_assembly: Annotated[str, msgspec.Meta(max_length=120)] = ""
    patrol_minutes: int = 150


def test_an_older_bench_reads_what_a_newer_node_publishes_in_the_neighbourhoods_own_language() -> None:
    found = msgspec.json.decode(msgspec.json.encode(sample()), type=OldDescribed)
    assert found.zones[0] == OldZone("market", "Market corner")
    assert found.calls[1] == OldCall("fire", "Fire", "112", "Fire, smoke or gas. Get out first, then call.")
    assert found.walk_with_me.startswith("Ask at the bakery")
    assert found.next_assembly == "2099-12-06, 17:00, the school hall"


def test_every_bench_keeps_what_the_node_published_in_every_language(bench: Bench) -> None:
    bench.from_node((events.DESCRIBED, sample()))
    assert neighbourhood.described(bench.here.db.conn) == sample()


@pytest.mark.parametrize("code", ["", "EN", "e", "en us", "<b>"])
def test_a_text_in_a_language_that_is_none_is_no_text(code: str) -> None:
    bad = msgspec.structs.replace(NEIGHBOURHOOD, walk_with_me_in={code: "x"})
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(msgspec.json.encode(bad), type=events.Described)


def test_the_newest_description_counts(bench: Bench) -> None:
    bench.from_node((events.DESCRIBED, msgspec.structs.replace(NEIGHBOURHOOD, name="Linden Park")))
    found = neighbourhood.described(bench.here.db.conn)
    assert found is not None
    assert found.name == "Linden Park"


def test_a_zone_that_was_dropped_is_shown_by_its_slug(bench: Bench) -> None:
    assert neighbourhood.zone_name(bench.here.db.conn, "park") == "Linden park"
    assert neighbourhood.zone_name(bench.here.db.conn, "old-mill") == "old-mill"
    assert neighbourhood.zone_of(bench.here.db.conn, "old-mill") == events.Zone("old-mill", "old-mill")


def test_a_zone_is_named_in_the_language_that_is_spoken(bench: Bench) -> None:
    bench.from_node((events.DESCRIBED, sample()))
    words.use("es")
    assert neighbourhood.zone_name(bench.here.db.conn, "park") == "el parque de los Tilos"
    words.stop()
    assert neighbourhood.zone_name(bench.here.db.conn, "park") == "Linden park"


@pytest.mark.parametrize("zone", ["Nowhere/At_All", "Europe", "../x", ""])
def test_a_time_zone_that_this_bench_does_not_know_stops_no_page(bench: Bench, zone: str) -> None:
    bench.from_node((events.DESCRIBED, msgspec.structs.replace(NEIGHBOURHOOD, timezone=zone)))
    assert str(neighbourhood.timezone(bench.here.db.conn)) == "UTC"
    assert bench.client.get("/sign-in").status_code == 200
