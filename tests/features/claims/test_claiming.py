"""Saying at a bench that a sentence is about oneself, or wrong."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kiosk.adapters.retention import forget_daily, forget_spent
from kiosk.adapters.sealing import unseal
from kiosk.core.mandate import Role
from kiosk.features.claims.events import EXPLAINED, MADE
from kiosk.features.claims.slips import digest, digits
from tests.features.claims.sentences import (
    HIDDEN,
    TOLD,
    WEEK,
    address,
    claim,
    claims,
    digits_on,
    public_bodies,
    publish,
    slip_on,
    state,
)
from tests.features.log.nights import DAY, FIRST, HOUR, morning
from tests.support import PIN, Bench
from tests.support.roots import give_mediators

CANARY = "He was my brother and he was ill."


def log(bench: Bench, night: object = FIRST) -> str:
    return unescape(bench.client.get(f"/log/{night}").text)


def rebuilt(bench: Bench) -> None:
    with bench.here.journal.writing() as db:
        bench.here.journal.models.rebuild(db)


def pages(bench: Bench) -> list[str]:
    return [bench.client.get(path).text for path in ("/log", f"/log/{FIRST}", address(), "/holds")]


def forget(bench: Bench) -> int:
    return forget_spent(bench.here.journal, bench.here.clock.now() if bench.here.clock.verified else None)


def test_under_every_published_sentence_stands_a_way_to_say_that_it_is_wrong(bench: Bench) -> None:
    publish(bench, 3)
    for page in (bench.client.get("/log").text, log(bench)):
        assert re.findall(r'href="(/log/[^"]*/wrong)"', page) == [address(1), address(2), address(3)]
        assert " ".join(page.split()).count("This is about me / this is wrong") == 3


def test_one_tap_hides_the_sentence_at_once_and_gives_six_words(bench: Bench) -> None:
    publish(bench, 2)
    asked = unescape(bench.client.get(address(1)).text)
    assert TOLD in asked
    assert "Nobody asks who you are" in asked
    answer = claim(bench.client, 1)
    assert answer.status_code == 200
    assert "It is hidden now." in answer.text
    slip = slip_on(answer.text)
    assert len(slip) == 6
    assert log(bench).count(TOLD) == log(bench).count(HIDDEN) == 1
    assert claims(bench.here)[0].slip == digest(tuple(slip))


def test_the_slip_is_told_once_and_stands_in_no_file(bench: Bench) -> None:
    publish(bench)
    page = claim(bench.client).text
    slip, groups = slip_on(page), digits_on(page)
    typed = [between.join(face).encode() for face in (slip, groups) for between in (" ", ",", "")]
    bench.here.journal.store.fold()
    for path in bench.data.path.iterdir():
        if path.is_file():
            assert not any(form in path.read_bytes() for form in typed), path
    assert slip_on(claim(bench.client).text) == []


def test_nothing_is_asked_set_or_noted_about_who_claims(bench: Bench) -> None:
    publish(bench)
    client = bench.client
    client.environ_base |= {"REMOTE_ADDR": "127.113.0.77", "HTTP_REFERER": "https://canary.example/"}
    for answer in (client.get(address()), claim(client), client.get("/claim"), client.get("/log")):
        assert "Set-Cookie" not in answer.headers
        assert answer.headers["Cache-Control"] == "no-store"
    bench.here.journal.store.fold()
    held = b"".join(path.read_bytes() for path in bench.data.path.iterdir() if path.is_file())
    assert b"127.113.0.77" not in held
    assert b"canary.example" not in held


def test_a_second_claim_on_the_same_sentence_is_told_that_it_is_talked_over(bench: Bench) -> None:
    publish(bench)
    claim(bench.client)
    assert "Somebody has said so already." in bench.client.get(address()).text
    answer = claim(bench.client)
    assert answer.status_code == 409
    assert "Somebody has said so already." in answer.text
    assert len(claims(bench.here)) == 1


@pytest.mark.parametrize(
    "path",
    [
        address(2),
        address(0),
        address(1, "2026-11-22"),
        address(1, device="other"),
        address(1, "x"),
        "/log/2026-11-23/linden-bakery/-1/wrong",
        "/log/2026-11-23/linden-bakery/1e0/wrong",
        "/log/2026-11-23/linden-bakery/" + "9" * 30 + "/wrong",
        "/log/2026-11-23/%27%20OR%201=1/1/wrong",
        "/log/..%2f..%2f/linden-bakery/1/wrong",
    ],
)
def test_what_is_no_sentence_is_not_found_and_changes_nothing(bench: Bench, path: str) -> None:
    publish(bench)
    assert bench.client.get(path).status_code == 404
    assert bench.client.post(path, data={}).status_code == 404
    assert claims(bench.here) == []


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(night=st.text(max_size=12), device=st.text(max_size=12), nth=st.text(max_size=12), slip=st.text())
def test_no_address_and_no_words_are_answered_with_a_fault(
    bench: Bench, night: str, device: str, nth: str, slip: str
) -> None:
    from urllib.parse import quote

    path = "/log/" + "/".join(quote(part, safe="") or "-" for part in (night, device, nth)) + "/wrong"
    for answer in (bench.client.post(path, data={"words": slip}), bench.client.get(path)):
        assert answer.status_code in (301, 308, 404, 405)
    assert bench.client.post("/claim", data={"slip": slip}).status_code in (404, 413, 429)
    assert claims(bench.here) == []


@pytest.mark.parametrize("site", ["cross-site", "same-site", "none"])
def test_a_page_on_another_site_cannot_blank_the_log(bench: Bench, site: str) -> None:
    publish(bench)
    client = bench.client
    client.environ_base["HTTP_SEC_FETCH_SITE"] = site
    assert claim(client).status_code == 403
    assert client.post("/claim", data={"slip": "zoo"}).status_code == 403
    assert log(bench).count(TOLD) == 1
    assert claims(bench.here) == []


def test_the_fourth_claim_of_a_night_hides_nothing_and_waits_for_a_mediator(bench: Bench) -> None:
    publish(bench, 5)
    for number in (1, 2, 3):
        claim(bench.client, number)
    assert "waits until a mediator has looked at it" in bench.client.get(address(4)).text
    answer = claim(bench.client, 4)
    assert "A mediator will look at it." in answer.text
    page = log(bench)
    assert page.count(HIDDEN) == 3
    assert page.count(TOLD) == 2
    assert [one.queued for one in claims(bench.here)] == [False, False, False, True]
    assert "It waits for a mediator." in state(bench.client, slip_on(answer.text))


def test_the_next_night_three_more_are_hidden(bench: Bench) -> None:
    publish(bench, 5)
    for number in (1, 2, 3):
        claim(bench.client, number)
    bench.time.pass_seconds(DAY)
    claim(bench.client, 4)
    assert log(bench).count(HIDDEN) == 4


def test_beyond_twenty_that_wait_nothing_more_is_taken_that_night(bench: Bench) -> None:
    publish(bench, 25)
    answers = [claim(bench.client, number).status_code for number in range(1, 26)]
    assert answers == [200] * 23 + [429] * 2
    page = bench.client.get(address(24)).text
    assert "No more can be taken tonight." in page
    assert "come again tomorrow, or speak to a mediator in person" in page
    assert len(claims(bench.here)) == 23
    bench.time.pass_seconds(DAY)
    assert claim(bench.client, 24).status_code == 200


def test_pulling_the_plug_gives_no_new_night(bench: Bench) -> None:
    publish(bench, 8)
    for number in (1, 2, 3):
        claim(bench.client, number)
    for boot, system in enumerate((0, 1_577_836_800, 1_990_000_000), 2):
        bench.time.boot, bench.time.uptime, bench.time.system = f"b0070000000{boot}", 1000, system * 1000
        assert not bench.here.clock.verified
        claim(bench.client, 2 + boot)
    assert log(bench).count(HIDDEN) == 3
    assert [one.queued for one in claims(bench.here)] == [False] * 3 + [True] * 3


def test_a_mediator_reads_what_was_added_and_no_file_knows_it(bench: Bench) -> None:
    keys = give_mediators(bench, {"54321": "Mara", "54322": "Musa"})
    publish(bench)
    assert "Only mediators can read it" in bench.client.get(address()).text
    claim(bench.client, words=CANARY)
    (told,) = bench.here.journal.entries(bench.here.db, [EXPLAINED])
    assert [unseal(told.data.sealed, key) for key in keys.values()] == [CANARY, CANARY]
    bench.here.journal.store.fold()
    for path in bench.data.path.iterdir():
        assert not path.is_file() or CANARY.encode() not in path.read_bytes(), path


def test_with_no_mediator_the_field_is_not_there_and_the_page_says_so(bench: Bench) -> None:
    publish(bench)
    page = bench.client.get(address()).text
    assert "<textarea" not in page
    assert "no mediator whom they could be locked for" in page
    answer = claim(bench.client, words=CANARY)
    assert "What you typed was not kept" in answer.text
    assert HIDDEN in log(bench)
    assert list(bench.here.journal.entries(bench.here.db, [EXPLAINED])) == []


def test_words_that_are_too_long_are_said_so_and_nothing_is_done(bench: Bench) -> None:
    give_mediators(bench, {"54321": "Mara"})
    publish(bench)
    answer = claim(bench.client, words="x" * 2001)
    assert answer.status_code == 422
    assert "Nothing was done yet." in answer.text
    assert claims(bench.here) == []
    assert claim(bench.client, words="🦊" * 2000).status_code == 200


def test_words_of_a_claim_are_inert_everywhere(bench: Bench) -> None:
    give_mediators(bench, {"54321": "Mara"})
    publish(bench)
    page = claim(bench.client, words="<script>alert(1)</script>").text
    page += bench.client.post("/claim", data={"slip": '"><script>alert(1)</script>'}).text
    assert "<script>alert" not in page


def test_the_slip_says_how_it_stands_however_it_is_typed(bench: Bench) -> None:
    publish(bench)
    page = claim(bench.client).text
    slip, groups = slip_on(page), digits_on(page)
    assert tuple(groups) == digits(tuple(slip))
    words = (" ".join(slip), ", ".join(slip).upper(), "\n".join(word[:4] for word in slip))
    arabic = " ".join(groups).translate(str.maketrans("0123456789", "٠١٢٣٤٥٦٧٨٩"))
    for typed in (*words, " ".join(groups), "".join(groups), arabic, " ".join([*slip[:3], *groups[3:]])):
        page = state(bench.client, typed)
        assert "It is being talked over." in page
        assert "hidden since Tuesday 24 November 2026" in page


def test_no_two_wrong_slips_are_told_apart_and_few_can_be_tried(bench: Bench) -> None:
    publish(bench)
    slip = slip_on(claim(bench.client).text)
    unknown = [
        state(bench.client, typed)
        for typed in ("zoo " * 6, "2048" * 6, "zoo", "", " ".join(slip[::-1]), "é" * 400)
    ]
    assert len({re.sub(r'value="[^"]*"', "", page) for page in unknown}) == 1
    assert "No claim has this slip." in unknown[0]
    codes = [bench.client.post("/claim", data={"slip": "zoo"}).status_code for _ in range(40)]
    assert codes == [404] * 24 + [429] * 16
    assert bench.client.post("/claim", data={"slip": " ".join(slip)}).status_code == 429


def test_after_a_week_without_an_answer_the_sentence_is_erased_and_says_so(bench: Bench) -> None:
    publish(bench, 2)
    slip = slip_on(claim(bench.client).text)
    before = public_bodies(bench.here)
    bench.time.pass_seconds(WEEK - HOUR)
    assert forget(bench) == 0
    bench.time.pass_seconds(2 * HOUR)
    assert forget(bench) == 1
    assert public_bodies(bench.here) == before - 1
    assert "Taken out: nobody answered within a week." in log(bench)
    assert log(bench).count(TOLD) == 1
    assert "It was taken out." in state(bench.client, slip)
    assert bench.client.get(address()).status_code == 404


def test_a_sentence_that_was_never_hidden_goes_after_a_week_as_well(bench: Bench) -> None:
    publish(bench, 4)
    for number in (1, 2, 3, 4):
        claim(bench.client, number)
    bench.time.pass_seconds(WEEK + HOUR)
    assert forget(bench) == 4
    assert log(bench).count("Taken out") == 4


def test_a_clock_that_is_not_verified_erases_nothing(bench: Bench) -> None:
    publish(bench)
    claim(bench.client)
    bench.time.boot, bench.time.uptime = "b00700000002", 1000
    bench.time.pass_seconds(9 * WEEK)
    assert forget(bench) == 0
    assert HIDDEN in log(bench)


def test_a_claim_made_by_a_wrong_clock_has_its_week_once_the_clock_is_right(bench: Bench) -> None:
    publish(bench)
    bench.time.boot, bench.time.uptime = "b00700000002", 1000
    right = bench.time.system
    bench.time.system = 0
    claim(bench.client)
    bench.time.system = right
    bench.time.pass_seconds(3 * DAY)
    bench.here.clock.confirm(bench.time.system)
    assert forget(bench) == 0
    bench.time.pass_seconds(WEEK - 4 * DAY)
    assert forget(bench) == 0
    bench.time.pass_seconds(DAY + HOUR)
    assert forget(bench) == 1


def test_rebuilding_gives_the_same_pages_before_and_after_erasure(bench: Bench) -> None:
    publish(bench, 4)
    for number in (1, 3):
        claim(bench.client, number)
    before = pages(bench)
    rebuilt(bench)
    assert pages(bench) == before
    bench.time.pass_seconds(WEEK + HOUR)
    forget(bench)
    after = pages(bench)
    rebuilt(bench)
    assert pages(bench) == after != before


def test_the_counts_of_the_night_stay_as_they_were(bench: Bench) -> None:
    publish(bench, 3)
    morning(bench)
    counted = re.findall(r"\d notes?\.", bench.client.get("/log").text + log(bench))
    assert "3 notes." in counted
    claim(bench.client, 1)
    claim(bench.client, 3)
    bench.time.pass_seconds(WEEK + HOUR)
    forget(bench)
    listed = bench.client.get("/log").text + log(bench)
    assert re.findall(r"\d notes?\.", listed) == counted


def test_the_added_words_go_with_the_claim_or_after_ninety_days(bench: Bench) -> None:
    give_mediators(bench, {"54321": "Mara"})
    publish(bench)
    claim(bench.client, words=CANARY)
    bench.time.pass_seconds(WEEK + HOUR)
    assert forget(bench) == 2
    assert list(bench.here.journal.entries(bench.here.db, [EXPLAINED])) == []
    assert len(list(bench.here.journal.entries(bench.here.db, [MADE]))) == 1


def test_the_claim_is_kept_for_as_long_as_the_sentence_must_not_come_back(bench: Bench) -> None:
    publish(bench)
    claim(bench.client)
    bench.time.pass_seconds(400 * DAY)
    forget(bench)
    forget_daily(bench.here.journal, bench.here.clock.now())
    assert "Taken out: nobody answered within a week." in log(bench)


def test_the_host_does_not_read_what_is_hidden(bench: Bench) -> None:
    bench.member("23456", "Oskar", Role.HOST)
    publish(bench)
    bench.time.pass_seconds(-12 * HOUR)
    client = bench.client
    client.post("/sign-in", data={"who": "oskar", "pin": PIN, "next": "/host/log"})
    assert TOLD in client.get("/host/log").text
    claim(bench.client)
    page = client.get("/host/log").text
    assert TOLD not in page
    assert "claim" not in page.lower()


def test_a_claim_on_a_full_disk_says_that_nothing_was_saved(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    publish(bench)
    monkeypatch.setattr(type(bench.here.journal.store), "is_low", True)
    answer = claim(bench.client)
    assert answer.status_code == 507
    assert "Nothing of it was saved." in answer.text
    assert claims(bench.here) == []
