"""Publication at 07:00, once, by a clock that is verified."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from kiosk.core.event import Whole, Writer, scope_of
from kiosk.core.night import begin_of, end_of
from kiosk.features.checkin.events import ARRIVED, UNDONE, Arrived, Undone
from kiosk.features.incidents.events import ELSEWHERE, Outside, What
from kiosk.features.log import FEATURE, queries
from kiosk.features.log.events import GONE, NIGHT, SENTENCE, SETTLED, Part
from kiosk.features.log.publishing import publish
from kiosk.people import neighbourhood
from kiosk.people.events import DESCRIBED
from kiosk.web import words
from tests.features.log.nights import DAY, FIRST, HOUR, morning, nights, note, patrol, public, sentences
from tests.support import NEIGHBOURHOOD, Bench, Time, make_bench
from tests.support.sample import sample

ONE = timedelta(days=1)


def tables(bench: Bench) -> list[list[tuple[object, ...]]]:
    names = ("begun", "notes", "words", "settled", "stays", "nights", "sentences")
    db = bench.here.db.conn
    return [db.execute(f"SELECT * FROM log_{name} ORDER BY 1, 2").fetchall() for name in names]  # noqa: S608


def test_the_night_is_published_at_seven_and_not_before(bench: Bench):
    note(bench)
    end = end_of(FIRST, neighbourhood.timezone(bench.here.db.conn))
    bench.time.pass_seconds(end - bench.here.clock.now() - 1)
    publish(bench.here)
    assert public(bench) == 0
    bench.time.pass_seconds(1)
    publish(bench.here)
    (night,) = nights(bench)
    assert (night.night, night.bench, night.notes) == (FIRST, "Linden Bakery", 1)


def test_publishing_again_and_again_publishes_once(bench: Bench):
    note(bench)
    morning(bench)
    before = public(bench)
    for _minute in range(5):
        publish(bench.here)
    assert public(bench) == before


def test_a_sentence_names_no_member_and_no_minute(bench: Bench):
    bench.member("12345", "Ines")
    patrol(bench, HOUR)
    note(bench, words="They live at number 12.")
    morning(bench)
    db, journal = bench.here.db, bench.here.journal
    source = next(s for s in journal.sources(db) if s.name == journal.source)
    bodies = [f.body for f in journal.forms(db, source, 1, source.size) if isinstance(f, Whole)]
    told = b" ".join(body for body in bodies if scope_of(body) == "public")
    assert b"Market corner" in told
    for canary in (b"12345", b"Ines", b"number 12", b"22:30", b'"when"', b'"member"'):
        assert canary not in told


def test_a_clock_that_is_not_verified_publishes_nothing_and_makes_up_for_it(bench: Bench):
    note(bench)
    bench.time.boot, bench.time.uptime = "b00700000002", 1000
    bench.time.pass_seconds(3 * DAY)
    publish(bench.here)
    assert public(bench) == 0
    bench.here.clock.confirm(bench.time.system)
    publish(bench.here)
    assert [night.night for night in nights(bench)] == [FIRST, FIRST + ONE, FIRST + 2 * ONE]
    assert [night.notes for night in nights(bench)] == [1, 0, 0]


def test_a_quiet_night_is_published_too(bench: Bench):
    note(bench)
    morning(bench)
    patrol(bench, 2 * HOUR)
    morning(bench)
    morning(bench)
    second, third = nights(bench)[1:]
    assert (second.notes, second.patrol, second.hours) == (0, (Part.EVENING, Part.LATE), 2)
    assert (third.notes, third.patrol, third.hours) == (0, (), 0)


def test_only_stewards_on_duty_are_the_patrol_and_what_was_undone_never_was(bench: Bench):
    patrol(bench, HOUR, on_duty=False)
    entry = bench.here.journal.record(ARRIVED, Arrived("12345", bench.here.clock.now() + 9000, "badge", True))
    place = entry.place
    bench.here.journal.record(UNDONE, Undone("12345", place))
    note(bench)
    morning(bench)
    assert nights(bench)[0].patrol == ()


def test_a_forgotten_check_out_counts_until_the_expected_return(bench: Bench):
    bench.here.journal.record(ARRIVED, Arrived("12345", bench.here.clock.now() + 9000, "badge", True))
    morning(bench)
    assert nights(bench)[0].hours == 3


def test_rare_kinds_and_family_matters_are_something_that_happened(bench: Bench):
    note(bench, What.THEFT)
    note(bench, What.FAMILY)
    morning(bench)
    for _case in range(2):
        note(bench, What.THEFT)
        note(bench, What.FAMILY)
    morning(bench)
    assert [one.what for one in sentences(bench)] == [
        What.OTHER, What.OTHER, What.THEFT, What.OTHER, What.THEFT, What.OTHER,
    ]  # fmt: skip
    assert nights(bench)[0].categories == {What.OTHER: 2}
    assert nights(bench)[1].categories == {What.THEFT: 2, What.OTHER: 2}


def test_a_sentence_is_read_in_every_language_as_it_was_published_whatever_a_zone_is_called_later(
    bench: Bench,
):
    bench.from_node((DESCRIBED, sample()))
    note(bench)
    words.use("ar")  # whoever happens to be at the bench just then
    morning(bench)
    words.stop()
    (told,) = sentences(bench)
    assert (told.place, told.place_in["es"]) == ("Market corner", "la esquina del mercado")
    bench.from_node((DESCRIBED, NEIGHBOURHOOD))
    reader = bench.client
    said = {"en": "at Market corner,", "es": "en la esquina del mercado,", "ar": "زاوية السوق"}
    for language, place in said.items():
        reader.get(f"/display?lang={language}")
        assert place in reader.get("/log").text


def test_sentences_are_numbered_and_carry_the_name_of_the_zone(bench: Bench):
    note(bench)
    note(bench, where=ELSEWHERE, outside=(Outside.MEDICAL,))
    note(bench, where="a-zone-of-before")
    morning(bench)
    assert [one.number for one in sentences(bench)] == [1, 2, 3]
    assert [one.place for one in sentences(bench)] == ["Market corner", "", "a-zone-of-before"]
    assert nights(bench)[0].outside == {Outside.MEDICAL: 1}


def test_a_late_note_comes_out_next_morning_as_a_dated_addition(bench: Bench):
    note(bench)
    morning(bench)
    note(bench, What.DAMAGE, ago=DAY)
    publish(bench.here)
    assert len(sentences(bench)) == 1
    morning(bench)
    late = sentences(bench)[1]
    assert (late.night, late.number, late.added) == (FIRST, 2, date(2026, 11, 25))
    assert [night.night for night in nights(bench)] == [FIRST, FIRST + ONE]
    assert nights(bench)[0].notes == 1
    before = public(bench)
    publish(bench.here)
    assert public(bench) == before


def test_the_events_of_a_night_come_all_or_none(bench: Bench, monkeypatch: pytest.MonkeyPatch):
    note(bench)
    note(bench)
    journal = bench.here.journal
    append = journal.append

    def cut(*args, **kwargs):
        append(*args, **kwargs)
        raise OSError("the power went")

    with monkeypatch.context() as patch:
        patch.setattr(journal, "append", cut)
        with pytest.raises(OSError, match="power"):
            morning(bench)
    assert public(bench) == 0
    publish(bench.here)
    assert len(sentences(bench)) == 2
    assert len(nights(bench)) == 1


def test_so_many_notes_in_one_night_that_no_single_event_could_settle_them(bench: Bench):
    for _ in range(450):
        note(bench)
    morning(bench)
    assert len(sentences(bench)) == 450
    assert not any(one for one in queries.notes(bench.here.db.conn, "linden-bakery") if not one.settled)


def test_notes_of_another_bench_are_not_ours_to_publish(bench: Bench, tmp_path):
    other = make_bench(tmp_path / "other", bench.time)
    note(other)
    journal, db = other.here.journal, other.here.db
    source = next(s for s in journal.sources(db) if s.name == journal.source)
    bench.here.journal.append("book-shop.1test", 1, journal.forms(db, source, 1, source.size))
    note(bench)
    morning(bench)
    assert len(sentences(bench)) == 1
    other.here.journal.store.close()


def test_the_night_of_the_change_to_summer_time_is_one_night_and_one_log(tmp_path):
    time = Time(system=1_806_175_800_000)
    bench = make_bench(tmp_path / "spring", time)
    zone, night = neighbourhood.timezone(bench.here.db.conn), date(2027, 3, 27)
    assert begin_of(night, zone) < bench.here.clock.now() < end_of(night, zone)
    note(bench)
    while bench.here.clock.now() < end_of(night, zone) + HOUR:
        bench.time.pass_seconds(HOUR / 2)
        publish(bench.here)
    assert [one.night for one in nights(bench)] == [night]
    assert end_of(night, zone) - begin_of(night, zone) == 23 * HOUR
    bench.here.journal.store.close()


def test_rebuild_gives_identical_tables(bench: Bench):
    patrol(bench, HOUR)
    note(bench, words="Once more.")
    morning(bench)
    note(bench, ago=DAY)
    morning(bench)
    before = tables(bench)
    with bench.here.journal.writing() as db:
        bench.here.journal.models.rebuild(db)
    assert tables(bench) == before
    assert all(rows for rows in before[1:])


def test_what_was_published_stays_when_the_notes_are_erased(bench: Bench):
    note(bench, words="Gone soon.")
    morning(bench)
    journal = bench.here.journal
    journal.erase({journal.source: [1, 2]})
    assert queries.notes(bench.here.db.conn, "linden-bakery") == []
    publish(bench.here)
    assert len(sentences(bench)) == 1
    assert len(queries.published(bench.here.db.conn, FIRST)) == 1


def test_a_clock_set_right_later_moves_the_note_to_its_true_night(tmp_path):
    time = Time()
    bench = make_bench(tmp_path / "late", time)
    time.boot, time.uptime = "b00700000002", 1000
    time.system -= 3 * DAY * 1000
    note(bench)
    bench.here.clock.confirm(time.system + 5 * DAY * 1000)
    bench.time.pass_seconds(DAY)
    publish(bench.here)
    (told,) = sentences(bench)
    assert told.night == FIRST + 2 * ONE
    bench.here.journal.store.close()


def test_only_totals_and_sentences_are_public_and_all_is_written_by_benches():
    assert {kind.name: (kind.scope, kind.keep_days) for kind in FEATURE.events} == {
        SENTENCE.name: ("public", None),
        NIGHT.name: ("public", None),
        SETTLED.name: ("bench", None),
        GONE.name: ("public", None),
    }
    assert all(kind.writers == {Writer.BENCH} for kind in FEATURE.events)


def test_every_event_has_a_sentence(bench: Bench):
    note(bench)
    morning(bench)
    assert FEATURE.describe is not None
    said = [
        FEATURE.describe(entry, str)
        for entry in bench.here.journal.entries(bench.here.db, [SENTENCE, NIGHT, SETTLED])
    ]
    assert said[0].startswith("Published: Something happened at Market corner")
    assert said[1:] == [
        "The log of the night of 23 November was published.",
        "The notes of a night came out.",
    ]
