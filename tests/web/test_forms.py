"""Forms: whatever somebody posts is decoded, cleaned or refused with a sentence."""

from __future__ import annotations

import unicodedata
from contextlib import suppress
from typing import Annotated
from urllib.parse import urlencode

import msgspec
import pytest
from flask import Flask, request
from hypothesis import given
from hypothesis import strategies as st

from kiosk.web.app import MAX_FORM
from kiosk.web.forms import FormError, clean, form
from tests.support import Bench


class Note(msgspec.Struct):
    words: Annotated[str, msgspec.Meta(min_length=1, max_length=20)]
    count: Annotated[int, msgspec.Meta(ge=0, le=9)] = 0
    sure: bool = False
    kinds: Annotated[list[Annotated[str, msgspec.Meta(max_length=5)]], msgspec.Meta(max_length=3)] = []


def _form(body: str | bytes, kind: str = "application/x-www-form-urlencoded") -> Note:
    with Flask("tries").test_request_context(method="POST", data=body, content_type=kind):
        return form(Note)


def _refused(body: str | bytes) -> str:
    with pytest.raises(FormError) as refused:
        _form(body)
    assert str(refused.value).endswith(".")
    return refused.value.field


def test_words_numbers_ticks_and_lists_are_read() -> None:
    assert _form("words=loud&count=3&sure=true&kinds=a&kinds=b") == Note("loud", 3, True, ["a", "b"])


def test_one_value_of_a_list_is_a_list() -> None:
    assert _form("words=loud&kinds=a").kinds == ["a"]


def test_of_a_field_sent_twice_the_first_counts() -> None:
    assert _form("words=first&words=second").words == "first"


def test_fields_that_nobody_asked_for_are_passed_over() -> None:
    assert _form("words=loud&admin=1&__class__=x") == Note("loud")


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ("", "words"),
        ("words=", "words"),
        ("words=+%09%0a", "words"),
        ("words=%00%E2%80%AE", "words"),
        ("words=" + "x" * 21, "words"),
        ("words=a&count=ten", "count"),
        ("words=a&count=10", "count"),
        ("words=a&count=-1", "count"),
        ("words=a&count=1e400", "count"),
        ("words=a&count=NaN", "count"),
        ("words=a&count=" + "9" * 5000, "count"),
        ("words=a&count=", "count"),
        ("words=a&sure=perhaps", "sure"),
        ("words=a&kinds=toolong", "kinds"),
        ("words=a&kinds=a&kinds=b&kinds=c&kinds=d", "kinds"),
    ],
)
def test_what_does_not_fit_is_refused_and_the_field_named(body: str, field: str) -> None:
    assert _refused(body) == field


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ('{"words": "loud"}', "application/json"),
        ("words=loud", "text/plain"),
        (b"\x00\xff" * 50, "multipart/form-data; boundary=x"),
        (b"--x\r\n", "multipart/form-data; boundary=x"),
        ("words=loud", ""),
    ],
)
def test_a_body_of_another_kind_is_an_empty_form(body: str | bytes, kind: str) -> None:
    with pytest.raises(FormError):
        _form(body, kind)


def test_bytes_that_are_no_text_do_not_break_anything() -> None:
    assert _form(b"words=%ff%fea").words == "%FF%FEa"
    assert "\ud800" not in _form(b"words=%ed%a0%80a").words


def test_many_fields_are_read_within_the_cap(bench: Bench) -> None:
    body = "&".join(f"f{n}=" for n in range(8000))
    assert len(body) < MAX_FORM
    assert _form("words=loud&" + body).words == "loud"


def test_a_hundred_thousand_fields_are_too_much_at_once(bench: Bench) -> None:
    body = "&".join(f"f{n}=1" for n in range(100_000))
    answer = bench.client.post("/sign-in", data=body, content_type="application/x-www-form-urlencoded")
    assert answer.status_code == 413
    assert "too much at once" in answer.text


def test_a_body_over_the_cap_gets_a_page_that_says_so(bench: Bench) -> None:
    for size, status in ((MAX_FORM, 422), (MAX_FORM + 1, 413)):
        body = "who=".ljust(size, "x")
        answer = bench.client.post("/sign-in", data=body, content_type="application/x-www-form-urlencoded")
        assert answer.status_code == status
        assert "<h1>" in answer.text


def test_an_upload_of_many_parts_is_refused(bench: Bench) -> None:
    part = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n'
    answer = bench.client.post(
        "/sign-in", data=part * 1200 + b"--x--\r\n", content_type="multipart/form-data; boundary=x"
    )
    assert answer.status_code == 413


def test_line_breaks_become_one_kind() -> None:
    assert clean("one\r\ntwo\rthree\n") == "one\ntwo\nthree"


@pytest.mark.parametrize(
    "sign", ["\x00", "\x1b", "\x7f", "\x85", "\u202e", "\u2066", "\u200f", "\ud800", "\u2028"]
)
def test_a_sign_that_nobody_sees_is_taken_out(sign: str) -> None:
    assert clean(f"a{sign}b") == "ab"


def test_letters_of_all_languages_stay() -> None:
    for words in ("Straße", "مرحبا بالجيران", "你好", "नमस्ते", "👩‍👩‍👧", "می‌خواهم"):
        assert clean(words) == unicodedata.normalize("NFC", words)


def test_the_same_letters_typed_otherwise_become_the_same() -> None:
    assert clean("Rene\u0301") == clean("René")
    assert clean("Rene\x00\u0301") == clean("René")


@given(st.text(alphabet=st.characters(), max_size=60))
def test_cleaning_leaves_text_that_can_be_stored_and_shown(text: str) -> None:
    cleaned = clean(text)
    assert clean(cleaned) == cleaned
    cleaned.encode("utf-8")
    assert not any(unicodedata.category(sign) in ("Cs", "Zl", "Zp") for sign in cleaned)
    assert not any(unicodedata.category(sign) == "Cc" and sign not in "\n\t" for sign in cleaned)
    assert not any(unicodedata.bidirectional(sign) in ("RLO", "LRO", "RLE", "LRE", "PDF") for sign in cleaned)


@given(st.dictionaries(st.text(max_size=10), st.text(max_size=30), max_size=6))
def test_any_form_is_read_or_refused_and_nothing_else(fields: dict[str, str]) -> None:
    body = urlencode({**fields, "words": "x"}, errors="replace")
    with Flask("tries").test_request_context(
        method="POST", data=body, content_type="application/x-www-form-urlencoded"
    ):
        with suppress(FormError):
            assert form(Note).words == "x"
        assert request.form["words"] == "x"
