"""Two mediators are told, quietly, when one writer files many notes about one zone."""

from __future__ import annotations

import json
import logging
from pathlib import Path

import pytest

from kiosk.adapters.datadir import DataDir
from kiosk.adapters.export import export
from kiosk.adapters.retention import forget_daily, forget_spent
from kiosk.core.errors import Refused
from kiosk.core.event import Leaf, Whole, Writer
from kiosk.core.feature import Decision
from kiosk.features.flags import FEATURE
from kiosk.features.flags.events import LOOKED
from kiosk.serving import do_chores
from kiosk.sync.pages import page_for, seal
from tests.features.flags.inbox import DAY, NodeWithNotes
from tests.support import Bench
from tests.support.desk import mediated_node


@pytest.fixture
def told(node: NodeWithNotes) -> list[str]:
    """Three mediators, and a night in which 12345 wrote five notes about the park; whom that told."""
    for name in ("Amal", "Noor", "Teo"):
        node.desk.mediator(name)
    node.notes("12345", 5)
    node.morning()
    return list(node.looked[-1].to)


def test_two_mediators_learn_who_wrote_how_many_notes_about_what(node: NodeWithNotes, told: list[str]):
    (looked,) = node.looked
    opened = node.opened(looked.sealed)
    assert sorted(opened) == sorted(told)
    assert len(told) == 2
    for text in opened.values():
        assert "(number 12345) wrote 5 of the 5 notes about Linden park" in text
        assert "That can be innocent" in text
    for number in node.desk.keys:
        assert len(node.matters(number)) == (1 if number in told else 0)


def test_the_two_are_chosen_by_chance(node: NodeWithNotes):
    for name in ("Amal", "Noor", "Teo", "Mio"):
        node.desk.mediator(name)
    for number in range(10):
        node.notes(f"2000{number}", 5)
        node.notes(f"2000{number}", 6, zone=f"zone-{number}")
    pairs = set()
    for _day in range(10):
        node.morning()
        pairs.add(frozenset(node.looked[-1].to))
    assert len(pairs) > 1


def test_the_event_stays_at_the_node_and_does_not_say_whom_it_is_about(node: NodeWithNotes, told: list[str]):
    assert (LOOKED.writers, LOOKED.scope, LOOKED.keep_days) == (frozenset({Writer.CENTRAL}), "bench", 28)
    text = repr(node.looked)
    assert "12345" not in text
    assert "park" not in text


def test_a_bench_gets_the_32_bytes_of_it(node: NodeWithNotes, told: list[str]):
    here = node.here
    with here.journal.writing() as db:
        seal(here, db)
    batches = page_for(here, "linden-bakery.1test", "", 0).batches
    forms = [form for batch in batches for form in batch.forms()]
    assert isinstance(forms[-1], Leaf)
    bodies = [form.body for form in forms if isinstance(form, Whole)]
    assert bodies
    assert not [body for body in bodies if b"flag." in body]


def test_nothing_is_looked_at_before_the_morning(node: NodeWithNotes):
    node.desk.mediator()
    node.notes("12345", 5)
    node.look()
    assert node.looked == []
    node.desk.time.pass_seconds(9 * 3600)  # 06:44
    node.look()
    assert node.looked == []
    node.desk.time.pass_seconds(3600)
    node.look()
    assert len(node.looked) == 1


def test_it_is_looked_at_once_each_morning_and_said_once_in_a_cycle(node: NodeWithNotes, told: list[str]):
    node.look()
    assert len(node.looked) == 1
    node.morning()
    node.notes("12345", 1)
    node.morning()
    assert [bool(one.sealed) for one in node.looked] == [True, False, False]


def test_it_is_said_again_in_the_next_cycle(node: NodeWithNotes, told: list[str]):
    node.desk.time.pass_seconds(27 * DAY)
    for name in ("Aya", "Lio"):  # the mandates of those before have run out
        node.desk.mediator(name)
    node.notes("12345", 5)
    node.morning()
    assert node.looked[-1].sealed


def test_a_writer_who_is_a_mediator_is_never_told(node: NodeWithNotes):
    writer, other = node.desk.mediator("Ines"), node.desk.mediator("Amal")
    node.notes(writer, 5)
    node.morning()
    (looked,) = node.looked
    assert looked.to == (other,)
    assert list(node.opened(looked.sealed)) == [other]


def test_where_there_is_nobody_to_tell_it_waits_until_there_is(node: NodeWithNotes):
    writer = node.desk.mediator("Ines")
    node.notes(writer, 5)
    node.morning()
    assert node.looked[-1].sealed == b""
    other = node.desk.mediator("Amal")
    node.morning()
    assert node.looked[-1].to == (other,)


def test_two_flags_are_raised_on_two_mornings(node: NodeWithNotes, told: list[str]):
    node.notes("22222", 6, "market")
    node.notes("33333", 5, "station")
    for _morning in range(3):
        node.morning()
    assert [bool(one.sealed) for one in node.looked] == [True, True, True, False]


def test_what_happened_somewhere_else_is_about_no_zone(node: NodeWithNotes):
    node.desk.mediator()
    node.notes("12345", 9, "elsewhere")
    node.notes("22222", 1)
    node.morning()
    assert node.looked[-1].sealed == b""


def test_the_text_is_erased_once_both_have_read_it_and_the_next_morning_has_come(
    node: NodeWithNotes, told: list[str]
):
    first, second = told
    place = node.matters(first)[0].place
    node.read(first)
    assert node.matters(first) == []
    assert node.matters(second)
    node.morning()
    assert forget_spent(node.here.journal, None) == 0
    node.read(second)
    assert forget_spent(node.here.journal, None) == 0
    node.morning()
    assert forget_spent(node.here.journal, None) == 1
    assert not node.here.journal.holds_whole(node.here.db, place)
    node.morning()
    assert not any(one.sealed for one in node.looked)  # and it is not said anew
    assert node.looked[-1].seen == ()


def test_a_flag_that_nobody_reads_is_erased_after_28_days(node: NodeWithNotes, told: list[str]):
    node.desk.time.pass_seconds(29 * DAY)
    forget_daily(node.here.journal, node.here.clock.now())
    assert [one for one in node.looked if one.sealed] == []
    assert node.matters(told[0]) == []


def test_nobody_else_can_say_that_it_was_read(node: NodeWithNotes, told: list[str]):
    (other,) = set(node.desk.keys) - set(told)
    place = node.matters(told[0])[0].place
    assert FEATURE.decide is not None
    for decision in (Decision(other, place, "seen"), Decision(told[0], place, "publish")):
        with pytest.raises(Refused):
            FEATURE.decide(node.here, decision)
    assert node.matters(told[0])


def test_the_same_tables_come_out_of_the_journal_again(node: NodeWithNotes, told: list[str]):
    node.read(told[0])
    node.morning()

    def tables() -> list[object]:
        names = ("flag_notes", "flag_nights", "flag_readers", "flag_seen", "flag_marks")
        return [list(node.here.db[name].rows) for name in names]

    before = tables()
    with node.here.journal.writing() as db:
        node.here.journal.models.rebuild(db)
    assert tables() == before
    assert all(before)


def test_a_morning_with_a_flag_looks_like_one_without(node: NodeWithNotes, tmp_path: Path):
    quiet = NodeWithNotes(mediated_node(tmp_path / "quiet"))
    for each, count in ((node, 5), (quiet, 4)):
        each.desk.mediator("Amal")
        each.notes("12345", count)
        each.morning()
        each.morning()
    shown = []
    for each in (node, quiet):
        source = each.here.journal.find(each.here.db, each.here.journal.source)
        shown.append(source.size)
        lines = _exported(each, tmp_path)
        assert "flag" not in lines
        own = [json.loads(line)["event"] for line in lines.splitlines() if '"central.' in line[:60]]
        assert [sorted(event) for event in own[-2:]] == [["leaf", "seq", "source"]] * 2
    assert shown[0] == shown[1]
    quiet.here.journal.store.close()


def _exported(node: NodeWithNotes, folder: Path) -> str:
    to = folder / "public.ndjson"
    to.unlink(missing_ok=True)
    export(node.here.db, node.here.device, to, public=True)
    return to.read_text("utf-8")


def test_no_page_and_no_line_of_the_log_shows_it(
    node: NodeWithNotes, told: list[str], caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.DEBUG)
    node.notes("22222", 9, "market")
    node.desk.time.pass_seconds(DAY)
    do_chores(node.here, DataDir(node.here.journal.store.path.parent))
    assert node.looked[-1].sealed
    assert "flag" not in caplog.text
    assert not any((FEATURE.describe, FEATURE.bench, FEATURE.central))
    for rule in node.desk.app.url_map.iter_rules():
        if "GET" in (rule.methods or ()) and not rule.arguments:
            assert "12345" not in node.desk.client.get(rule.rule).text


def test_a_bench_keeps_no_count_of_who_wrote_how_many_notes(bench: Bench):
    assert not [name for name in bench.here.db.table_names() if name.startswith("flag")]
    do_chores(bench.here, bench.data)
    assert list(bench.here.journal.entries(bench.here.db, [LOOKED])) == []
