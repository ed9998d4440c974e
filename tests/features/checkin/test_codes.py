"""The bench's own code: who can make one, and when it counts."""

from __future__ import annotations

import base64
import hmac
import re
from hashlib import sha256

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from kiosk.adapters.keys import DeviceKey
from kiosk.core.clock import Tick
from kiosk.features.checkin import codes
from kiosk.features.checkin.codes import Shown, Wrong
from kiosk.features.checkin.events import Code

KEY = DeviceKey.of(bytes(range(32))).derive
OTHER = DeviceKey.of(bytes(32)).derive
BENCH, BOOT = "linden-bakery", "b00700000001"
BOOTS = [BOOT, "b00700000002"]

steps = st.integers(0, 2**24 - 1)
counts = st.integers(0, codes.MOST - 1)
names = st.text("abcdefghijklmnopqrstuvwxyz0123456789-", min_size=1, max_size=40)


def tick(step: int, boot: str = BOOT, after: int = 0) -> Tick:
    return Tick(0, step * codes.STEP + after, boot)


def made(step: int = 2000, n: int = 0, *, bench: str = BENCH, boot: str = BOOT) -> str:
    return codes.make(KEY, bench, boot, step, n)


@given(steps, counts)
def test_the_bench_reads_what_it_made(step: int, n: int) -> None:
    assert codes.read(KEY, BENCH, BOOTS, made(step, n)) == Shown(BOOT, step, n)


@given(steps, counts)
def test_a_code_is_short_and_goes_into_an_address_as_it_is(step: int, n: int) -> None:
    text = made(step, n)
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,24}", text)
    assert msgspec.convert(text, Code) == text


@given(st.tuples(steps, counts), st.tuples(steps, counts))
def test_no_two_codes_are_the_same(one: tuple[int, int], other: tuple[int, int]) -> None:
    assume(one != other)
    assert made(*one) != made(*other)


def test_a_step_has_so_many_codes_and_no_more() -> None:
    with pytest.raises(ValueError, match="256"):
        made(n=codes.MOST)


def test_the_code_is_the_one_that_the_readme_describes() -> None:
    """Made a second time from nothing but the words: HKDF (RFC 5869) and HMAC by hand."""
    head = sha256(BENCH.encode()).digest()[:2] + sha256(BOOT.encode()).digest()[:2] + b"\0\x07\xd0\3"
    extracted = hmac.digest(bytes(32), bytes(range(32)), "sha256")
    context = f"safe-bench code v1\n{BENCH}\n{BOOT}".encode()
    key = hmac.digest(extracted, context + b"\x01", "sha256")
    mac = hmac.digest(key, head, "sha256")[:10]
    assert made(2000, 3) == base64.urlsafe_b64encode(head + mac).decode()


@given(steps, counts, st.integers(0, 143))
def test_a_code_with_any_bit_changed_is_refused(step: int, n: int, bit: int) -> None:
    raw = bytearray(base64.urlsafe_b64decode(made(step, n)))
    raw[bit // 8] ^= 1 << bit % 8
    text = base64.urlsafe_b64encode(raw).decode()
    assert codes.read(KEY, BENCH, BOOTS, text) in (Wrong.FORGED, Wrong.OTHER_BENCH)


@given(steps, counts)
def test_a_code_made_with_another_devices_key_is_forged(step: int, n: int) -> None:
    assert codes.read(OTHER, BENCH, BOOTS, made(step, n)) is Wrong.FORGED


@given(names)
def test_a_code_of_another_bench_says_so_or_is_forged(other: str) -> None:
    assume(other != BENCH)
    read = codes.read(KEY, BENCH, BOOTS, made(bench=other))
    assert read in (Wrong.OTHER_BENCH, Wrong.FORGED)


def namesake(name: str) -> str:
    """Another name that a code's two bytes do not tell from this one."""
    tag = sha256(name.encode()).digest()[:2]
    others = (f"{name[:-4]}{n}" for n in range(1_000_000))
    return next(other for other in others if other != name and sha256(other.encode()).digest()[:2] == tag)


def test_a_code_of_a_bench_whose_name_looks_the_same_is_forged() -> None:
    assert codes.read(KEY, BENCH, BOOTS, made(bench=namesake(BENCH))) is Wrong.FORGED


def test_a_code_of_a_boot_whose_name_looks_the_same_is_forged() -> None:
    assert codes.read(KEY, BENCH, BOOTS, made(boot=namesake(BOOT))) is Wrong.FORGED


def test_a_code_of_a_boot_that_nobody_knows_is_forged() -> None:
    assert codes.read(KEY, BENCH, BOOTS, made(boot="c0ffee000000")) is Wrong.FORGED


@given(st.text(max_size=30))
def test_whatever_is_no_code_is_unreadable(text: str) -> None:
    assert codes.read(KEY, BENCH, BOOTS, text) in (Wrong.UNREADABLE, Wrong.OTHER_BENCH)


@given(steps, st.integers(0, 23))
def test_a_code_that_was_cut_is_unreadable(step: int, kept: int) -> None:
    assert codes.read(KEY, BENCH, BOOTS, made(step)[:kept]) is Wrong.UNREADABLE


def test_a_code_is_read_in_one_spelling_only() -> None:
    text = made()
    for other in (text + "\n", " " + text, text + "====", text[:8] + "\n" + text[8:]):
        assert codes.read(KEY, BENCH, BOOTS, other) is Wrong.UNREADABLE


@given(st.integers(0, 10_000), st.integers(0, codes.STEP - 1))
def test_a_code_counts_in_its_own_step_and_the_next(step: int, after: int) -> None:
    shown = Shown(BOOT, step, 0)
    assert codes.judge(shown, tick(step, after=after)) is None
    assert codes.judge(shown, tick(step + 1, after=after)) is None
    assert codes.judge(shown, tick(step + 2, after=after)) is Wrong.OLD


@given(st.integers(1, 10_000), st.integers(1, 10_000))
def test_a_code_of_a_step_to_come_does_not_count(step: int, ahead: int) -> None:
    assert codes.judge(Shown(BOOT, step + ahead, 0), tick(step)) is Wrong.EARLY


@given(st.integers(0, 10_000))
def test_a_code_of_an_earlier_boot_is_old_whatever_its_step(step: int) -> None:
    assert codes.judge(Shown("b00700000002", step, 0), tick(step)) is Wrong.OLD


@given(st.integers(0, 2**40))
def test_what_the_system_clock_says_does_not_matter(system: int) -> None:
    assert codes.judge(Shown(BOOT, 7, 0), Tick(system, 7 * codes.STEP, BOOT)) is None


BEGAN = 1_795_466_000_000


@pytest.mark.parametrize(
    ("seconds", "wrong"),
    [(-11, Wrong.EARLY), (-10, None), (0, None), (29, None), (59, None), (69, None), (70, Wrong.OLD)],
)
def test_an_ask_counts_within_the_step_and_the_next_and_ten_seconds(
    seconds: int, wrong: Wrong | None
) -> None:
    step = 40
    at = (BEGAN + step * codes.STEP) // 1000 + seconds
    assert codes.judge_at(Shown(BOOT, step, 0), BEGAN, at) is wrong


def test_the_time_left_is_until_the_next_step() -> None:
    assert codes.step_at(59_999) == 1
    assert codes.left_of(59_999) == 1
    assert codes.left_of(60_000) == codes.STEP
