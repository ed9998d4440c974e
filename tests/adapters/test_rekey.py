"""A node goes over to its next key when the roots have named it, and power cuts do not hurt it."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from kiosk.adapters import trust
from kiosk.adapters.clock import machine_tick
from kiosk.adapters.datadir import DataDir
from kiosk.adapters.keys import DeviceKey
from kiosk.central import init_central
from kiosk.composition import compose
from tests.support import NETWORK
from tests.support.broken import dies_at
from tests.support.roots import YEAR, Roots


def _node(path: Path, *, named: bool = True) -> tuple[DataDir, bytes, bytes]:
    """A node with a next key that its list names or not; its present public key, and the next."""
    place = DataDir(path)
    init_central(place, "Lindenfield", "Rosa")
    own, following = DeviceKey.load(place.key), DeviceKey.load_or_create(place.next_key)
    nodes = [own.public, following.public] if named else [own.public]
    at, roots = machine_tick().system // 1000, Roots()
    here = compose(place)
    with closing(here.journal.store), here.journal.writing() as db:
        trust.take(db, NETWORK, [roots.signed(roots.listed(1, at + YEAR, nodes))], at)
    return place, own.public, following.public


def _start(place: DataDir) -> tuple[bytes, str, list[str]]:
    """The public key after a start, the present log, and why each log was begun."""
    here = compose(place)
    with closing(here.journal.store):
        entries = here.journal.entries(here.db)
        reasons = [entry.data.reason for entry in entries if entry.type == "epoch.opened"]
        assert here.journal.source == here.device.identity.source
        return here.device.key.public, here.journal.source, reasons


def test_the_key_is_replaced_at_the_next_start_with_a_log_of_its_own(tmp_path: Path) -> None:
    place, _own, following = _node(tmp_path / "node")
    public, source, reasons = _start(place)
    assert public == DeviceKey.load(place.key).public == following
    assert source.startswith("central.2")
    assert reasons == ["the node was set up", "the node's key was replaced"]
    assert not place.next_key.exists()
    assert _start(place) == (public, source, reasons)


def test_a_key_that_no_list_names_waits(tmp_path: Path) -> None:
    place, own, _following = _node(tmp_path / "node", named=False)
    public, source, _reasons = _start(place)
    assert public == own
    assert source.startswith("central.1")
    assert place.next_key.exists()


def test_a_second_replacement_opens_a_further_log(tmp_path: Path) -> None:
    place, _own, following = _node(tmp_path / "node")
    _start(place)
    third = DeviceKey.load_or_create(place.next_key)
    here = compose(place)
    with closing(here.journal.store), here.journal.writing() as db:
        db.conn.execute("DELETE FROM trust_lists")
        roots, at = Roots(), machine_tick().system // 1000
        notes = [roots.signed(roots.listed(1, at + YEAR, [following, third.public]))]
        trust.take(db, NETWORK, notes, at)
    public, source, _reasons = _start(place)
    assert public == third.public
    assert source.startswith("central.3")


@pytest.mark.faults
def test_02_power_cut_at_any_step_of_the_replacement_ends_in_the_new_key_and_one_new_log(
    tmp_path: Path,
) -> None:
    step, cut = -1, True
    while cut:
        step += 1
        place, _own, following = _node(tmp_path / str(step))

        def work(place: DataDir = place) -> None:
            compose(place).journal.store.close()

        cut = dies_at(step, work)
        public, source, reasons = _start(place)
        assert public == following
        assert source.startswith("central.2")
        assert reasons.count("the node's key was replaced") == 1
    assert step > 5
