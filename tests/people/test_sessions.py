"""Sessions: in memory only, idle, one person at a time, gone when they are done."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from flask import Blueprint, Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kiosk.core.mandate import Role
from kiosk.people import events, rules, sessions
from kiosk.people.sessions import COOKIE, COUNTDOWN_SECONDS, IDLE_SECONDS, MOST, Session, Sessions
from kiosk.web.access import allow, anyone
from tests.support import PIN, Bench, Time

LIMIT = IDLE_SECONDS + COUNTDOWN_SECONDS

tries = Blueprint("tries", __name__, url_prefix="/tries")


@tries.get("/sitting")
@allow(rules.sitting)
def sitting() -> str:
    return f"here sits {sessions.signed_in().name}"


@tries.get("/steward")
@allow(rules.steward)
def steward() -> str:
    return "for stewards"


@tries.get("/host")
@allow(rules.host)
def host() -> str:
    return "for the host"


@tries.post("/draft/<word>")
@allow(anyone)
def put(word: str) -> str:
    sessions.draft()["word"] = word
    return "kept"


@tries.get("/draft")
@allow(anyone)
def get() -> str:
    session = sessions.current()
    return str(session.draft.get("word", "")) if session else ""


@pytest.fixture
def tablet(bench: Bench) -> FlaskClient:
    """A browser at a bench that has a few pages to try rules on."""
    bench.app.register_blueprint(tries)
    bench.member("12345", "Ines", Role.STEWARD)
    bench.member("23456", "Oskar", Role.HOST)
    return bench.client


def _sign_in(tablet: FlaskClient, who: str = "12345") -> TestResponse:
    answer = tablet.post("/sign-in", data={"who": who, "pin": PIN, "next": "/"})
    assert answer.status_code == 303
    return answer


def _token(tablet: FlaskClient) -> str:
    cookie = tablet.get_cookie(COOKIE)
    return cookie.value if cookie else ""


def _held(app: Flask) -> dict[bytes, Session]:
    found: dict[bytes, Session] = app.extensions[sessions.EXTENSION]._held
    return found


def test_the_cookie_is_out_of_reach_of_scripts_and_of_other_sites(tablet: FlaskClient) -> None:
    cookie = _sign_in(tablet).headers["Set-Cookie"]
    assert re.fullmatch(rf"{COOKIE}=[\w-]{{32}}; HttpOnly; Path=/; SameSite=Strict", cookie)


def test_over_https_the_cookie_never_travels_in_the_clear(tablet: FlaskClient) -> None:
    answer = tablet.post("/sign-in", data={"who": "12345", "pin": PIN}, base_url="https://localhost")
    assert "Secure" in answer.headers["Set-Cookie"]


def test_signing_in_gives_a_new_token_and_the_old_one_is_dead(tablet: FlaskClient) -> None:
    tablet.post("/tries/draft/umbrella")
    before = _token(tablet)
    _sign_in(tablet)
    assert _token(tablet) != before
    tablet.set_cookie(COOKIE, before)
    assert tablet.get("/tries/sitting").status_code == 303
    assert tablet.get("/tries/draft").text == ""


def test_a_token_that_somebody_planted_is_not_signed_in(tablet: FlaskClient) -> None:
    tablet.set_cookie(COOKIE, "planted")
    _sign_in(tablet)
    assert _token(tablet) != "planted"
    tablet.set_cookie(COOKIE, "planted")
    assert tablet.get("/tries/sitting").status_code == 303


def test_each_sign_in_rotates_the_token_also_of_the_same_member(tablet: FlaskClient) -> None:
    _sign_in(tablet)
    first = _token(tablet)
    _sign_in(tablet)
    assert _token(tablet) != first
    tablet.set_cookie(COOKIE, first)
    assert tablet.get("/tries/sitting").status_code == 303


def test_a_failed_sign_in_leaves_things_as_they_were(tablet: FlaskClient) -> None:
    _sign_in(tablet)
    tablet.post("/sign-in", data={"who": "23456", "pin": "000000"})
    assert tablet.get("/tries/sitting").text == "here sits Ines"


def test_what_was_begun_before_the_pin_is_there_after_it(tablet: FlaskClient) -> None:
    tablet.post("/tries/draft/umbrella")
    _sign_in(tablet)
    assert tablet.get("/tries/draft").text == "umbrella"
    _sign_in(tablet)
    assert tablet.get("/tries/draft").text == "umbrella"


def test_what_one_member_began_is_not_shown_to_the_next(tablet: FlaskClient) -> None:
    _sign_in(tablet)
    tablet.post("/tries/draft/secret")
    _sign_in(tablet, "23456")
    assert tablet.get("/tries/draft").text == ""


def test_done_forgets_everything(tablet: FlaskClient, bench: Bench) -> None:
    _sign_in(tablet)
    tablet.post("/tries/draft/secret")
    token = _token(tablet)
    answer = tablet.post("/sign-out")
    assert (answer.status_code, answer.location) == (303, "/")
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert _token(tablet) == ""
    assert _held(bench.app) == {}
    tablet.set_cookie(COOKIE, token)
    assert tablet.get("/tries/sitting").status_code == 303


def test_a_session_ends_with_the_countdown_of_a_page_that_nobody_touches(
    tablet: FlaskClient, bench: Bench
) -> None:
    _sign_in(tablet)
    bench.time.pass_seconds(LIMIT)
    assert tablet.get("/tries/sitting").status_code == 200
    bench.time.pass_seconds(LIMIT + 1)
    assert tablet.get("/tries/sitting").status_code == 303
    assert _held(bench.app) == {}


def test_a_page_that_is_touched_keeps_the_session(tablet: FlaskClient, bench: Bench) -> None:
    _sign_in(tablet)
    for _ in range(5):
        bench.time.pass_seconds(LIMIT)
        assert tablet.get("/still-here").status_code == 204
    assert tablet.get("/tries/sitting").status_code == 200


def test_saying_that_one_is_there_wakes_no_session_that_is_over(tablet: FlaskClient, bench: Bench) -> None:
    _sign_in(tablet)
    bench.time.pass_seconds(LIMIT + 1)
    tablet.get("/still-here")
    assert tablet.get("/tries/sitting").status_code == 303


def test_more_time_doubles_the_page_and_the_session_alike(tablet: FlaskClient, bench: Bench) -> None:
    """UX 27. The page learns from the bench how many times longer it waits."""
    _sign_in(tablet)
    for expected in (2, 4, 8, 8):
        bench.time.pass_seconds(LIMIT * expected // 2 - 1)
        assert tablet.post("/more-time").json == {"times": expected}
        page = tablet.get("/check-in").text
        assert f'data-idle-seconds="{IDLE_SECONDS}" data-idle-times="{expected}"' in page
    bench.time.pass_seconds(8 * LIMIT - 1)
    assert tablet.get("/tries/sitting").status_code == 200
    bench.time.pass_seconds(8 * LIMIT + 1)
    assert tablet.get("/tries/sitting").status_code == 303


def test_more_time_that_was_asked_for_before_the_pin_lasts_after_it(
    tablet: FlaskClient, bench: Bench
) -> None:
    tablet.post("/more-time")
    assert 'data-idle-times="2"' in tablet.get("/sign-in").text
    _sign_in(tablet)
    bench.time.pass_seconds(2 * LIMIT - 1)
    assert tablet.get("/tries/sitting").status_code == 200


def test_more_time_that_one_member_asked_for_is_not_the_next_ones(tablet: FlaskClient, bench: Bench) -> None:
    _sign_in(tablet)
    tablet.post("/more-time")
    _sign_in(tablet, "23456")
    bench.time.pass_seconds(LIMIT + 1)
    assert tablet.get("/tries/sitting").status_code == 303


def test_more_time_asked_for_at_the_check_in_lasts_through_it(tablet: FlaskClient, bench: Bench) -> None:
    tablet.post("/more-time")
    tablet.post("/check-in", data={"who": "12345", "pin": PIN})
    page = tablet.get("/check-in/done").text
    assert 'data-idle-seconds="30" data-idle-times="2"' in page
    assert 'data-count="30"' in page
    bench.time.pass_seconds(2 * LIMIT - 1)
    assert tablet.get("/tries/sitting").status_code == 200


def test_a_page_that_is_wiped_leaves_a_stranger_at_the_tablet(tablet: FlaskClient, bench: Bench) -> None:
    _sign_in(tablet)
    page = tablet.get("/sign-in").text
    assert 'data-idle-href="/leave"' in page
    assert tablet.get("/leave").location == "/"
    assert _held(bench.app) == {}
    assert tablet.get("/tries/sitting").status_code == 303


def test_looking_on_keeps_a_session_and_pictures_do_not(tablet: FlaskClient, bench: Bench) -> None:
    _sign_in(tablet)
    for _ in range(2):
        bench.time.pass_seconds(LIMIT - 30)
        assert tablet.get("/static/css/bench.css", buffered=True).status_code == 200
    assert tablet.get("/tries/sitting").status_code == 303


@pytest.mark.parametrize("leap", [-20 * 365 * 86400_000, 20 * 365 * 86400_000])
def test_a_jump_of_the_clock_neither_ends_nor_lengthens_a_session(
    tablet: FlaskClient, bench: Bench, leap: int
) -> None:
    _sign_in(tablet)
    bench.time.system += leap
    assert tablet.get("/tries/sitting").status_code == 200
    bench.time.uptime += (LIMIT + 1) * 1000
    assert tablet.get("/tries/sitting").status_code == 303


def test_a_restart_ends_all_sessions_and_the_disk_holds_none(tablet: FlaskClient, bench: Bench) -> None:
    _sign_in(tablet)
    tablet.post("/tries/draft/canary-umbrella")
    token = _token(tablet)
    place = Path(bench.here.journal.store.path).parent
    kept = b"".join(path.read_bytes() for path in place.iterdir() if path.is_file())
    assert token.encode() not in kept
    assert b"canary-umbrella" not in kept


def test_who_is_not_signed_in_is_asked_for_a_pin_and_brought_back(tablet: FlaskClient) -> None:
    answer = tablet.get("/tries/steward?night=2026-11-23")
    assert answer.status_code == 303
    asked = tablet.get(answer.location)
    assert 'name="next" value="/tries/steward?night=2026-11-23"' in asked.text


def test_a_role_opens_its_own_pages_only(tablet: FlaskClient) -> None:
    _sign_in(tablet)
    assert tablet.get("/tries/steward").text == "for stewards"
    refused = tablet.get("/tries/host")
    assert refused.status_code == 403
    assert "for the host" not in refused.text
    _sign_in(tablet, "23456")
    assert tablet.get("/tries/host").text == "for the host"


def test_a_role_that_lapses_while_somebody_sits_there_ends_at_once(tablet: FlaskClient, bench: Bench) -> None:
    bench.member("34567", "Lea", Role.STEWARD, ends=bench.time.system // 1000 + 60)
    _sign_in(tablet, "34567")
    assert tablet.get("/tries/steward").status_code == 200
    bench.time.pass_seconds(61)
    answer = tablet.get("/tries/steward")
    assert answer.status_code == 403
    assert "renewed at the next assembly" in answer.text


def test_a_clock_that_is_not_verified_takes_nobody_off_duty(tablet: FlaskClient, bench: Bench) -> None:
    bench.time.boot = "b00700000002"
    bench.time.system += 400 * 86400_000
    _sign_in(tablet)
    assert tablet.get("/tries/steward").status_code == 200


def test_a_new_host_can_set_a_clock_right_that_lags_behind_the_grant(
    tablet: FlaskClient, bench: Bench
) -> None:
    bench.time.boot, bench.time.system = "b00700000002", 0
    late = bench.here.clock.lapse_time() + 3600
    bench.member("34567", "Lea")
    bench.from_node((events.GRANTED, events.Granted("34567", Role.HOST, late, late + 999, "linden-bakery")))
    _sign_in(tablet, "34567")
    assert tablet.get("/tries/host").status_code == 200
    bench.here.clock.confirm((late - 60) * 1000)
    assert tablet.get("/tries/host").status_code == 403


def test_a_host_of_another_bench_is_a_stranger_here(tablet: FlaskClient, bench: Bench) -> None:
    bench.member("34567", "Lea")
    at = bench.time.system // 1000
    bench.from_node((events.GRANTED, events.Granted("34567", Role.HOST, at, at + 999, "corner-shop")))
    _sign_in(tablet, "34567")
    assert tablet.get("/tries/host").status_code == 403
    bench.from_node((events.GRANTED, events.Granted("34567", Role.HOST, at, at + 999, "linden-bakery")))
    assert tablet.get("/tries/host").status_code == 200


def test_a_member_who_left_is_signed_out_at_the_next_page(tablet: FlaskClient, bench: Bench) -> None:
    _sign_in(tablet)
    bench.from_node((events.LEFT, events.Left("12345")))
    assert tablet.get("/tries/sitting").status_code == 303


@pytest.mark.parametrize(
    "cookie", ["sitting=", "sitting=\xff\xfe", 'sitting="\x01', "sitting=" + "x" * 4000, ";;="]
)
def test_a_broken_cookie_is_nobody(tablet: FlaskClient, cookie: str) -> None:
    assert tablet.get("/tries/sitting", headers={"Cookie": cookie}).status_code == 303


def test_so_many_sessions_at_once_push_out_the_longest_unseen() -> None:
    now = Time()
    held = Sessions(lambda: now.uptime)
    tokens = []
    for number in range(MOST + 10):
        now.uptime += 1
        tokens.append(held.open(Session(name=str(number))))
    assert held.find(tokens[9]) is None
    assert held.find(tokens[10]) is not None
    assert len(held._held) == MOST


def test_only_the_hash_of_a_token_is_kept() -> None:
    held = Sessions(lambda: 0)
    token = held.open(Session())
    assert token.encode() not in held._held
