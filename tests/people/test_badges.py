"""Badges: read with no network, and only when this network's node made them."""

from __future__ import annotations

import pytest
import qrcode
from hypothesis import given
from hypothesis import strategies as st

from kiosk.adapters.keys import DeviceKey
from kiosk.people.badges import PREFIX, VALID_DAYS, NotABadge, issue, read
from tests.support import EVENING, NETWORK

NODE, OTHER_NODE = DeviceKey.generate(), DeviceKey.generate()
DAY = 86400
_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"


def _badge(member: str = "12345", network: str = NETWORK, node: DeviceKey = NODE, at: int = EVENING) -> str:
    return issue(member, network, node.public, node.sign, at)


def _refusal(text: str, at: int = EVENING) -> str:
    with pytest.raises(NotABadge) as refused:
        read(text, NETWORK, [NODE.public], at)
    return str(refused.value)


BADGE = _badge()


def test_a_badge_says_whose_it_is_for_a_year() -> None:
    found = read(BADGE, NETWORK, [NODE.public], EVENING + VALID_DAYS * DAY - 1)
    assert (found.member, found.issued) == ("12345", EVENING)


def test_a_member_number_keeps_its_leading_noughts() -> None:
    assert read(_badge("00042"), NETWORK, [NODE.public], EVENING).member == "00042"


def test_a_badge_takes_at_most_100_bytes_of_a_code_in_alphanumeric_mode() -> None:
    code = qrcode.QRCode()
    code.add_data(BADGE)
    assert [part.mode for part in code.data_list] == [qrcode.util.MODE_ALPHA_NUM]
    bits = 4 + 9 + 11 * (len(BADGE) // 2) + 6 * (len(BADGE) % 2)
    assert bits <= 100 * 8


def test_what_a_scanner_types_around_a_badge_does_not_matter() -> None:
    assert read(f"  {BADGE.lower()}\r\n", NETWORK, [NODE.public], EVENING).member == "12345"


def test_an_expired_badge_is_refused_from_its_last_second_on() -> None:
    assert "expired" in _refusal(BADGE, EVENING + VALID_DAYS * DAY)


def test_a_badge_of_another_network_is_refused_also_under_our_key() -> None:
    assert "another neighbourhood" in _refusal(_badge(network="elsewhere"))


def test_a_badge_that_another_key_made_is_refused() -> None:
    assert "not made by this neighbourhood" in _refusal(_badge(node=OTHER_NODE))


def test_a_badge_that_claims_our_key_and_was_signed_by_another_is_refused() -> None:
    forged = issue("12345", NETWORK, NODE.public, OTHER_NODE.sign, EVENING)
    assert "not made by this neighbourhood" in _refusal(forged)


def test_a_signature_made_for_something_else_makes_no_badge() -> None:
    forged = issue("12345", NETWORK, NODE.public, lambda facts: NODE.sign(b"x" + facts), EVENING)
    assert "not made by this neighbourhood" in _refusal(forged)


@given(st.integers(len(PREFIX), len(BADGE) - 1), st.sampled_from(_LETTERS))
def test_a_badge_with_one_letter_changed_is_refused(place: int, letter: str) -> None:
    altered = BADGE[:place] + letter + BADGE[place + 1 :]
    if altered != BADGE:
        _refusal(altered)


@given(st.integers(0, len(BADGE) - 1))
def test_half_a_badge_is_refused(length: int) -> None:
    _refusal(BADGE[:length])


@given(st.text(max_size=200))
def test_no_text_is_taken_for_a_badge(text: str) -> None:
    _refusal(text)
    _refusal(PREFIX + text)


@given(st.binary(min_size=80, max_size=80))
def test_no_bytes_of_the_right_length_make_a_badge(raw: bytes) -> None:
    import base64

    _refusal(PREFIX + base64.b32encode(raw).decode())


@pytest.mark.parametrize(
    "text", ["", "SB1:", "SB2:" + BADGE[4:], BADGE + "A", BADGE * 2, "https://example.org/", "SB1:\x00", "ﬀ"]
)
def test_what_is_no_whole_badge_is_refused_in_words(text: str) -> None:
    assert _refusal(text).endswith(".")


def test_badges_of_every_key_that_counts_are_read_and_those_of_one_that_was_dropped_are_not() -> None:
    both = [NODE.public, OTHER_NODE.public]
    old, new = _badge("11111", node=OTHER_NODE), _badge("22222")
    assert [read(text, NETWORK, both, EVENING).member for text in (old, new)] == ["11111", "22222"]
    assert "not made by this neighbourhood" in _refusal(old)
