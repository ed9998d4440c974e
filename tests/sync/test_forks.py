"""Two histories of one log: a copied tablet, a restored one, a disk that lied."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.adapters.device import CORRECTED, Corrected
from kiosk.adapters.epoch import open_epoch
from kiosk.core.errors import NoWayThrough
from kiosk.core.event import Leaf, Whole, encode_body, new_salt
from kiosk.sync.epochs import begin_again
from tests.sync.town import TOLD, WHISPERED, Node, Said, Tablet, tablet_at


@pytest.fixture
def twin(tmp_path: Path, node: Node, bakery: Tablet) -> Tablet:
    """A second tablet with a copy of the bakery's data, after which both went on writing."""
    bakery.says("before")
    bakery.sync()
    bakery.copy(tmp_path / "twin")
    return tablet_at(tmp_path / "twin", node)


def test_a_copied_bench_begins_a_new_log_and_nothing_is_lost(node: Node, bakery: Tablet, twin: Tablet):
    bakery.says("from the first")
    twin.says("from the second", "and more")
    bakery.sync()
    former = twin.here.journal.source
    twin.sync()
    assert twin.here.journal.source != former
    assert twin.here.device.identity.source == twin.here.journal.source
    assert node.hears() == ["and more", "before", "from the first", "from the second"]
    assert twin.hears() == ["and more", "before", "from the second"]
    assert twin.pending == 0
    assert node.count("forks") > 0


def test_both_tablets_of_a_copy_go_on_side_by_side(node: Node, bakery: Tablet, twin: Tablet):
    for round_ in range(3):
        bakery.says(f"first {round_}")
        twin.says(f"second {round_}")
        bakery.sync()
        twin.sync()
    assert node.hears() == ["before", *(f"{w} {i}" for w in ("first", "second") for i in range(3))]


def test_an_event_written_again_keeps_its_time_and_names_its_former_place(
    node: Node, bakery: Tablet, twin: Tablet
):
    twin.says("late")
    bakery.says("early")
    bakery.sync()
    before = [e for e in twin.here.journal.entries(twin.here.db) if e.type == "talk.told"][-1]
    twin.time.pass_seconds(7000)
    twin.sync()
    after = [e for e in node.here.journal.entries(node.here.db) if e.type == "talk.told"][-1]
    assert after.former == f"{before.source}/{before.seq}"
    assert (after.at, after.boot, after.uptime, after.data) == (
        before.at,
        before.boot,
        before.uptime,
        before.data,
    )


def test_what_is_known_of_a_start_of_the_machine_is_known_in_the_new_log_too(node: Node, bakery: Tablet):
    here, began, present = bakery.here, 1_795_400_000_000, bakery.here.clock.tick().boot
    for boot in (present, "b0before", "b0long0ago"):
        here.journal.record(CORRECTED, Corrected(boot, began))
    bakery.sync()
    unsent = encode_body(TOLD, Said("unsent"), began // 1000, "b0before", 1)
    here.journal.append(here.journal.source, None, [Whole(new_salt(), unsent)])
    begin_again(here, here.journal.source, "asked for by a test")
    bakery.sync()
    for there in (here, node.here):
        rows = there.db.conn.execute("SELECT boot FROM boots WHERE source = ?", (here.journal.source,))
        assert {boot for (boot,) in rows} == {present, "b0before"}


def test_at_its_former_place_only_the_32_bytes_of_an_event_stay(bakery: Tablet, twin: Tablet):
    twin.says("late")
    bakery.says("early")
    bakery.sync()
    former = twin.source()
    twin.sync()
    kept = twin.here.journal.forms(twin.here.db, former, 3, 3)
    assert [type(form) for form in kept] == [Leaf]


def test_the_new_log_survives_a_restart(node: Node, bakery: Tablet, twin: Tablet):
    twin.says("late")
    bakery.says("early")
    bakery.sync()
    twin.sync()
    source = twin.here.journal.source
    twin.close()
    again = tablet_at(twin.path, node)
    assert again.here.journal.source == source
    again.says("after the restart")
    again.sync()
    assert "after the restart" in node.hears()
    assert again.pending == 0


def test_what_both_share_beyond_the_last_acknowledgement_is_not_written_again(
    tmp_path: Path, node: Node, bakery: Tablet
):
    bakery.sync()
    bakery.says("shared")
    bakery.copy(tmp_path / "twin")
    twin = tablet_at(tmp_path / "twin", node)
    bakery.says("from the first")
    twin.says("from the second")
    bakery.sync()
    twin.sync()
    assert node.hears() == ["from the first", "from the second", "shared"]
    assert twin.hears() == ["from the second", "shared"]


def test_a_new_epoch_is_opened_once_when_power_fails_in_between(
    node: Node, bakery: Tablet, twin: Tablet, monkeypatch: pytest.MonkeyPatch
):
    twin.says("late")
    bakery.says("early")
    bakery.sync()
    former, journal = twin.here.journal.source, twin.here.journal

    def power_cut(*_):
        raise OSError("the power went")

    with monkeypatch.context() as patch:
        patch.setattr("kiosk.sync.epochs.written_again", power_cut)
        with pytest.raises(OSError, match="power"):
            twin.sync()
    assert journal.source == twin.here.device.identity.source == former
    assert twin.holds()[former] == 3
    twin.sync()
    assert node.hears() == ["before", "early", "late"]
    assert sum(name.startswith("linden-bakery.") for name in twin.holds()) == 2


def test_a_fork_is_kept_aside_once_however_often_it_is_sent(node: Node, bakery: Tablet, twin: Tablet):
    bakery.says("early")
    bakery.sync()
    twin.says("late")
    twin.line.lose_answer = 3
    for _ in range(3):
        with pytest.raises(NoWayThrough):
            twin.sync()
    batches = node.here.db.conn.execute("SELECT count(DISTINCT batch), count(*) FROM forks").fetchone()
    assert batches[0] == batches[1]
    twin.sync()
    assert node.hears() == ["before", "early", "late"]


def test_a_restored_bench_gets_its_own_former_log_back_with_its_private_parts(
    tmp_path: Path, node: Node, bakery: Tablet
):
    bakery.says("old")
    bakery.sync()
    bakery.copy(tmp_path / "backup")
    bakery.says("newer", kind=WHISPERED)
    bakery.says("newest")
    bakery.sync()
    restored = tablet_at(tmp_path / "backup", node)
    restored.here.device = open_epoch(restored.here.journal, restored.here.device, "restored")
    restored.says("after")
    restored.sync()
    assert restored.hears() == ["after", "newer", "newest", "old"]
    assert node.hears() == restored.hears()


def test_what_events_say_of_each_other_follows_them_to_their_new_places(
    node: Node, bakery: Tablet, twin: Tablet
):
    twin.says("said")
    place = f"{twin.here.journal.source}/{twin.source().size}"
    twin.says(place, f"about {place}", f"{twin.here.journal.source}/2")
    bakery.says("early")
    bakery.sync()
    former = twin.here.journal.source
    twin.sync()
    present = twin.here.journal.source
    assert node.hears() == sorted(
        ["before", "early", "said", f"{present}/2", f"about {place}", f"{former}/2"]
    )


def test_unsent_events_of_a_former_log_are_still_sent(node: Node, bakery: Tablet):
    bakery.sync()
    bakery.says("unsent")
    begin_again(bakery.here, bakery.here.journal.source, "asked for by a test")
    bakery.says("new")
    bakery.sync()
    assert node.hears() == ["new", "unsent"]
