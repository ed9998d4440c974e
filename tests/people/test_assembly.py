"""The next assembly: said until it is over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from kiosk.people import assembly, events
from kiosk.people.texts import Text
from kiosk.web import words
from tests.support import NEIGHBOURHOOD, Bench, make_bench

AT = datetime.fromisoformat("2026-11-29T17:00")
OVER = int(AT.replace(tzinfo=ZoneInfo("Europe/Berlin")).timestamp()) + 3 * 3600


def named(at: datetime = AT, zone: str = "Europe/Berlin", language: str | None = "en") -> events.Described:
    where = events.Assembly(at, "the school hall", {"es": "el salón"})
    return msgspec.structs.replace(NEIGHBOURHOOD, assembly=where, timezone=zone, language=language)


def said(bench: Bench, language: str) -> str:
    """What a reader of this language gets."""
    with bench.app.test_request_context():
        words.use(language)
        try:
            return str(escape(assembly.ahead(bench.here)))
        finally:
            words.stop()


def test_it_is_over_three_hours_after_it_began_by_the_neighbourhoods_clocks() -> None:
    assert not assembly.is_over(named(), OVER - 1)
    assert assembly.is_over(named(), OVER)
    assert not assembly.is_over(named(zone="America/Lima"), OVER)


def test_free_text_of_old_is_never_over() -> None:
    old = msgspec.structs.replace(NEIGHBOURHOOD, assembly=None, next_assembly="Sunday, the hall")
    assert not assembly.is_over(old, 1 << 36)


@given(st.datetimes(timezones=st.none()), st.sampled_from(["Europe/Berlin", "Asia/Tokyo", "Nowhere/At_All"]))
def test_no_day_of_any_calendar_stops_a_page(at: datetime, zone: str) -> None:
    assert assembly.is_over(named(at, zone), OVER) in (True, False)
    assert "hall" in escape(assembly.Ahead(Text("hall"), at))


def test_it_is_said_in_the_readers_language_with_its_own_dates(bench: Bench) -> None:
    bench.from_node((events.DESCRIBED, named()))
    assert said(bench, "en") == "Sunday 29 November, 17:00, the school hall"
    assert said(bench, "es") == "domingo 29 de noviembre a las 17:00, el salón"
    arabic = said(bench, "ar")
    assert "29" in arabic
    assert arabic.endswith('، <bdi lang="en" dir="ltr">the school hall</bdi>')


def test_what_was_written_before_stays_as_it_was_written(bench: Bench) -> None:
    old = msgspec.structs.replace(NEIGHBOURHOOD, assembly=None, next_assembly="Sunday, <b>the</b> hall")
    bench.from_node((events.DESCRIBED, old))
    assert said(bench, "en") == "Sunday, &lt;b&gt;the&lt;/b&gt; hall"


def test_nobody_is_sent_to_an_assembly_that_nobody_named(tmp_path: Path) -> None:
    bench = make_bench(tmp_path / "b", described=False)
    with bench.app.test_request_context():
        assert assembly.ahead(bench.here) is None
        bench.from_node((events.DESCRIBED, msgspec.structs.replace(NEIGHBOURHOOD, assembly=None)))
        assert assembly.ahead(bench.here) is None
    bench.here.journal.store.close()


@pytest.mark.parametrize(("days", "far"), [(-9, False), (7, False), (299, False), (365, True), (9999, True)])
def test_it_is_far_ahead_where_its_day_could_be_taken_for_one_of_this_year(days: int, far: bool) -> None:
    begins = OVER - assembly.HOURS * 3600
    assert assembly.is_far(named(), begins - days * 86_400) is far


def test_by_a_doubtful_clock_none_is_over(bench: Bench) -> None:
    bench.time.pass_seconds(OVER - bench.here.clock.now())
    with bench.app.test_request_context():
        assert assembly.ahead(bench.here) is None
        bench.time.boot, bench.time.uptime = "b00700000002", 1000
        assert assembly.ahead(bench.here) is not None


def test_summer_time_does_not_move_it() -> None:
    at = datetime.fromisoformat("2027-03-28T17:00")
    ends = datetime(2027, 3, 28, 15, tzinfo=UTC) + timedelta(hours=3)
    assert not assembly.is_over(named(at), int(ends.timestamp()) - 1)
    assert assembly.is_over(named(at), int(ends.timestamp()))
