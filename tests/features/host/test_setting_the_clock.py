"""The host sets the clock: yes to what the bench believes, or tap by tap."""

from __future__ import annotations

import re

import pytest
from flask.testing import FlaskClient

from kiosk.core.clock import BUILD_TIME
from kiosk.core.mandate import Role
from tests.features.host.conftest import sign_in
from tests.support import EVENING, Bench

DAY = 86_400
TELL = "/host/clock/tell"
TUESDAY = {"day": "2026-11-24", "hour": "18", "minute": "30"}


def forget_the_time(bench: Bench) -> FlaskClient:
    """The tablet starts anew, its clock back at some year; Hanna signs in again."""
    bench.time.boot, bench.time.uptime = "b00700000002", 1000
    return sign_in(bench, "hanna")


def test_a_doubtful_clock_is_the_one_thing_to_do_and_yes_sets_it_right(
    bench: Bench, host: FlaskClient
) -> None:
    host = forget_the_time(bench)
    page = host.get("/host").text
    assert "This bench does not know the time." in page
    assert "about 21:44" in page
    assert "Is it 21:44 on Monday 23 November 2026?" in host.get("/host/clock").text
    assert host.post("/host/clock", data={}).location == "/host"
    assert bench.here.clock.verified
    assert bench.here.clock.now() == EVENING


def test_each_answer_leads_to_the_next_question_and_the_last_is_read_back(
    bench: Bench, host: FlaskClient
) -> None:
    host = forget_the_time(bench)
    asked = ("Which day is it?", "Which hour is it?", "About what time is it?", "What time is it exactly?")
    given: dict[str, str] = {}
    for words, (name, value) in zip(
        asked, (("day", "2026-11-24"), ("hour", "18"), ("about", "30"), ("minute", "34")), strict=True
    ):
        page = host.get(TELL, query_string=given).text
        assert words in page
        assert f'name="{name}" value="{value}"' in page
        given[name] = value
    page = host.get(TELL, query_string=given).text
    assert "Is it 18:34 on Tuesday 24 November 2026?" in page
    assert "Evening" in page
    assert "about 21:44" in host.get("/host").text, "nothing counts before the host has said yes"
    kept = {name: value for name, value in given.items() if name != "about"}
    assert all(f'type="hidden" name="{name}" value="{value}"' in page for name, value in kept.items())
    assert host.post("/host/clock", data=kept).location == "/host"
    assert bench.here.clock.verified
    assert "18:34" in host.get("/host").text


def test_no_page_has_a_field_that_a_browser_draws_a_calendar_for(bench: Bench, host: FlaskClient) -> None:
    paths = ("/host/clock", TELL, f"{TELL}?months=2026-11-01", f"{TELL}?day=2026-11-24")
    for path in paths:
        page = host.get(path).text
        assert "<select" not in page
        assert page.count("<input") == page.count('<input type="hidden"')


def test_weeks_and_months_are_turned_and_end_where_nobody_s_word_is_taken(
    bench: Bench, host: FlaskClient
) -> None:
    first = host.get(TELL).text
    assert 'aria-pressed="true"><b>Monday</b> <span>23 November 2026' in first
    assert "A week earlier" not in first, "no day is before this program was made"
    later = host.get(f"{TELL}?from=2026-11-30").text
    assert 'value="2026-12-07"' in later
    assert 'name="from" value="2026-11-23"' in later
    months = host.get(f"{TELL}?months=2026-11-30").text
    assert "November 2026" in months
    assert "October 2027" in months
    assert "A year earlier" not in months
    assert 'name="months" value="2026-11-01"' in host.get(f"{TELL}?months=2027-05-01").text
    for end in ("from=9999-12-31", "months=9999-12-01"):
        last = host.get(f"{TELL}?{end}").text
        assert "2046" in last
        assert "later" not in last
    assert 'name="day" value="2026-11-23"' in host.get(f"{TELL}?from=0001-01-01").text


def test_an_hour_that_clocks_jump_over_is_answered_in_words(bench: Bench, host: FlaskClient) -> None:
    bench.time.system += 125 * DAY * 1000
    host = forget_the_time(bench)
    page = host.get(f"{TELL}?day=2027-03-28").text
    assert "Sunday 28 March 2027. On this day clocks jump from 02:00 to 03:00." in page
    assert 'name="hour" value="2"' not in page
    answer = host.post("/host/clock", data={"day": "2027-03-28", "hour": "2", "minute": "30"})
    assert answer.status_code == 422
    assert "There is no 02:30 on this day. On this day clocks jump from 02:00 to 03:00." in answer.text
    assert 'type="hidden" name="day" value="2027-03-28"' in answer.text, "the day is kept"
    assert not bench.here.clock.verified


@pytest.mark.parametrize(("again", "at"), [("0", 1_824_942_600), ("1", 1_824_946_200)])
def test_of_a_time_that_comes_twice_the_one_is_taken_that_was_chosen(
    bench: Bench, host: FlaskClient, again: str, at: int
) -> None:
    bench.time.system += 342 * DAY * 1000
    host = forget_the_time(bench)
    told = {"day": "2027-10-31", "hour": "2", "minute": "30"}
    answer = host.post("/host/clock", data=told)
    assert answer.status_code == 422
    assert "02:30 comes twice on this day. Which one is it?" in answer.text
    words = ("The first, before the clocks go back", "The second, after the clocks went back")[int(again)]
    assert words in host.get(TELL, query_string=told | {"again": again}).text
    sure = told | {"again": again, "year": "2027"}
    assert host.post("/host/clock", data=sure).location == "/host"
    assert bench.here.clock.now() == at


def test_what_the_node_says_is_shown_and_asked_when_the_bench_is_wrong(
    bench: Bench, host: FlaskClient
) -> None:
    forget_the_time(bench)
    host = sign_in(bench, "hanna")
    bench.here.clock.observe_signed(bench.time.system + 90 * DAY * 1000, 100)
    page = host.get("/host/clock").text
    assert "Is it 21:44 on Monday 23 November 2026?" in page
    assert "The node says 21:44 on Sunday 21 February 2027." in page
    told = {"day": "2027-02-21", "hour": "21", "minute": "44", "again": "0"}
    assert all(f"{name}={value}" in page for name, value in told.items())
    assert "Is it 21:44 on Sunday 21 February 2027?" in host.get(TELL, query_string=told).text
    assert host.post("/host/clock", data=told).location == "/host"
    assert bench.here.clock.now() == EVENING + 90 * DAY


@pytest.mark.parametrize(
    "given",
    [
        {"day": "2019-01-01", "hour": "10", "minute": "0"},
        {"day": "9999-12-31", "hour": "23", "minute": "59"},
        {"day": "0001-01-01", "hour": "0", "minute": "0"},
        {"day": "yesterday", "hour": "10", "minute": "0"},
        {"day": "2026-12-24", "hour": "25", "minute": "0"},
        {"day": "2026-02-30", "hour": "10", "minute": "0"},
        {"day": "2026-12-24", "hour": "10"},
        {"day": "2026-12-24"},
        {"hour": "10", "minute": "0"},
        {"anything": "else"},
    ],
)
def test_what_cannot_be_or_is_not_whole_changes_nothing(
    bench: Bench, host: FlaskClient, given: dict[str, str]
) -> None:
    host = forget_the_time(bench)
    page = host.post("/host/clock", data=given)
    assert page.status_code == 422
    assert any(
        words in page.text for words in ("Which day is it?", "Which hour is it?", "About what time is it?")
    )
    assert not bench.here.clock.verified
    assert bench.here.clock.state.floor >= BUILD_TIME


@pytest.mark.parametrize("year", ["2019", "0001", "9999"])
def test_a_year_that_cannot_be_is_refused_in_plain_words(bench: Bench, host: FlaskClient, year: str) -> None:
    answer = host.get(f"{TELL}?day={year}-12-31&hour=1&minute=1")
    assert answer.status_code == 422
    assert "That cannot be today" in answer.text


def test_a_slip_in_the_month_or_the_year_is_not_taken(bench: Bench, host: FlaskClient) -> None:
    before = bench.here.clock.now()
    for day in ("2026-12-24", "2031-01-01"):
        for path in (f"{TELL}?day={day}", f"{TELL}?day={day}&hour=21&minute=44"):
            assert "is far from what this bench knows. Please look at the month" in host.get(path).text
        assert host.post("/host/clock", data=TUESDAY | {"day": day}).status_code == 422
    tomorrow = host.post("/host/clock", data=TUESDAY | {"hour": "23"})
    assert tomorrow.status_code == 422, "more than a day ahead of a clock that is sure"
    assert "Tuesday 24 November 2026 is far from" in tomorrow.text
    assert bench.here.clock.now() == before
    assert host.post("/host/clock", data=TUESDAY | {"day": "2026-11-23"}).location == "/host"
    assert bench.here.clock.now() < before


def test_no_host_says_a_time_at_which_they_could_not_take_it_back(bench: Bench, host: FlaskClient) -> None:
    host = forget_the_time(bench)
    christmas = TUESDAY | {"day": "2026-12-24"}
    for answer in (host.get(TELL, query_string=christmas), host.post("/host/clock", data=christmas)):
        assert answer.status_code == 422
        assert "You would not be the host here then" in answer.text
    assert not bench.here.clock.verified
    bench.here.clock.observe_signed(bench.time.system + 31 * DAY * 1000, 100)
    assert host.post("/host/clock", data=christmas).location == "/host", "the node says so too"


def test_no_host_says_a_time_before_they_were_host(bench: Bench) -> None:
    bench.time.system += 9 * DAY * 1000
    bench.time.boot, bench.time.uptime = "b00700000002", 1000
    bench.here.clock.observe_signed(bench.time.system, 100)
    bench.member("22222", "Hanna", Role.HOST)
    host = sign_in(bench, "hanna")
    answer = host.post("/host/clock", data=TUESDAY)
    assert answer.status_code == 422
    assert "You would not be the host here then" in answer.text
    assert host.post("/host/clock", data=TUESDAY | {"day": "2026-12-02"}).location == "/host"


def test_nobody_but_the_host_tells_the_time(bench: Bench) -> None:
    for path in ("/host/clock", TELL):
        assert bench.client.get(path).status_code == 303
    assert bench.client.post("/host/clock").status_code == 303


@pytest.mark.parametrize(("years", "choice"), [(1, "2026 2027 2028"), (9, "2026 2027 2028 2035")])
def test_of_a_clock_that_is_far_ahead_the_year_is_asked_and_not_shown(
    bench: Bench, host: FlaskClient, years: int, choice: str
) -> None:
    bench.time.system += years * 365 * DAY * 1000
    host = forget_the_time(bench)
    page = host.get("/host/clock").text
    assert "This bench last knew the time on 23 November 2026." in page
    assert "Yes, it is" not in page
    assert re.findall(r'name="year" value="(\d+)"', page) == choice.split()
    meant = str(2026 + years)
    assert page.count(meant) == 2, "as a choice among others, with its words"
    for wrong in ({}, {"year": "2026"}, {"year": "2028"}, {"year": ""}):
        answer = host.post("/host/clock", data=wrong)
        assert answer.status_code == 422
        assert "Which day is it?" in answer.text
        assert 'aria-pressed="true"><b>Monday</b> <span>23 November 2026' in answer.text
    assert not bench.here.clock.verified
    assert host.post("/host/clock", data={"year": meant}).location == "/host"
    assert bench.here.clock.now() == EVENING + years * 365 * DAY


def test_of_a_time_that_is_told_and_far_ahead_the_year_is_asked_as_well(
    bench: Bench, host: FlaskClient
) -> None:
    bench.time.system += 92 * DAY * 1000
    host = forget_the_time(bench)
    told = TUESDAY | {"day": "2027-02-23"}
    page = host.get(TELL, query_string=told).text
    assert "Is it 18:30 on Tuesday 23 February?" in page
    assert 'name="year" value="2027"' in page
    assert host.post("/host/clock", data=told).status_code == 422
    refused = host.post("/host/clock", data=told | {"year": "2026"})
    assert refused.status_code == 422
    assert "Which day is it?" in refused.text
    assert host.post("/host/clock", data=told | {"year": "2027"}).location == "/host"


def test_another_year_is_a_no_whatever_the_node_has_said_meanwhile(bench: Bench, host: FlaskClient) -> None:
    bench.time.system += 70 * DAY * 1000
    host = forget_the_time(bench)
    told = TUESDAY | {"day": "2027-02-01"}
    assert 'name="year"' in host.get(TELL, query_string=told).text
    bench.here.clock.observe_signed(bench.time.system - 25 * 3600 * 1000, 100)
    assert host.post("/host/clock", data=told | {"year": "2026"}).status_code == 422
    assert not bench.here.clock.verified
    assert host.post("/host/clock", data=told | {"year": "2027"}).location == "/host"


def test_a_refusal_says_why_though_the_year_was_right(bench: Bench, host: FlaskClient) -> None:
    bench.time.system += 92 * DAY * 1000
    host = forget_the_time(bench)
    told = TUESDAY | {"day": "2027-02-23", "year": "2027"}
    bench.time.system -= 90 * DAY * 1000
    bench.here.clock.observe_signed(bench.time.system, 100)
    refused = host.post("/host/clock", data=told)
    assert refused.status_code == 422
    assert "is far from what this bench knows" in refused.text


def test_nobody_is_asked_for_a_year_of_which_the_node_is_sure(bench: Bench, host: FlaskClient) -> None:
    bench.time.system += 90 * DAY * 1000
    host = forget_the_time(bench)
    bench.here.clock.observe_signed(bench.time.system + 2 * DAY * 1000, 100)
    assert 'name="year"' in host.get("/host/clock").text
    bench.here.clock.observe_signed(bench.time.system, 100)
    assert bench.here.clock.verified
    assert 'name="year"' not in host.get("/host/clock").text
