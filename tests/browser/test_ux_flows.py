"""What each flow says and asks: UX.md, rows 7, 10, 11, 13, 20, 21 and 24 to 26."""

from __future__ import annotations

import re
import time

import msgspec
import pytest

from kiosk.bench import create_bench
from kiosk.config import Config
from kiosk.core.mandate import Role
from tests.support import PIN, Bench, walks
from tests.support.browser import SIZES, Person
from tests.support.street import Member, Street
from tests.sync.sockets import listening

pytestmark = [pytest.mark.browser, pytest.mark.slow]

INES, ROSA = Member("Ines", "12345", PIN), Member("Rosa", "23456", PIN)
_HISTORY = """
const seen = [location.href, document.title, JSON.stringify(history.state)];
return [...seen, ...Object.values(localStorage), ...Object.values(sessionStorage)].join(" ");
"""
_KEYS = """
return [...document.querySelectorAll(".key")].map((one) => one.getBoundingClientRect())
  .map((box) => Math.min(box.width, box.height));
"""


def test_a_note_is_one_question_a_screen_eight_taps_and_less_than_a_minute(
    street: Street, person: Person
) -> None:
    dora = street.member("Dora", "steward")
    person.go("/incidents/new")
    walks.sign_in(person, dora)
    begun, person.taps, steps = time.monotonic(), 0, []
    for question, taps in walks.STEPS.values():
        person.see(question)
        assert len(person.driver.find_elements("css selector", "h1")) == 1
        assert person.find(".top .button").text == "Back"
        steps.append(len(person.driver.find_elements("css selector", ".progress .done")))
        for words in taps:
            person.tap(words)
    person.see("Kept. Thank you, Dora.")
    assert person.taps <= 8
    assert time.monotonic() - begun < 60
    assert steps == sorted(steps)
    assert steps[0] == 1


def test_the_same_badge_later_asks_whether_somebody_leaves_and_says_since_when(
    bench: Bench, person: Person
) -> None:
    bench.member("12345", "Ines", Role.STEWARD)
    with listening(bench) as port:
        person.begin(f"http://127.0.0.1:{port}")
        walks.check_in_by_pin(person, INES)
        since = re.search(r"since (\d\d:\d\d)", person.text)
        assert since is not None
        bench.time.pass_seconds(600)
        person.go("/check-in/pin")
        person.fill("who", INES.number)
        person.fill("pin", INES.pin)
        person.tap("Check in or out")
        person.see(f"You're already here, since {since[1]}. Leaving?")
        person.see("Your notes")
        person.tap("Yes, I am leaving")
        person.see("Get home well.")


def test_a_lapsed_mandate_says_until_when_and_what_renews_it(bench: Bench, person: Person) -> None:
    bench.member("12345", "Ines", Role.STEWARD, ends=bench.time.system // 1000 - 3600)
    with listening(bench) as port:
        person.begin(f"http://127.0.0.1:{port}")
        walks.check_in_by_pin(person, INES)
        person.see("Here as a neighbour, not on duty")
        person.see("Your mandate ran until 23 November")
        person.see("assembly")


def test_a_code_that_is_no_badge_leaves_every_other_way_in(person: Person) -> None:
    person.go("/check-in")
    person.fill("badge", "SB1:NOT A BADGE")
    person.tap("Use this code")
    person.see("You are not checked in.")
    person.see("Name and PIN")
    person.tap("Name and PIN")
    person.tap("I forgot my PIN")
    person.see("Two stewards here can vouch for you tonight.")
    person.complaints()


@pytest.mark.parametrize("size", SIZES)
def test_the_keys_of_the_pin_pad_are_large_and_no_digit_is_left_anywhere(
    size: str, street: Street, person: Person
) -> None:
    edda = street.member(f"Edda {size}", "steward")
    person.go("/sign-in?next=/incidents/mine")
    person.resize(*SIZES[size])
    assert min(person.driver.execute_script(_KEYS)) >= 88
    person.fill("who", edda.number)
    for digit in edda.pin:
        person.tap(digit)
        assert edda.pin not in person.text
    person.tap("Go on")
    person.see("Your notes")
    for _ in range(2):
        assert edda.pin not in person.driver.execute_script(_HISTORY)
        person.driver.back()
        assert edda.pin not in person.driver.page_source
    assert edda.pin not in street.bench.said()


def test_a_bench_without_network_is_calm_and_says_where_things_are(bench: Bench, person: Person) -> None:
    bench.member("12345", "Ines", Role.STEWARD)
    with listening(bench) as port:
        person.begin(f"http://127.0.0.1:{port}")
        person.go("/")
        person.see("Offline now. All this works.")
        walks.check_in_by_pin(person, INES)
        person.see("Saved on this bench. It will be sent when there is a connection.")
        assert person.driver.find_elements("css selector", ".error, [role=alert]") == []


def test_get_help_needs_no_sign_in_and_claims_of_nobody_that_they_come(bench: Bench, person: Person) -> None:
    with listening(bench) as port:
        person.begin(f"http://127.0.0.1:{port}")
        person.go("/")
        person.tap("Get help")
        assert person.taps == 1
        for words in ("In danger? Call", "Ambulance", "Fire", "Police", "Go inside", "Walk with me"):
            person.see(words)
        person.see("This page tells nobody that you are here")
        assert not re.search(r"(on (its|their|the) way|coming|was told|informed)", person.text)
        for call in person.driver.find_elements("css selector", ".tel"):
            assert str(call.get_attribute("href")).startswith("tel:1")
            code = call.find_element("css selector", "img")
            assert code.size["width"] >= 140
            assert person.driver.execute_script("return arguments[0].naturalWidth", code) > 0
            digits = call.find_element("css selector", "b").value_of_css_property("font-size")
            assert float(digits.removesuffix("px")) >= 56


@pytest.mark.parametrize(
    ("lens", "turn"), [("top", (0, -1)), ("bottom", (0, 1)), ("left", (-1, 0)), ("right", (1, 0))]
)
@pytest.mark.parametrize("lang", ["en", "ar"])
def test_the_arrow_points_to_the_lens_as_the_tablet_is_mounted(
    lens: str, turn: tuple[int, int], lang: str, bench: Bench, person: Person
) -> None:
    bench.app = create_bench(msgspec.convert({"lens": lens}, Config), bench.data, tick=bench.time)
    with listening(bench) as port:
        person.begin(f"http://127.0.0.1:{port}")
        person.go(f"/display?lang={lang}&back=/check-in")
        person.find("[data-camera-on]")
        matrix = person.find(".aim .shape").value_of_css_property("transform")
        along = (1.0, 0.0) if matrix == "none" else tuple(map(float, matrix[7:-1].split(",")[:2]))
        assert (round(along[0]), round(along[1])) == turn
        person.go("/help")  # a camera that is on would go on asking


@pytest.mark.parametrize("way", ["/no-such-page", "/log/2001-01-01", "/posters/none", "/sign-out"])
def test_an_error_says_what_was_kept_what_to_do_and_whom_to_ask(way: str, person: Person) -> None:
    person.go(way)
    for words in ("What was kept", "What to do", "Whom to ask", "Get help", "Back to the bench"):
        person.see(words)
    person.tap("Back to the bench")
    person.arrive("/")
    person.complaints()


def test_the_host_sees_in_one_look_how_it_is_and_closes_with_one_tap(bench: Bench, person: Person) -> None:
    bench.member("23456", "Rosa", Role.HOST)
    with listening(bench) as port:
        person.begin(f"http://127.0.0.1:{port}")
        person.go("/host")
        walks.sign_in(person, ROSA)
        for words in ("Who is here", "Time", "Node last reached", "To be sent", "Tonight’s log", "Disk:"):
            person.see(words)
        person.see("You run no patrol. You may stop today. If asked, show “What this tablet holds”.")
        seen = "return document.querySelector('.glance').getBoundingClientRect().bottom"
        bar = "return document.querySelector('.foot').getBoundingClientRect().top"
        assert len(person.driver.find_elements("css selector", ".verdict .notice")) == 1
        assert person.driver.execute_script(seen) <= person.driver.execute_script(bar)
        person.tap("Closed tonight")
        person.see("Open again")
        person.tap("Done")
        person.see("The host has closed the bench tonight.")


def test_their_own_notes_are_a_tap_away_for_whoever_has_checked_in(street: Street, person: Person) -> None:
    walks.check_in_by_pin(person, street.member("Flor", "steward"))
    person.taps = 0
    person.tap("Your notes")
    person.arrive("/incidents/mine")
    assert person.taps == 1
