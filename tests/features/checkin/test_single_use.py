"""A code of the bench counts once, whoever is first, and however often the program starts again."""

from __future__ import annotations

import threading

import pytest

from kiosk.adapters.keys import DeviceKey
from kiosk.composition import compose
from kiosk.core.event import Whole
from kiosk.core.mandate import Role
from kiosk.features.checkin import codes, desk, model, screen
from kiosk.features.checkin.desk import Result
from tests.support import Bench

BOOT = "b00700000001"


def code(bench: Bench, step: int = 2) -> str:
    return codes.make(bench.here.device.key.derive, "linden-bakery", BOOT, step, 0)


def patrol(bench: Bench) -> None:
    bench.member("12345", "Ines", Role.STEWARD)
    bench.member("22222", "Teo", Role.STEWARD)


def test_a_code_checks_in_and_the_log_says_that_it_was_by_phone(bench: Bench) -> None:
    patrol(bench)
    assert desk.come(bench.here, "12345", "phone", code(bench)).result is Result.IN
    entry = list(bench.here.journal.entries(bench.here.db))[-1]
    assert (entry.data.how, entry.data.code) == ("phone", code(bench))
    assert model.used_by(bench.here.db.conn, code(bench)) == "12345"


def test_a_badge_leaves_no_trace_of_a_code(bench: Bench) -> None:
    patrol(bench)
    desk.come(bench.here, "12345", "badge")
    journal, db = bench.here.journal, bench.here.db
    source = journal.find(db, journal.source)
    [form] = journal.forms(db, source, source.size, source.size)
    assert isinstance(form, Whole)
    assert b'"how":"badge"' in form.body
    assert b"code" not in form.body


def test_a_second_phone_with_the_same_code_is_told_that_it_was_used(bench: Bench) -> None:
    patrol(bench)
    desk.come(bench.here, "12345", "phone", code(bench))
    assert desk.come(bench.here, "22222", "phone", code(bench)).result is Result.CODE_USED
    assert model.last_stay(bench.here.db.conn, "linden-bakery", "22222") is None


def test_the_same_phone_that_sends_twice_is_in_once(bench: Bench) -> None:
    patrol(bench)
    desk.come(bench.here, "12345", "phone", code(bench))
    assert desk.come(bench.here, "12345", "phone", code(bench)).result is Result.ALREADY_IN


def test_nobody_leaves_with_a_code_that_was_used(bench: Bench) -> None:
    patrol(bench)
    desk.come(bench.here, "22222", "badge")
    desk.come(bench.here, "12345", "phone", code(bench))
    assert desk.go(bench.here, "22222", "phone", code(bench)).result is Result.CODE_USED
    assert desk.go(bench.here, "12345", "phone", code(bench)).result is Result.CODE_USED


def test_a_code_with_which_somebody_left_is_used(bench: Bench) -> None:
    patrol(bench)
    desk.come(bench.here, "12345", "badge")
    assert desk.go(bench.here, "12345", "phone", code(bench)).result is Result.OUT
    assert desk.come(bench.here, "22222", "phone", code(bench)).result is Result.CODE_USED


def test_what_is_undone_gives_no_code_back(bench: Bench) -> None:
    patrol(bench)
    desk.undo(bench.here, desk.come(bench.here, "12345", "phone", code(bench)))
    assert desk.come(bench.here, "22222", "phone", code(bench)).result is Result.CODE_USED


def test_a_used_code_stays_used_after_a_restart_and_a_rebuild(bench: Bench) -> None:
    patrol(bench)
    desk.come(bench.here, "12345", "phone", code(bench))
    bench.here.journal.store.close()
    again = compose(bench.data, bench.time)
    try:
        assert desk.come(again, "22222", "phone", code(bench)).result is Result.CODE_USED
        with again.journal.writing() as db:
            again.journal.models.rebuild(db)
        assert desk.come(again, "22222", "phone", code(bench)).result is Result.CODE_USED
    finally:
        again.journal.store.close()


def test_of_two_phones_at_once_one_is_in_and_the_other_is_told(bench: Bench) -> None:
    numbers = [f"3000{n}" for n in range(8)]
    for number in numbers:
        bench.member(number, f"Number {number}", Role.STEWARD)
    ready, results = threading.Barrier(len(numbers)), list[Result]()

    def scan(number: str) -> None:
        ready.wait(10)
        results.append(desk.come(bench.here, number, "phone", code(bench)).result)

    threads = [threading.Thread(target=scan, args=(number,)) for number in numbers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(result.name for result in results) == ["CODE_USED"] * 7 + ["IN"]


def test_the_keys_of_two_purposes_and_of_two_devices_differ() -> None:
    one, other = DeviceKey.generate(), DeviceKey.generate()
    assert one.derive(b"a") == one.derive(b"a")
    assert len({one.derive(b"a"), one.derive(b"b"), other.derive(b"a"), one.private.private_bytes_raw()}) == 4


def test_a_step_whose_codes_are_all_used_shows_its_last_one_until_the_next(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    patrol(bench)
    monkeypatch.setattr(codes, "MOST", 2)
    first = screen.present_code(bench.here)
    desk.come(bench.here, "12345", "phone", first)
    last = screen.present_code(bench.here)
    desk.come(bench.here, "22222", "phone", last)
    assert first != screen.present_code(bench.here) == last
    bench.time.pass_seconds(30)
    assert screen.present_code(bench.here) not in (first, last)
