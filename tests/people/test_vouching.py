"""A PIN was forgotten, and two stewards vouch: for whom, for how long, and what nobody learns by it."""

from __future__ import annotations

import re
import threading
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kiosk.adapters import retention
from kiosk.core.event import Whole, encode_body, new_salt
from kiosk.core.mandate import Role
from kiosk.people import events, pins, vouching
from kiosk.people.events import VOUCHED, Vouched
from kiosk.people.members import Member
from kiosk.people.pins import LOCKED_AT
from tests.support import EVENING, PIN, Bench

WRONG_PIN = "000000"
NIGHT_LEFT = (9 * 60 + 16) * 60
"""Seconds from the evening until 07:00."""


@pytest.fixture
def people(bench: Bench) -> Bench:
    """Two stewards on duty, and Rosa, who forgot her PIN."""
    bench.member("20001", "Ines", Role.STEWARD)
    bench.member("20002", "Teo", Role.STEWARD)
    bench.member("30001", "Rosa", Role.STEWARD)
    return bench


def step(client: FlaskClient, path: str, **fields: str) -> TestResponse:
    return client.post(path, data=fields, follow_redirects=True)


def vouch(
    bench: Bench,
    who: str = "Rosa",
    first: str = "Ines",
    second: str = "Teo",
    client: FlaskClient | None = None,
) -> TestResponse:
    """The page that the second steward's word gives."""
    client = client or bench.client
    step(client, "/vouch", badge=who)
    step(client, "/vouch/steward", who=first, pin=PIN)
    return step(client, "/vouch/steward", who=second, pin=PIN)


def pin_on(page: TestResponse) -> str:
    shown = re.search(r'class="digits" dir="ltr" data-unsaid>(\d{3}) (\d{3})<', page.text)
    assert shown is not None, page.text
    return shown[1] + shown[2]


def given(bench: Bench) -> list[Vouched]:
    return [entry.data for entry in bench.here.journal.entries(bench.here.db, [VOUCHED])]


def signs_in(bench: Bench, pin: str, who: str = "Rosa") -> bool:
    return bench.client.post("/sign-in", data={"who": who, "pin": pin}).status_code == 303


def counted(bench: Bench) -> dict[str, int]:
    """Failures by member number."""
    rows = bench.here.db.conn.execute("SELECT member, failures FROM pin_attempts")
    return {key[:5]: failures for key, failures in rows}


def test_both_pages_that_ask_for_a_pin_show_the_way(bench: Bench) -> None:
    for path in ("/sign-in", "/check-in/pin"):
        page = bench.client.get(path).text
        assert "I forgot my PIN" in page
        assert 'href="/vouch"' in page
    assert "Two stewards here can vouch for you tonight." in bench.client.get("/vouch").text


def test_two_stewards_give_a_pin_for_tonight_and_the_own_one_still_counts(people: Bench) -> None:
    page = vouch(people)
    assert page.request.path == "/vouch/pin"
    assert "good until 07:00, at this bench only" in page.text
    pin = pin_on(page)
    assert signs_in(people, pin)
    assert signs_in(people, PIN)
    assert not signs_in(people, WRONG_PIN)
    assert people.client.post("/check-in", data={"who": "Rosa", "pin": pin}).location == "/check-in/done"


def test_it_is_an_event_that_names_both_and_holds_a_slow_hash(people: Bench) -> None:
    pin = pin_on(vouch(people))
    (vouched,) = given(people)
    assert (vouched.member, vouched.by, vouched.night.isoformat()) == (
        "30001",
        ("20001", "20002"),
        "2026-11-23",
    )
    assert vouched.hash.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert (VOUCHED.scope, VOUCHED.keep_days) == ("bench", 2)
    place = Path(people.here.journal.store.path).parent
    assert not any(pin.encode() in path.read_bytes() for path in place.iterdir() if path.is_file())


def test_the_host_reads_who_vouched_for_whom(people: Bench) -> None:
    people.member("40001", "Oskar", Role.HOST)
    vouch(people)
    host = people.client
    host.post("/sign-in", data={"who": "Oskar", "pin": PIN})
    assert "Ines and Teo vouched for Rosa tonight." in host.get("/host/log").text


def test_a_badge_says_who_it_is(people: Bench) -> None:
    badge = people.member("30002", "Sana")
    client = people.client
    assert "if you know “Sana”" in step(client, "/vouch", badge=badge.lower()).text
    people.from_node((events.BADGE_REVOKED, events.BadgeRevoked("30002", EVENING + 1)))
    assert "That badge was called back." in step(client, "/vouch", badge=badge).text
    assert "could not be read whole" in step(client, "/vouch", badge="SB1:AAAA").text


def test_the_badge_of_somebody_whom_the_bench_does_not_know_yet_is_told_so(people: Bench) -> None:
    from kiosk.people.badges import issue
    from tests.support import NETWORK

    badge = issue("50001", NETWORK, people.node.public, people.node.sign, EVENING)
    page = step(people.client, "/vouch", badge=badge)
    assert page.status_code == 422
    assert "does not know you yet" in page.text


@pytest.mark.parametrize("again", ["Ines", "INES", "20001"])
def test_one_steward_is_not_enough_whatever_they_call_themself(people: Bench, again: str) -> None:
    page = vouch(people, second=again)
    assert page.status_code == 422
    assert "You have vouched already." in page.text
    assert given(people) == []


@pytest.mark.parametrize("stewards", [("Rosa",), ("Ines", "30001")])
def test_nobody_vouches_for_themself(people: Bench, stewards: tuple[str, ...]) -> None:
    client = people.client
    step(client, "/vouch", badge="Rosa")
    said = [step(client, "/vouch/steward", who=who, pin=PIN).text for who in stewards]
    assert "Nobody vouches for themself." in said[-1]
    assert given(people) == []


@pytest.mark.parametrize("roles", [(), (Role.HOST,), (Role.COORDINATOR,)])
def test_only_a_steward_on_duty_can_vouch(people: Bench, roles: tuple[Role, ...]) -> None:
    people.member("40001", "Lea", *roles)
    assert "Only stewards on duty can vouch" in vouch(people, second="Lea").text
    assert given(people) == []


def test_a_mandate_that_lapses_between_the_two_vouches_for_nobody(people: Bench) -> None:
    people.member("40001", "Lea", Role.STEWARD, ends=EVENING + 60)
    client = people.client
    step(client, "/vouch", badge="Rosa")
    step(client, "/vouch/steward", who="Lea", pin=PIN)
    people.time.pass_seconds(61)
    assert "Only stewards on duty can vouch" in step(client, "/vouch/steward", who="Teo", pin=PIN).text
    assert given(people) == []


def test_a_pin_for_tonight_vouches_for_nobody(people: Bench) -> None:
    """Else one steward who sees it shown could vouch for everybody."""
    lent = pin_on(vouch(people))
    people.member("30002", "Sana")
    client = people.client
    step(client, "/vouch", badge="Sana")
    assert "does not go together" in step(client, "/vouch/steward", who="Rosa", pin=lent).text


def test_somebody_unknown_and_a_wrong_pin_of_the_second_steward_get_the_same_page(people: Bench) -> None:
    people.member("30002", "Ana")
    people.member("30003", "Ana")
    told = set()
    for who, pin in (
        ("Rosa", WRONG_PIN),
        ("Rosalind", WRONG_PIN),
        ("Rosalind", PIN),
        ("99999", PIN),
        ("Ana", PIN),
    ):
        client = people.client
        first = step(client, "/vouch", badge=who)
        step(client, "/vouch/steward", who="Ines", pin=PIN)
        page = step(client, "/vouch/steward", who="Teo", pin=pin)
        told.add((page.status_code, page.text.replace(f"“{who}”", ""), first.text.replace(f"“{who}”", "")))
    assert len(told) == 1
    assert given(people) == []


def test_wrong_pins_count_against_the_steward_who_gave_them_only(people: Bench) -> None:
    client = people.client
    step(client, "/vouch", badge="Rosa")
    for _ in range(3):
        step(client, "/vouch/steward", who="Ines", pin=WRONG_PIN)
    assert "Too many tries" in step(client, "/vouch/steward", who="Ines", pin=PIN).text
    assert counted(people) == {"20001": 3}
    assert signs_in(people, PIN)


def test_whoever_is_locked_out_can_be_vouched_for_and_stays_locked_out_of_their_own_pin(
    people: Bench,
) -> None:
    for _ in range(LOCKED_AT):
        assert not signs_in(people, WRONG_PIN)
        people.time.pass_seconds(1000)
    assert not signs_in(people, PIN)
    pin = pin_on(vouch(people))
    assert not signs_in(people, PIN)
    assert signs_in(people, pin)
    people.time.pass_seconds(NIGHT_LEFT)
    assert "locked" in people.client.post("/sign-in", data={"who": "Rosa", "pin": PIN}).text


def test_tries_under_a_pin_for_tonight_lock_it_too(people: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    pin = pin_on(vouch(people))
    monkeypatch.setattr(pins, "_matches", lambda _hashed, _pin: False)
    for _ in range(LOCKED_AT):
        signs_in(people, WRONG_PIN)
        people.time.pass_seconds(1000)
    monkeypatch.undo()
    assert "locked" in people.client.post("/sign-in", data={"who": "Rosa", "pin": pin}).text


def test_three_times_a_night_is_the_most(people: Bench) -> None:
    shown = [pin_on(vouch(people)) for _ in range(vouching.MOST)]
    page = vouch(people)
    assert page.status_code == 422
    assert "Three times in one night is the most." in page.text
    assert [signs_in(people, pin) for pin in shown] == [False, False, True]
    people.time.pass_seconds(NIGHT_LEFT)
    assert signs_in(people, pin_on(vouch(people)))


def test_it_ends_at_seven(people: Bench) -> None:
    pin = pin_on(vouch(people))
    people.time.pass_seconds(NIGHT_LEFT - 1)
    assert signs_in(people, pin)
    people.time.pass_seconds(1)
    assert not signs_in(people, pin)


@pytest.mark.parametrize("leap", [-30 * 365 * 86400_000, -86400_000, 86400_000, 30 * 365 * 86400_000])
def test_a_jump_of_the_clock_neither_ends_nor_lengthens_it(people: Bench, leap: int) -> None:
    pin = pin_on(vouch(people))
    people.time.system += leap
    assert signs_in(people, pin)
    people.time.uptime += NIGHT_LEFT * 1000
    assert not signs_in(people, pin)


@pytest.mark.parametrize("leap", [-86400_000, 3 * 86400_000])
def test_given_by_a_doubtful_clock_it_lasts_until_the_true_seven(people: Bench, leap: int) -> None:
    people.time.boot, people.time.uptime = "b00700000002", 5_000
    truth, people.time.system = people.time.system, people.time.system + leap
    pin = pin_on(vouch(people))
    assert signs_in(people, pin)
    people.here.clock.confirm(truth)
    assert signs_in(people, pin)
    people.time.pass_seconds(NIGHT_LEFT)
    assert not signs_in(people, pin)


def test_after_a_restart_it_counts_once_the_clock_is_verified(people: Bench) -> None:
    pin = pin_on(vouch(people))
    people.time.boot, people.time.uptime = "b00700000002", 5_000
    assert not signs_in(people, pin)
    people.here.clock.confirm(people.time.system)
    assert signs_in(people, pin)


def test_what_another_device_says_gives_no_pin_here(people: Bench) -> None:
    vouched = Vouched("30001", ("20001", "20002"), date(2026, 11, 23), pins.hash_pin("135790"))
    body = encode_body(VOUCHED, vouched, EVENING, people.time.boot, people.time.uptime)
    for source in ("corner-shop.1test", "linden-bakery.2test"):
        people.here.journal.append(source, 1, [Whole(new_salt(), body)])
    assert not signs_in(people, "135790")


def test_a_new_pin_from_the_node_ends_it(people: Bench) -> None:
    pin = pin_on(vouch(people))
    people.from_node((events.PIN_SET, events.PinSet("30001", pins.hash_pin("135790"))))
    assert not signs_in(people, pin)
    assert signs_in(people, "135790")


def test_the_read_model_is_the_same_once_rebuilt_and_empty_once_erased(people: Bench) -> None:
    vouch(people)
    journal = people.here.journal
    rows = journal.store.reading().conn.execute("SELECT * FROM vouched_pins").fetchall()
    with journal.writing() as db:
        journal.models.rebuild(db)
    assert journal.store.reading().conn.execute("SELECT * FROM vouched_pins").fetchall() == rows
    assert len(rows) == 1
    people.time.pass_seconds(2 * 86400)
    assert retention.forget_daily(journal, people.here.clock.now()) == 1
    assert journal.store.reading().conn.execute("SELECT * FROM vouched_pins").fetchall() == []


@pytest.mark.parametrize("gone", ["/vouch", "/leave"])
def test_back_and_hide_forget_who_has_vouched(people: Bench, gone: str) -> None:
    client = people.client
    step(client, "/vouch", badge="Rosa")
    step(client, "/vouch/steward", who="Ines", pin=PIN)
    client.get(gone)
    assert client.get("/vouch/steward").location == "/vouch"
    assert client.post("/vouch/steward", data={"who": "Teo", "pin": PIN}).location == "/vouch"
    assert given(people) == []


def test_who_has_vouched_is_forgotten_when_nobody_goes_on(people: Bench) -> None:
    client = people.client
    page = step(client, "/vouch", badge="Rosa")
    assert 'data-idle-href="/leave"' in page.text
    step(client, "/vouch/steward", who="Ines", pin=PIN)
    people.time.pass_seconds(300)
    assert client.get("/vouch/steward").location == "/vouch"


def test_the_pin_is_shown_until_the_page_is_left_and_never_again(people: Bench) -> None:
    client = people.client
    pin = pin_on(vouch(people, client=client))
    assert pin_on(client.get("/vouch/pin")) == pin  # larger letters load the page anew
    client.post("/sign-out")
    for path in ("/vouch/pin", "/vouch/steward", "/vouch"):
        page = client.get(path, follow_redirects=True).text
        assert pin[:3] + " " + pin[3:] not in page
        assert "Rosa" not in page


def test_once_somebody_signed_in_the_pin_is_not_shown_again(people: Bench) -> None:
    client = people.client
    pin = pin_on(vouch(people, client=client))
    assert client.post("/sign-in", data={"who": "Rosa", "pin": pin}).status_code == 303
    assert pin[:3] + " " + pin[3:] not in client.get("/vouch/pin", follow_redirects=True).text


def test_two_taps_of_the_second_steward_give_one_pin_and_show_that(
    people: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = people.client
    step(client, "/vouch", badge="Rosa")
    step(client, "/vouch/steward", who="Ines", pin=PIN)
    cookie = client.get_cookie("sitting")
    assert cookie is not None
    together, check = threading.Barrier(2), pins.check

    def both(*words: Any, **more: Any) -> Member:
        found = check(*words, **more)
        together.wait(10)
        return found

    monkeypatch.setattr(pins, "check", both)

    def tap() -> None:
        own = people.client
        own.set_cookie("sitting", cookie.value)
        own.post("/vouch/steward", data={"who": "Teo", "pin": PIN})

    taps = [threading.Thread(target=tap) for _ in range(2)]
    for one in taps:
        one.start()
    for one in taps:
        one.join()
    monkeypatch.undo()
    assert len(given(people)) == 1
    assert signs_in(people, pin_on(client.get("/vouch/pin")))


def test_vouching_signs_nobody_in_and_whoever_sat_there_is_gone(people: Bench) -> None:
    client = people.client
    client.post("/sign-in", data={"who": "Ines", "pin": PIN})
    vouch(people, client=client)
    assert client.get("/incidents/new").status_code == 303


@pytest.mark.parametrize("who", ["", " ", "x" * 401, "\x00\u202e"])
def test_what_is_no_name_is_said(bench: Bench, who: str) -> None:
    answer = bench.client.post("/vouch", data={"badge": who})
    assert answer.status_code == 422
    assert "Type your name, or the number on your badge" in answer.text


@pytest.mark.parametrize("who", ["<script>alert(1)</script>", "{{ 7*7 }}", "' OR '1'='1", "x" * 400])
def test_a_name_that_is_a_program_does_nothing(people: Bench, who: str) -> None:
    page = vouch(people, who)
    assert page.status_code == 422
    assert "<script>alert" not in page.text
    assert "“49”" not in page.text
    assert given(people) == []


def test_an_answer_without_a_pin_is_told_so(people: Bench) -> None:
    client = people.client
    step(client, "/vouch", badge="Rosa")
    page = step(client, "/vouch/steward", who="Ines", pin="12")
    assert page.status_code == 422
    assert "six digits of your PIN" in page.text
    assert 'value="Ines"' in page.text
