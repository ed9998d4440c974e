"""The clock of a device: its state outlives a restart, its corrections become events."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from kiosk.adapters.clock import Clock, boot_id, machine_tick
from kiosk.adapters.device import CORRECTED, Corrected
from kiosk.adapters.journal import Journal
from kiosk.core.clock import BUILD_TIME, Tick, corrected
from kiosk.core.event import Entry
from tests.support.storage import ALOUD, MODELS, Kept, Said, opened

NOW = BUILD_TIME + 10 * 86_400_000


class Machine:
    """A tablet's clocks."""

    def __init__(self, system: int, uptime: int = 60_000, boot: str = "b1") -> None:
        self.tick = Tick(system, uptime, boot)

    def __call__(self) -> Tick:
        return self.tick

    def run(self, milliseconds: int) -> None:
        self.tick = replace(
            self.tick, system=self.tick.system + milliseconds, uptime=self.tick.uptime + milliseconds
        )


def test_the_machine_says_what_time_it_is_and_which_start() -> None:
    first, second = machine_tick(), machine_tick()
    assert first.system > 1_600_000_000_000
    assert second.uptime >= first.uptime > 0
    assert first.boot == boot_id()
    assert len(first.boot) == 12


def test_what_was_verified_is_known_after_a_restart_of_the_program(tmp_path: Path) -> None:
    machine = Machine(0)
    with opened(tmp_path) as kept:
        Clock(kept.store, machine).observe_signed(NOW, 100)
    machine.run(5_000)
    with opened(tmp_path) as kept:
        clock = Clock(kept.store, machine)
        assert (clock.now(), clock.verified) == ((NOW + 5_000) // 1000, True)


@pytest.mark.parametrize(
    "start", [0, BUILD_TIME - 10**11, BUILD_TIME + 2 * 10**11], ids=["1970", "2023", "2033"]
)
def test_a_new_start_of_the_machine_is_not_verified_and_judges_by_the_floor(
    tmp_path: Path, start: int
) -> None:
    with opened(tmp_path) as kept:
        Clock(kept.store, Machine(NOW)).observe_signed(NOW, 100)
        clock = Clock(kept.store, Machine(start, 1_000, "b2"))
        assert not clock.verified
        assert clock.now() == max(start, NOW) // 1000
        assert clock.lapse_time() == NOW // 1000


def test_a_correction_is_told_once_for_each_move(tmp_path: Path) -> None:
    machine, told = Machine(0), list[int]()
    with opened(tmp_path) as kept:
        clock = Clock(kept.store, machine)
        clock.on_move = told.append
        clock.observe_signed(NOW, 100)
        machine.run(60_000)
        clock.observe_signed(NOW + 60_100, 100)
        clock.confirm(NOW - 3_600_000)
    assert told == [NOW - 60_000, NOW - 3_600_000 - 120_000]


def correct(journal: Journal, began: int) -> None:
    """As the composition root does."""
    journal.record(CORRECTED, Corrected("b1", began))


def _began(kept: Kept, entry: Entry) -> int:
    query = "SELECT began FROM boots WHERE source = ? AND boot = ?"
    return int(kept.db.conn.execute(query, (entry.source, entry.boot)).fetchone()[0])


def test_times_of_this_boot_are_corrected_and_the_order_stays(tmp_path: Path) -> None:
    machine = Machine(0)
    with opened(tmp_path) as kept:
        clock, journal = Clock(kept.store, machine), kept.journal
        journal._tick, journal._now = machine, clock.now
        early = journal.record(ALOUD, Said("early"))
        machine.run(60_000)
        clock.on_move = lambda began: correct(journal, began)
        clock.observe_signed(NOW, 100)
        late = journal.record(ALOUD, Said("late"))
        times = [corrected(e.at, _began(kept, e), e.uptime) for e in (early, late)]
        assert times == [(NOW - 60_000) // 1000, NOW // 1000]
        assert [entry.seq for entry in journal.entries(kept.db)] == [1, 2, 3]
        with kept.store.writing() as db:
            MODELS.rebuild(db)
        assert corrected(early.at, _began(kept, early), early.uptime) == times[0]


def test_the_newest_verified_time_is_kept_now_and_then(tmp_path: Path) -> None:
    machine = Machine(NOW)
    with opened(tmp_path) as kept:
        clock = Clock(kept.store, machine)
        clock.observe_signed(NOW, 100)
        machine.run(599_000)
        clock.keep()
        assert Clock(kept.store, machine).state.last == NOW
        machine.run(2_000)
        clock.keep()
        assert Clock(kept.store, machine).state.last == NOW + 601_000


def test_a_node_goes_by_its_own_clock(tmp_path: Path) -> None:
    with opened(tmp_path) as kept:
        clock = Clock(kept.store, Machine(1_234_000), trusted=True)
        assert (clock.now(), clock.verified, clock.lapse_time()) == (1234, True, 1234)
