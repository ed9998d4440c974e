"""PINs: counted on disk before they are checked, with growing waits, locked at ten, each member alone."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import date
from pathlib import Path

import pytest

from kiosk.core.mandate import Role
from kiosk.people import events, pins
from kiosk.people.pins import LOCKED_AT, Waiting, WrongPin
from tests.support import PIN, Bench, Time, make_bench

WRONG_PIN = "000000"
OTHER_HASH = pins.hash_pin("135790")


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compare PINs without the 25 ms that argon2id takes: what is tested is the counting."""
    monkeypatch.setattr(pins, "_matches", lambda hashed, pin: hashed != pins._NOBODY and pin == PIN)


def _try(bench: Bench, who: str = "12345", pin: str = WRONG_PIN) -> str:
    """ "", or what the person is told."""
    try:
        pins.check(bench.here, who, pin)
    except (WrongPin, Waiting) as error:
        return str(error)
    return ""


def _fail(bench: Bench, times: int, who: str = "12345") -> None:
    for _ in range(times):
        bench.time.pass_seconds(3600)
        assert "do not go together" in _try(bench, who)


def _counted(bench: Bench) -> list[int]:
    return [row[0] for row in bench.here.db.conn.execute("SELECT failures FROM pin_attempts")]


def _again(bench: Bench, tmp_path: Path) -> Bench:
    """The same data under a new process."""
    from kiosk.adapters.datadir import DataDir
    from kiosk.bench import create_bench
    from kiosk.config import Config
    from kiosk.web.services import EXTENSION

    bench.here.journal.store.close()
    app = create_bench(Config(), DataDir(tmp_path / "bench"), tick=bench.time)
    return Bench(app, app.extensions[EXTENSION], bench.time, bench.node)


def test_a_pin_is_six_digits_and_only_its_slow_hash_is_kept() -> None:
    pin = pins.new_pin()
    assert len(pin) == 6
    assert pin.isdigit()
    assert pins.hash_pin(pin).startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert pins.hash_pin(pin) != pins.hash_pin(pin)


def test_number_and_name_in_any_case_go_with_the_pin(bench: Bench) -> None:
    bench.member("12345", "Ines")
    for who in ("12345", "Ines", "INES"):
        assert pins.check(bench.here, who, PIN).id == "12345"


def test_a_failure_is_on_the_disk_before_the_pin_is_looked_at(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench.member("12345", "Ines")
    seen: list[list[int]] = []

    def power_cut(_hashed: str, _pin: str) -> bool:
        with ThreadPoolExecutor(1) as other:  # a connection of its own: it sees what is committed
            seen.append(other.submit(_counted, bench).result())
        raise KeyboardInterrupt

    monkeypatch.setattr(pins, "_matches", power_cut)
    with pytest.raises(KeyboardInterrupt):
        _try(bench, pin=PIN)
    assert seen == [[1]]
    assert _counted(bench) == [1]


@pytest.mark.usefixtures("quick")
def test_the_right_pin_forgets_the_failures_before_it(bench: Bench) -> None:
    bench.member("12345", "Ines")
    _fail(bench, 2)
    assert _try(bench, pin=PIN) == ""
    assert _counted(bench) == []


@pytest.mark.usefixtures("quick")
def test_after_three_failures_each_wait_is_twice_the_one_before(bench: Bench) -> None:
    bench.member("12345", "Ines")
    for _ in range(3):
        assert "do not go together" in _try(bench)
    for wait in (15, 30, 60, 120, 240, 480, 960):
        bench.time.pass_seconds(wait - 1)
        assert "Wait 1 second," in _try(bench, pin=PIN)
        bench.time.pass_seconds(1)
        assert "do not go together" in _try(bench)
    assert "locked" in _try(bench, pin=PIN)


@pytest.mark.usefixtures("quick")
def test_a_refused_try_does_not_make_the_wait_longer(bench: Bench) -> None:
    bench.member("12345", "Ines")
    _fail(bench, 3)
    for _ in range(5):
        assert "Wait" in _try(bench)
    bench.time.pass_seconds(15)
    assert _try(bench, pin=PIN) == ""


@pytest.mark.usefixtures("quick")
def test_ten_failures_lock_a_pin_for_good_and_nobody_elses(bench: Bench) -> None:
    bench.member("12345", "Ines")
    bench.member("23456", "Oskar")
    _fail(bench, LOCKED_AT)
    bench.time.pass_seconds(365 * 86400)
    for who in ("12345", "ines"):
        assert "locked" in _try(bench, who, PIN)
    assert _try(bench, "23456", PIN) == ""


@pytest.mark.usefixtures("quick")
def test_a_new_pin_lifts_a_lock(bench: Bench) -> None:
    bench.member("12345", "Ines")
    _fail(bench, LOCKED_AT)
    bench.from_node((events.PIN_SET, events.PinSet("12345", OTHER_HASH)))
    assert _try(bench, pin=PIN) == ""


@pytest.mark.usefixtures("quick")
def test_a_lock_outlives_a_restart_of_the_program_and_of_the_machine(bench: Bench, tmp_path: Path) -> None:
    bench.member("12345", "Ines")
    _fail(bench, LOCKED_AT)
    restarted = _again(bench, tmp_path)
    assert "locked" in _try(restarted, pin=PIN)
    bench.time.boot, bench.time.uptime = "b00700000002", 10_000
    rebooted = _again(restarted, tmp_path)
    assert "locked" in _try(rebooted, pin=PIN)
    rebooted.here.journal.store.close()


@pytest.mark.usefixtures("quick")
def test_a_wait_is_not_shortened_by_a_restart_of_the_machine(bench: Bench) -> None:
    bench.member("12345", "Ines")
    _fail(bench, 7)
    bench.time.boot, bench.time.uptime = "b00700000002", 20_000
    assert "Wait 4 minutes" in _try(bench, pin=PIN)
    bench.time.uptime = 240_000
    assert _try(bench, pin=PIN) == ""


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("leap", [-30 * 365 * 86400_000, 30 * 365 * 86400_000])
def test_a_jump_of_the_clock_neither_shortens_nor_lengthens_a_wait(bench: Bench, leap: int) -> None:
    bench.member("12345", "Ines")
    _fail(bench, 4)
    bench.time.system += leap
    assert "Wait 30 seconds" in _try(bench, pin=PIN)
    bench.time.uptime += 30_000
    assert _try(bench, pin=PIN) == ""


def test_an_unknown_name_a_wrong_pin_a_shared_name_and_no_pin_yet_are_told_the_same(bench: Bench) -> None:
    bench.member("12345", "Ines")
    bench.member("23456", "Ana")
    bench.member("34567", "Ana")
    bench.from_node((events.ADDED, events.Added("45678", "New")))
    told = {
        _try(bench, who, pin)
        for who, pin in [("Ines", WRONG_PIN), ("Nobody", PIN), ("99999", PIN), ("Ana", PIN), ("New", PIN)]
    }
    assert len(told) == 1
    assert "use your number" in told.pop()


def test_of_two_members_with_one_name_each_signs_in_by_number(bench: Bench) -> None:
    bench.member("23456", "Ana")
    bench.member("34567", "Ana")
    assert [_try(bench, who, PIN) for who in ("23456", "34567")] == ["", ""]


@pytest.mark.usefixtures("quick")
def test_an_unknown_name_waits_and_locks_like_a_known_one(bench: Bench) -> None:
    bench.member("12345", "Ines")
    told: dict[str, list[str]] = {"Ines": [], "Nobody": []}
    for who, heard in told.items():
        for _ in range(14):
            heard.append(_try(bench, who))
            bench.time.pass_seconds(400)
    assert told["Ines"] == told["Nobody"]


@pytest.mark.usefixtures("quick")
def test_failures_of_one_unknown_name_do_not_show_on_another(bench: Bench) -> None:
    """Else a name that is known would be told by its still being free to try."""
    for number in range(90):
        for _ in range(3):
            _try(bench, f"stranger {number}")
    assert all("do not go together" in _try(bench, f"nobody {number}") for number in range(30))


@pytest.mark.usefixtures("quick")
def test_unknown_names_do_not_fill_the_disk_nor_push_out_a_members_count(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pins, "_STRANGERS", 20)
    bench.member("12345", "Ines")
    _fail(bench, LOCKED_AT)
    for number in range(60):
        bench.time.pass_seconds(1)
        _try(bench, f"stranger {number}")
    assert len(_counted(bench)) == 21
    assert "locked" in _try(bench, pin=PIN)


def _known_in_every_way(bench: Bench) -> None:
    """Members with a PIN, with one for tonight as well, with only that, with none, and two of one name."""
    for number, name in (("12345", "Ines"), ("23456", "Ana"), ("34567", "Ana"), ("56789", "Rosa")):
        bench.member(number, name)
    bench.from_node(
        (events.ADDED, events.Added("45678", "New")), (events.ADDED, events.Added("45679", "Sana"))
    )
    for member in ("56789", "45679"):
        lent = events.Vouched(member, ("12345", "23456"), date(2026, 11, 23), OTHER_HASH)
        bench.here.journal.record(events.VOUCHED, lent)


@pytest.mark.parametrize("own", [False, True])
def test_every_check_takes_two_whole_hashes_whoever_is_named(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, own: bool
) -> None:
    """What a name is, and whether somebody was vouched for, is not told by how long an answer takes."""
    from argon2 import PasswordHasher

    _known_in_every_way(bench)
    cost: list[list[str]] = []
    verify: Callable[..., bool] = PasswordHasher.verify

    def counted(self: PasswordHasher, hashed: str, pin: str) -> bool:
        cost[-1].append(hashed.rsplit("$", 2)[0])
        return verify(self, hashed, pin)

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    for who in ("Ines", "Nobody", "99999", "Ana", "New", "Rosa", "Sana"):
        for pin in (WRONG_PIN, PIN, "135790"):
            cost.append([])
            with suppress(WrongPin):
                pins.check(bench.here, who, pin, own=own)
    assert cost == [["$argon2id$v=19$m=19456,t=2,p=1"] * 2] * 21


def test_argon2_runs_one_at_a_time(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    from argon2 import PasswordHasher

    running, most = [0], [0]
    guard = threading.Lock()
    verify: Callable[..., bool] = PasswordHasher.verify

    def watched(self: PasswordHasher, hashed: str, pin: str) -> bool:
        with guard:
            running[0] += 1
            most[0] = max(most[0], running[0])
        try:
            return verify(self, hashed, pin)
        finally:
            with guard:
                running[0] -= 1

    monkeypatch.setattr(PasswordHasher, "verify", watched)
    with ThreadPoolExecutor(6) as people:
        list(people.map(lambda number: _try(bench, f"stranger {number}"), range(6)))
    assert most == [1]


@pytest.mark.usefixtures("quick")
def test_tries_at_the_same_moment_are_all_counted(bench: Bench) -> None:
    bench.member("12345", "Ines")
    with ThreadPoolExecutor(8) as people:
        told = list(people.map(lambda _: _try(bench), range(40)))
    assert sum("do not go together" in words for words in told) == 3
    assert _counted(bench) == [3]


@pytest.mark.parametrize("hashed", ["$argon2id$x", "$argon2id$v=19$m=19456,t=2,p=1$c2Fs$abc", "", "246810"])
def test_a_hash_that_does_not_read_matches_no_pin(hashed: str) -> None:
    assert not pins._matches(hashed, PIN)


def test_the_hash_for_nobody_is_one_that_takes_the_whole_time() -> None:
    from argon2 import PasswordHasher
    from argon2.exceptions import VerifyMismatchError

    with pytest.raises(VerifyMismatchError):
        PasswordHasher().verify(pins._NOBODY, PIN)
    assert pins._NOBODY.split("$")[:4] == OTHER_HASH.split("$")[:4]


def test_a_bench_without_a_described_neighbourhood_checks_pins(tmp_path: Path) -> None:
    bare = make_bench(tmp_path / "bare", Time(), described=False)
    bare.member("12345", "Ines", Role.STEWARD)
    assert _try(bare, pin=PIN) == ""
    bare.here.journal.store.close()
