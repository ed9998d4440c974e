"""The node's public pages and its feed."""

from __future__ import annotations

from datetime import date
from xml.etree import ElementTree as ET

import msgspec
import pytest
from flask import Flask

from kiosk.core.event import Whole, encode_body, new_salt
from kiosk.features.incidents.events import Ended, What
from kiosk.features.log.events import NIGHT, SENTENCE, NightPublished, SentencePublished
from kiosk.sync.events import BENCH_ENROLLED, Enrolled
from kiosk.web.services import EXTENSION
from tests.features.log.nights import DAY, FIRST, morning, note, patrol
from tests.support import EVENING, Bench

ATOM = "{http://www.w3.org/2005/Atom}"


def send(bench: Bench, node: Flask) -> None:
    """Everything that the bench has written goes to the node."""
    journal, db = bench.here.journal, bench.here.db
    source = next(s for s in journal.sources(db) if s.name == journal.source)
    node.extensions[EXTENSION].journal.append(journal.source, 1, journal.forms(db, source, 1, source.size))


def forge(node: Flask, *facts: msgspec.Struct, at: int = EVENING) -> None:
    """Events of a bench that says what it likes."""
    kinds = {NightPublished: NIGHT, SentencePublished: SENTENCE}
    forms = [Whole(new_salt(), encode_body(kinds[type(fact)], fact, at, "b00", 1)) for fact in facts]
    node.extensions[EXTENSION].journal.append("hostile.1test", 1, forms)


def feed(node: Flask) -> ET.Element:
    answer = node.test_client().get("/feed.atom")
    assert answer.mimetype == "application/atom+xml"
    return ET.fromstring(answer.data)  # noqa: S314  what our own app has just written


def test_before_any_night_the_pages_say_so_kindly(node: Flask):
    client = node.test_client()
    assert "No night has been published yet." in client.get("/").text
    assert client.get(f"/log/{FIRST}").status_code == 404
    assert feed(node).findall(f"{ATOM}entry") == []


def test_the_front_page_tells_the_newest_night_and_lists_the_others(bench: Bench, node: Flask):
    note(bench, What.THEFT)
    morning(bench)
    patrol(bench, 3600)
    morning(bench)
    send(bench, node)
    page = node.test_client().get("/").text
    assert "Tuesday 24 November 2026" in page
    assert "Linden Bakery" in page
    assert "No notes. The patrol was out in the evening" in page
    assert f'href="/log/{FIRST}"' in page
    night = node.test_client().get(f"/log/{FIRST}").text
    assert "Something happened at Market corner, about 22:00." in night


def test_no_public_page_knows_a_member_or_what_was_written(bench: Bench, node: Flask):
    patrol(bench, 3600)
    note(bench, What.THEFT, words="They live at number 12.")
    morning(bench)
    note(bench, What.FAMILY, ago=DAY)
    morning(bench)
    send(bench, node)
    client = node.test_client()
    for path in ("/", f"/log/{FIRST}", "/feed.atom"):
        page = client.get(path).text
        for untold in ("12345", "number 12", "22:30", "Theft", "Family", "incident.", "checkin."):
            assert untold not in page


def test_many_nights_are_listed_page_by_page(bench: Bench, node: Flask):
    note(bench)
    for _night in range(20):
        morning(bench)
    send(bench, node)
    client = node.test_client()
    assert "Older nights" in client.get("/").text
    assert f'href="/log/{FIRST}"' in client.get("/?page=1").text
    assert client.get("/?page=-7").status_code == client.get("/?page=" + "9" * 40).status_code == 200


@pytest.mark.parametrize("night", ["x", "2026-13-01", "20261123", "2026-11-23T00:00", "%00", "..%2f"])
def test_a_bad_date_is_not_found(node: Flask, night: str):
    assert node.test_client().get(f"/log/{night}").status_code == 404


def test_the_feed_is_atom_with_ids_that_stay(bench: Bench, node: Flask):
    note(bench)
    morning(bench)
    send(bench, node)
    root = feed(node)
    assert root.tag == f"{ATOM}feed"
    for name in ("id", "title", "updated", f"author/{ATOM}name"):
        assert root.findtext(f"{ATOM}{name}")
    (entry,) = root.findall(f"{ATOM}entry")
    assert entry.findtext(f"{ATOM}id") == f"tag:lindenfield,2026:log/{FIRST}"
    assert (entry.findtext(f"{ATOM}updated") or "").endswith("Z")
    assert "Something happened at Market corner" in (entry.findtext(f"{ATOM}content") or "")
    links = {link.get("rel"): link.get("href") for link in root.findall(f"{ATOM}link")}
    assert links == {"self": "http://localhost/feed.atom", "alternate": "http://localhost/"}


def test_what_a_hostile_bench_publishes_is_inert_in_pages_and_feed(node: Flask):
    name = "<script>alert(1)</script>]]>&\ufffe\x0b"
    forge(
        node,
        SentencePublished(FIRST, name, 1, 22, What.NOISE, "park", Ended.LEFT, "<img src=x onerror=y>"),
        NightPublished(FIRST, name, 1),
    )
    for path in ("/", f"/log/{FIRST}"):
        page = node.test_client().get(path).text
        assert "<script>alert" not in page
        assert "<img" not in page
    content = feed(node).findtext(f"{ATOM}entry/{ATOM}content") or ""
    assert "<script>alert(1)</script>]]>&: 1 note." in content


def test_a_bench_speaks_under_no_other_benchs_name(node: Flask):
    here = node.extensions[EXTENSION]
    here.journal.record(BENCH_ENROLLED, Enrolled("hostile", "The Bookshop", bytes(32)))
    forge(node, NightPublished(FIRST, "Linden Bakery", 1))
    for path in ("/", f"/log/{FIRST}", "/feed.atom"):
        page = node.test_client().get(path).text
        assert "The Bookshop" in page
        assert "Linden Bakery" not in page


def test_a_bench_that_lies_about_the_time_does_not_stand_first_for_ever(node: Flask):
    forge(node, NightPublished(FIRST, "Now", 1), NightPublished(date.max, "Last Word", 1), at=EVENING * 99)
    for path in ("/", "/feed.atom"):
        page = node.test_client().get(path).text
        assert "Now" in page
        assert "Last Word" not in page
    assert (feed(node).findtext(f"{ATOM}updated") or "") <= "2026-12-31"


def test_a_night_that_a_bench_publishes_twice_shows_once(node: Flask):
    forge(node, NightPublished(FIRST, "Once", 1), NightPublished(FIRST, "Twice", 2))
    page = node.test_client().get("/").text
    assert "Once" in page
    assert "Twice" not in page


def test_sentences_of_a_night_without_totals_wait_for_them(node: Flask):
    forge(node, SentencePublished(FIRST, "Early", 1, 22, What.NOISE, "park", Ended.LEFT))
    assert "No night has been published yet." in node.test_client().get("/").text


def test_the_pages_of_two_benches_stand_beside_each_other(bench: Bench, node: Flask):
    note(bench)
    morning(bench)
    send(bench, node)
    forge(node, NightPublished(FIRST, "The Bookshop"))
    page = node.test_client().get(f"/log/{FIRST}").text
    assert "Linden Bakery" in page
    assert "The Bookshop" in page
