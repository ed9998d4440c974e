"""Coordinators' passphrases and codes: counted before they are checked, each code good once."""

from __future__ import annotations

import re
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyotp
import pytest
from mnemonic import Mnemonic

from kiosk.core.errors import Refused, TryLater
from kiosk.people import hashing, operations, passphrases
from kiosk.people.attempts import LOCKED_AT, Waiting
from kiosk.people.passphrases import STEP, WRONG, WrongPassphrase
from tests.support import Bench
from tests.support.node import PASSPHRASE, Node, make_node

NOBODY = "99999"


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compare without the 25 ms that argon2id takes: what is tested is the counting."""
    monkeypatch.setattr(
        hashing, "matches", lambda kept, words: kept != hashing.NOBODY and words == PASSPHRASE
    )


def _try(node: Node, number: str, words: str = PASSPHRASE, code: str | None = None) -> str:
    """ "", or what the person is told; with the code of this moment unless one is given."""
    if code is None:
        code = node.code(number) if number in node.secrets else "123456"
    try:
        passphrases.check(node.here, number, words, code)
    except (WrongPassphrase, Waiting) as error:
        return str(error)
    return ""


def _fail(node: Node, number: str, times: int = LOCKED_AT) -> None:
    for _ in range(times):
        node.time.pass_seconds(3600)
        assert _try(node, number, "wrong wrong wrong") == WRONG


def _counted(node: Node) -> list[int]:
    return [row[0] for row in node.here.db.conn.execute("SELECT failures FROM pin_attempts")]


def test_passphrase_and_code_together_let_a_coordinator_in(node: Node, rosa: str) -> None:
    assert _try(node, rosa) == ""
    assert _counted(node) == []


def test_a_passphrase_typed_in_another_way_is_the_same(node: Node, rosa: str) -> None:
    node.give_passphrase(rosa, "Café im  Lindenhof")
    assert _try(node, rosa, " Cafe\u0301 im Lindenhof ") == ""


@pytest.mark.parametrize("words", ["wrong wrong wrong", "", PASSPHRASE.upper(), PASSPHRASE + "x"])
def test_the_code_alone_lets_nobody_in(node: Node, rosa: str, words: str) -> None:
    assert _try(node, rosa, words) == WRONG


@pytest.mark.parametrize("code", ["", "000000", "12345", "1234567", "²²²²²²", "abcdef"])
def test_the_passphrase_alone_lets_nobody_in(node: Node, rosa: str, code: str) -> None:
    assert _try(node, rosa, code=code) == WRONG


@pytest.mark.parametrize("steps", [-1, 0, 1])
def test_a_phone_may_be_half_a_minute_off(node: Node, rosa: str, steps: int) -> None:
    assert _try(node, rosa, code=node.code(rosa, steps)) == ""


@pytest.mark.parametrize("steps", [-20, -2, 2, 20])
def test_a_code_of_long_ago_or_of_later_is_none(node: Node, rosa: str, steps: int) -> None:
    assert _try(node, rosa, code=node.code(rosa, steps)) == WRONG


def test_a_code_is_good_once(node: Node, rosa: str) -> None:
    code = node.code(rosa)
    assert _try(node, rosa, code=code) == ""
    for _ in range(3):
        assert _try(node, rosa, code=code) == WRONG
        node.time.pass_seconds(16)


def test_a_code_older_than_the_last_one_used_is_worth_nothing(node: Node, rosa: str) -> None:
    assert _try(node, rosa, code=node.code(rosa, 1)) == ""
    assert _try(node, rosa, code=node.code(rosa, 0)) == WRONG
    node.time.pass_seconds(2 * STEP)
    assert _try(node, rosa) == ""


def test_a_code_that_was_used_stays_used_after_a_restart(node: Node, rosa: str, tmp_path: Path) -> None:
    code = node.code(rosa)
    assert _try(node, rosa, code=code) == ""
    node.close()
    again = make_node(tmp_path / "node", node.time)
    assert _try(again, rosa, code=code) == WRONG
    again.close()


def test_of_two_who_bring_one_code_at_once_one_gets_in(node: Node, rosa: str) -> None:
    code = node.code(rosa)
    with ThreadPoolExecutor(2) as both:
        told = list(both.map(lambda _: _try(node, rosa, code=code), range(2)))
    assert sorted(told) == ["", WRONG]


def test_a_failure_is_on_the_disk_before_the_passphrase_is_looked_at(
    node: Node, rosa: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[list[int]] = []

    def power_cut(_kept: str, _words: str) -> bool:
        with ThreadPoolExecutor(1) as other:  # a connection of its own: it sees what is committed
            seen.append(other.submit(_counted, node).result())
        raise KeyboardInterrupt

    monkeypatch.setattr(hashing, "matches", power_cut)
    with pytest.raises(KeyboardInterrupt):
        _try(node, rosa)
    assert seen == [[1]]


@pytest.mark.usefixtures("quick")
def test_tries_wait_longer_and_longer_and_ten_lock_one_number_alone(node: Node, rosa: str) -> None:
    lea = node.coordinator("Lea")
    for _ in range(3):
        assert _try(node, rosa, "wrong wrong wrong") == WRONG
    assert "Wait 15 seconds" in _try(node, rosa)
    _fail(node, rosa, LOCKED_AT - 3)
    node.time.pass_seconds(365 * 86400)
    assert "locked" in _try(node, rosa)
    assert _try(node, lea) == ""


@pytest.mark.usefixtures("quick")
def test_a_lock_outlives_restart_reboot_and_a_jump_of_the_clock(
    node: Node, rosa: str, tmp_path: Path
) -> None:
    _fail(node, rosa)
    node.close()
    node.time.boot, node.time.uptime = "b00700000002", 10_000
    node.time.system += 30 * 365 * 86400_000
    again = make_node(tmp_path / "node", node.time)
    again.secrets = node.secrets
    assert "locked" in _try(again, rosa)
    again.close()


@pytest.mark.usefixtures("quick")
@pytest.mark.parametrize("leap", [-30 * 365 * 86400_000, 30 * 365 * 86400_000])
def test_a_jump_of_the_clock_shortens_no_wait(node: Node, rosa: str, leap: int) -> None:
    _fail(node, rosa, 4)
    node.time.system += leap
    assert "Wait 30 seconds" in _try(node, rosa)


@pytest.mark.usefixtures("quick")
def test_an_unknown_number_and_one_without_a_passphrase_wait_and_lock_alike(node: Node, rosa: str) -> None:
    numbers = [rosa, NOBODY, node.member("Ines", "steward"), node.member("Leo", "coordinator")]
    told: dict[str, list[str]] = {number: [] for number in numbers}
    for _ in range(14):
        for number in numbers:
            told[number].append(_try(node, number, "wrong wrong wrong"))
        node.time.pass_seconds(400)
    assert told[rosa][-1].startswith("This number is locked")
    assert len({tuple(heard) for heard in told.values()}) == 1


def test_a_number_that_nobody_has_is_hashed_as_well(
    node: Node, rosa: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    hashed: list[str] = []
    real = hashing.matches

    def noting(kept: str, words: str) -> bool:
        hashed.append(kept)
        return real(kept, words)

    monkeypatch.setattr(hashing, "matches", noting)
    assert _try(node, NOBODY) == _try(node, rosa, "wrong wrong wrong") == WRONG
    assert [kept.split("$")[:4] for kept in hashed] == [hashed[0].split("$")[:4]] * 2


def test_a_new_passphrase_lifts_the_lock_and_ends_the_old_one(node: Node, rosa: str) -> None:
    _fail(node, rosa)
    old = node.secrets[rosa]
    node.give_passphrase(rosa, "quite another sentence")
    assert _try(node, rosa, code=pyotp.TOTP(old).at(node.time.system // 1000)) == WRONG
    assert _try(node, rosa, "quite another sentence") == ""


def test_a_flood_of_tries_leaves_room_for_others(
    node: Node, rosa: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def another(_kept: str, _words: str) -> bool:
        _try(node, rosa)
        return False

    monkeypatch.setattr(hashing, "matches", another)
    with pytest.raises(TryLater):
        _try(node, rosa)
    monkeypatch.undo()
    node.time.pass_seconds(3600)
    assert _try(node, rosa) == ""


def test_six_words_are_made_up_where_none_is_given(node: Node, rosa: str) -> None:
    made = passphrases.set_passphrase(node.here, member=rosa)
    words = made["passphrase"].split()
    assert len(words) == 6
    assert set(words) <= set(Mnemonic("english").wordlist)
    assert passphrases.made_up() != passphrases.made_up()


@pytest.mark.parametrize("words", ["short", "x" * 11, " x " * 3, "y" * 201])
def test_a_passphrase_that_is_too_short_or_too_long_is_refused(node: Node, rosa: str, words: str) -> None:
    with pytest.raises(Refused, match="at least 12"):
        passphrases.set_passphrase(node.here, member=rosa, passphrase=words)
    assert _try(node, rosa) == ""


def test_only_coordinators_get_a_passphrase_and_only_at_the_node(node: Node, bench: Bench) -> None:
    steward = node.member("Ines", "steward")
    for number, said in ((steward, "no coordinator"), (NOBODY, "no member")):
        with pytest.raises(Refused, match=said):
            passphrases.set_passphrase(node.here, member=number)
    with pytest.raises(Refused, match="for the node"):
        passphrases.set_passphrase(bench.here, member="12345")


def test_who_left_signs_in_no_more(node: Node, rosa: str) -> None:
    operations.member_leaves(node.here, member=rosa)
    assert _try(node, rosa) == WRONG
    assert node.here.db.conn.execute("SELECT count(*) FROM passphrases").fetchone() == (0,)


def test_the_passphrase_is_in_no_file_and_nothing_of_it_in_the_journal(
    node: Node, rosa: str, tmp_path: Path
) -> None:
    _try(node, rosa, "canary-umbrella-tin")
    kept = b"".join(path.read_bytes() for path in (tmp_path / "node").iterdir() if path.is_file())
    assert PASSPHRASE.encode() not in kept
    assert b"canary-umbrella-tin" not in kept
    with sqlite3.connect(tmp_path / "node" / "safe-bench.db") as db:
        bodies = b"".join(
            bytes(body) for (body,) in db.execute("SELECT body FROM events WHERE body NOT NULL")
        )
    db.close()
    assert node.secrets[rosa].encode() not in bodies
    assert re.search(rb"passphrase|otpauth", bodies) is None
