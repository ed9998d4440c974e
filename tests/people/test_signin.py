"""Signing in at the bench."""

from __future__ import annotations

from pathlib import Path

import pytest

from kiosk.core.mandate import Role
from kiosk.people.pins import LOCKED_AT
from tests.support import PIN, Bench


def test_name_and_pin_sign_in_and_go_on_to_the_page_asked_for(bench: Bench) -> None:
    bench.member("12345", "Ines", Role.STEWARD)
    answer = bench.client.post("/sign-in", data={"who": "ines", "pin": PIN, "next": "/incidents/new"})
    assert answer.status_code == 303
    assert answer.location == "/incidents/new"


def test_the_page_asks_for_name_or_number_and_a_masked_pin(bench: Bench) -> None:
    page = bench.client.get("/sign-in").text
    assert "Your name or number" in page
    assert 'type="password"' in page
    assert 'autocomplete="off"' in page


def test_a_sign_in_page_that_nobody_touches_is_wiped(bench: Bench) -> None:
    assert "data-idle-seconds=" in bench.client.get("/sign-in").text


def test_a_wrong_pin_and_an_unknown_name_get_the_same_page(bench: Bench) -> None:
    bench.member("12345", "Ines", Role.STEWARD)
    wrong = bench.client.post("/sign-in", data={"who": "ines", "pin": "000000"})
    unknown = bench.client.post("/sign-in", data={"who": "ivan", "pin": "000000"})
    assert wrong.status_code == unknown.status_code == 422
    assert "do not go together" in wrong.text
    assert wrong.text.replace("ines", "") == unknown.text.replace("ivan", "")
    assert sorted(wrong.headers) == sorted(unknown.headers)


def test_everyone_hears_of_the_number_so_that_nobody_learns_who_shares_a_name(bench: Bench) -> None:
    bench.member("23456", "Ana")
    bench.member("34567", "Ana")
    shared = bench.client.post("/sign-in", data={"who": "ana", "pin": PIN})
    unknown = bench.client.post("/sign-in", data={"who": "ivan", "pin": PIN})
    assert "use your number" in shared.text
    assert shared.text.replace("ana", "") == unknown.text.replace("ivan", "")


def test_a_locked_pin_says_whom_to_ask_and_known_or_not_looks_alike(bench: Bench) -> None:
    bench.member("12345", "Ines")
    for _ in range(LOCKED_AT):
        for who in ("ines", "ivan"):
            bench.client.post("/sign-in", data={"who": who, "pin": "000000"})
        bench.time.pass_seconds(1000)
    pages = [
        bench.client.post("/sign-in", data={"who": who, "pin": PIN}).text.replace(who, "")
        for who in ("ines", "ivan")
    ]
    assert "a coordinator can give you a new one" in pages[0]
    assert pages[0] == pages[1]


@pytest.mark.parametrize("pin", ["", "12345", "1234567", "12a456", "１２３４５６", " ", "\x00" * 6])
def test_what_is_no_pin_is_said_and_the_name_is_kept(bench: Bench, pin: str) -> None:
    answer = bench.client.post("/sign-in", data={"who": "Ines", "pin": pin})
    assert answer.status_code == 422
    assert "A PIN has six digits" in answer.text
    assert 'value="Ines"' in answer.text


@pytest.mark.parametrize("who", ["", " ", "x" * 41, "\x00\u202e"])
def test_what_is_no_name_is_said(bench: Bench, who: str) -> None:
    answer = bench.client.post("/sign-in", data={"who": who, "pin": PIN})
    assert answer.status_code == 422
    assert "Type your name, or the number on your badge" in answer.text


def test_an_empty_form_is_answered_with_a_sentence(bench: Bench) -> None:
    answer = bench.client.post("/sign-in")
    assert answer.status_code == 422
    assert "Your name or number" in answer.text


def test_no_pin_ever_comes_back_in_a_page(bench: Bench) -> None:
    answer = bench.client.post("/sign-in", data={"who": "Ines", "pin": "918273"})
    assert "918273" not in answer.text


@pytest.mark.parametrize(
    "who",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "{{ 7*7 }}",
        "%s%n",
        "javascript:alert(1)",
    ],
)
def test_a_name_that_is_a_program_does_nothing(bench: Bench, who: str) -> None:
    page = bench.client.post("/sign-in", data={"who": who, "pin": "000000"}).text
    assert "<script>alert" not in page
    assert "<img" not in page
    assert ">49<" not in page
    assert 'value="49"' not in page


@pytest.mark.parametrize("who", ["' OR '1'='1", "1' --", '"; DROP TABLE members; --', "%", "_____", "*"])
def test_sql_in_a_name_signs_nobody_in(bench: Bench, who: str) -> None:
    bench.member("12345", "Ines")
    assert bench.client.post("/sign-in", data={"who": who, "pin": PIN}).status_code == 422
    assert bench.client.post("/sign-in", data={"who": "Ines", "pin": PIN}).status_code == 303


ELSEWHERE = [
    "//elsewhere.example/",
    "/\\elsewhere.example",
    "\\\\elsewhere.example",
    "\t//elsewhere.example",
    "/\t/elsewhere.example",
    "/\n/elsewhere.example",
    "https://elsewhere.example/",
    "https:elsewhere.example",
    "javascript:alert(1)",
    "elsewhere.example",
    "",
]


@pytest.mark.parametrize("address", ELSEWHERE)
def test_nobody_is_sent_to_another_host_after_signing_in(bench: Bench, address: str) -> None:
    bench.member("12345", "Ines")
    answer = bench.client.post("/sign-in", data={"who": "12345", "pin": PIN, "next": address})
    assert answer.location is not None
    assert answer.location.startswith("/")
    assert not answer.location.startswith(("//", "/\\"))


@pytest.mark.parametrize("address", ELSEWHERE)
def test_the_page_does_not_carry_such_an_address_on(bench: Bench, address: str) -> None:
    page = bench.client.get("/sign-in", query_string={"next": address}).text
    assert 'name="next" value="/"' in page


def test_a_full_disk_signs_nobody_in_and_says_so(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    from kiosk.core.errors import NotSaved
    from kiosk.people import pins

    def full(*_: object) -> None:
        raise NotSaved("The disk is full, so this was not saved.")

    monkeypatch.setattr(pins, "_count", full)
    bench.member("12345", "Ines")
    answer = bench.client.post("/sign-in", data={"who": "12345", "pin": PIN})
    assert answer.status_code == 507
    assert "sitting" not in answer.headers.get("Set-Cookie", "")


def test_a_pin_that_was_typed_is_in_no_file(bench: Bench) -> None:
    bench.member("12345", "Ines")
    for pin in ("918273", PIN):
        bench.client.post("/sign-in", data={"who": "12345", "pin": pin})
    place = Path(bench.here.journal.store.path).parent
    kept = b"".join(path.read_bytes() for path in place.iterdir() if path.is_file())
    assert b"918273" not in kept
    assert PIN.encode() not in kept
