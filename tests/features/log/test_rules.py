"""What of a night is told, and when."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kiosk.core.night import begin_of, end_of
from kiosk.features.incidents.events import Ended, Outside, Tried, What
from kiosk.features.log import rules
from kiosk.features.log.events import Part
from kiosk.features.log.rules import Edition, Note
from kiosk.people.events import Zone

BERLIN = ZoneInfo("Europe/Berlin")
NAMES = {"es": "el parque"}
NIGHT = date(2026, 11, 23)
DAY = timedelta(days=1)
EDITION = Edition(NIGHT, "Linden Bakery", BERLIN)


def at(day: int, hour: int, minute: int = 0) -> int:
    return int(datetime(2026, 11, day, hour, minute, tzinfo=BERLIN).timestamp())


def a_note(what: What = What.NOISE, when: int = at(23, 22), **more) -> Note:
    return Note("a.1/1", when, when, False, what, "park", Ended.CALMED, **more)


def test_a_note_belongs_to_the_night_in_which_it_happened():
    assert rules.night_of_note(at(24, 2), at(24, 3), BERLIN) == NIGHT
    assert rules.night_of_note(at(24, 8), at(24, 9), BERLIN) == NIGHT + DAY


def test_a_note_from_the_future_belongs_to_the_night_that_ended_last():
    assert rules.night_of_note(at(30, 22), at(24, 9), BERLIN) == NIGHT


def test_a_bench_that_never_began_has_nothing_to_publish():
    assert rules.due(None, set(), set(), NIGHT) == []


def test_every_ended_night_since_the_first_is_due_until_it_is_published():
    assert rules.due(NIGHT - 2 * DAY, {NIGHT - DAY}, set(), NIGHT) == [NIGHT - 2 * DAY, NIGHT]
    assert rules.due(NIGHT + DAY, set(), set(), NIGHT) == []


def test_a_year_in_a_cupboard_is_not_a_year_of_quiet_nights():
    due = rules.due(NIGHT - 365 * DAY, set(), {NIGHT - 300 * DAY}, NIGHT)
    assert len(due) == 28 + 1
    assert due[0] == NIGHT - 300 * DAY


def test_a_night_published_by_a_wrong_clock_stops_no_other():
    assert rules.due(NIGHT, {date(2033, 1, 1)}, set(), NIGHT) == [NIGHT]


def test_a_late_note_waits_until_the_night_of_its_writing_is_over():
    late = Note("a.1/1", at(22, 22), at(24, 10), False, What.NOISE, "park", Ended.CALMED)
    assert not rules.may_come_out(late, at(24, 11), BERLIN)
    assert rules.may_come_out(late, at(25, 7), BERLIN)


def test_a_kind_of_incident_is_told_from_three_cases_in_a_cycle_on():
    assert rules.folded(What.THEFT, Counter({What.THEFT: 2})) == What.OTHER
    assert rules.folded(What.THEFT, Counter({What.THEFT: 3})) == What.THEFT
    assert rules.folded(What.OTHER, Counter()) == What.OTHER


@pytest.mark.parametrize("count", [0, 3, 1000])
def test_family_matters_are_never_told_by_bench(count):
    assert rules.folded(What.FAMILY, Counter({What.FAMILY: count})) == What.OTHER


def test_a_cycle_is_the_28_nights_that_end_with_this_one():
    pairs = [(NIGHT - n * DAY, What.THEFT) for n in (0, 27, 28)] + [(NIGHT + DAY, What.THEFT)]
    assert rules.cases(pairs, NIGHT) == {What.THEFT: 2}


def test_of_a_time_only_the_hour_is_told():
    note = a_note(when=at(23, 22, 44))
    sentence = rules.sentence(EDITION, note, 4, Counter({What.NOISE: 3}), Zone("park", "Linden park", NAMES))
    assert (sentence.place, sentence.place_in) == ("Linden park", NAMES)
    assert (sentence.hour, sentence.number, sentence.what) == (23, 4, What.NOISE)
    assert rules.sentence(EDITION, a_note(when=at(23, 23, 45)), 1, Counter(), None).hour == 0


def test_totals_count_what_the_sentences_tell():
    counted = Counter({What.NOISE: 3})
    notes = [
        a_note(tried=(Tried.LISTENED, Tried.WAITED)),
        a_note(tried=(Tried.LISTENED,), outside=(Outside.MEDICAL,)),
        a_note(What.FAMILY, outside=(Outside.MEDICAL, Outside.SUPPORT)),
    ]
    told = [rules.sentence(EDITION, note, n, counted, None) for n, note in enumerate(notes, 1)]
    totals = rules.totals(EDITION, told, [])
    assert totals.notes == 3
    assert totals.categories == {What.NOISE: 2, What.OTHER: 1}
    assert totals.tried == {Tried.LISTENED: 2, Tried.WAITED: 1}
    assert totals.outside == {Outside.MEDICAL: 2, Outside.SUPPORT: 1}
    assert totals.patrol == ()


@pytest.mark.parametrize(
    ("stay", "parts"),
    [
        ((at(23, 12), at(23, 14)), [Part.DAY]),
        ((at(23, 18), at(23, 20)), [Part.EVENING]),
        ((at(23, 22), at(24, 1)), [Part.EVENING, Part.LATE]),
        ((at(24, 2), at(24, 9)), [Part.LATE]),
        ((at(22, 22), at(22, 23)), []),
        ((at(23, 22), at(23, 22)), []),
    ],
)
def test_the_patrol_was_out_by_day_in_the_evening_or_late(stay, parts):
    assert list(rules.totals(EDITION, [], [stay]).patrol) == parts


def test_hours_do_not_tell_how_many_were_out():
    together = [(at(23, 20), at(23, 22))] * 5
    assert rules.hours_out(together) == 2
    assert rules.hours_out([(at(23, 20), at(23, 21)), (at(23, 22), at(23, 23))]) == 2
    assert rules.hours_out([(at(23, 20), at(23, 23)), (at(23, 21), at(23, 22))]) == 3
    assert rules.hours_out([]) == 0


@pytest.mark.parametrize(("night", "hours"), [(date(2027, 3, 27), 23), (date(2026, 10, 24), 25)])
def test_the_night_in_which_the_clocks_change_is_one_night_of_the_right_length(night, hours):
    edition = Edition(night, "Linden Bakery", BERLIN)
    begin, end = begin_of(night, BERLIN), end_of(night, BERLIN)
    totals = rules.totals(edition, [], [(begin - 86400, end + 86400)])
    assert totals.hours == hours
    assert totals.patrol == tuple(Part)
    for moment in range(begin, end, 900):
        assert rules.night_of_note(moment, moment, BERLIN) == night


@given(
    st.lists(st.tuples(st.integers(0, 40), st.sampled_from(What)), max_size=60),
)
def test_nothing_rarer_than_three_is_ever_told(cases):
    counted = rules.cases([(NIGHT - n * DAY, what) for n, what in cases], NIGHT)
    for what in What:
        told = rules.folded(what, counted)
        assert told == What.OTHER or (counted[told] >= 3 and told != What.FAMILY)
