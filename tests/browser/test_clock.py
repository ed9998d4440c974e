"""The host tells the bench the time: by touches alone, in every size, by the keyboard, in Arabic too."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from selenium.webdriver.common.keys import Keys

from kiosk.core.mandate import Role
from kiosk.web.words import languages
from tests.browser.test_look import wrong_on
from tests.support import EVENING, PIN, Bench, walks
from tests.support.album import Album
from tests.support.browser import SIZES, Person
from tests.support.street import Member
from tests.support.touch import Fingers
from tests.sync.sockets import listening

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ROSA = Member("Rosa", "23456", PIN)
TELL = "/host/clock/tell"
TOLD = "day=2026-11-24&hour=18&about=30"
TAPS = (
    ("a[href='/host/clock/tell']", f"{TELL}"),
    ("[name=day][value='2026-11-24']", f"{TELL}?day=2026-11-24"),
    ("[name=hour][value='18']", f"{TELL}?day=2026-11-24&hour=18"),
    ("[name=about][value='30']", f"{TELL}?{TOLD}"),
    ("[name=minute][value='34']", f"{TELL}?day=2026-11-24&hour=18&minute=34"),
    ("button[form=sure]", "/host"),
)
"""What is touched, and where that leads."""
PAGES = {
    "believed": ("/host/clock", "Is it 21:44 on Monday 23 November 2026?", 0),
    "day": (f"{TELL}?from=2026-12-07", "Which day is it?", 0),
    "month": (f"{TELL}?months=2027-11-01", "Which month is it?", 0),
    "hour": (f"{TELL}?day=2026-11-24", "Which hour is it?", 0),
    "about": (f"{TELL}?day=2026-11-24&hour=18", "About what time is it?", 0),
    "minute": (f"{TELL}?{TOLD}", "What time is it exactly?", 0),
    "sure": (f"{TELL}?day=2026-11-24&hour=18&minute=34", "Is it 18:34 on Tuesday 24 November 2026?", 0),
    "jump": (f"{TELL}?day=2027-03-28", "Which hour is it?", 125),
    "twice": (f"{TELL}?day=2027-10-31&hour=2&minute=30", "comes twice on this day", 342),
    "far": ("/host/clock", "Is it 21:44 on Friday 23 November?", 9 * 365 + 2),
}
"""Of each page the address, its words, and how many days ahead the tablet's own clock is."""
_IN_SIGHT = """
const foot = document.querySelector(".foot").getBoundingClientRect().top;
const shown = (box) => box.top >= 0 && box.bottom <= foot + 1 && box.left >= 0 && box.right <= innerWidth;
const all = [...document.querySelectorAll("main :is(h1, .card, .button)")];
return all.filter((one) => !shown(one.getBoundingClientRect())).map((one) => one.innerText);
"""


@pytest.fixture
def rosa(bench: Bench, person: Person) -> Iterator[Person]:
    """Rosa, who keeps a shop, before a bench that was started anew and knows of no summer or winter."""
    bench.member(ROSA.number, ROSA.name, Role.HOST, ends=EVENING + 366 * 86_400)
    bench.time.boot, bench.time.uptime = "b00700000002", 1000
    with listening(bench) as port:
        person.begin(f"http://127.0.0.1:{port}")
        person.go("/sign-in?next=/host")
        walks.sign_in(person, ROSA)
        person.arrive("/host")
        yield person


@pytest.mark.parametrize("tongue", languages())
def test_touches_alone_tell_the_time(bench: Bench, rosa: Person, tongue: str) -> None:
    fingers = Fingers(rosa)
    rosa.go(f"/display?lang={tongue}&back=/host/clock")
    for touched, leads in TAPS:
        fingers.touch(touched)
        rosa.arrive(leads)
    assert bench.here.clock.verified
    assert bench.here.clock.now() == EVENING + (24 - 3) * 3600 - 600


def test_a_far_month_is_two_touches_away_and_a_day_too_far_is_refused_in_words(
    bench: Bench, rosa: Person
) -> None:
    fingers = Fingers(rosa)
    rosa.go(TELL)
    fingers.touch("[name=months]")
    rosa.see("Which month is it?")
    fingers.touch("[name=from][value='2027-06-01']")
    rosa.see("Which day is it?")
    fingers.touch("[name=day][value='2027-06-03']")
    rosa.see("Thursday 3 June 2027 is far from what this bench knows.")
    assert rosa.find(".card b").text == "Thursday", "the week that was chosen is still there"
    assert not bench.here.clock.verified
    assert all("responded with a status of 422" in line for line in rosa.complaints())


def test_what_comes_twice_is_asked_once_more(bench: Bench, rosa: Person) -> None:
    bench.time.system += 342 * 86_400_000
    rosa.go(PAGES["twice"][0])
    rosa.tap("The second, after the clocks went back")
    rosa.see("Is it 02:30 on Sunday 31 October?")
    rosa.see("The second, after the clocks went back")
    rosa.tap("2027")
    rosa.arrive("/host")
    assert bench.here.clock.now() == 1_824_946_200  # 01:30 UTC


def test_the_keyboard_alone_tells_the_time(bench: Bench, rosa: Person) -> None:
    rosa.go("/host/clock")
    for wanted, leads in TAPS:
        for _tab in range(60):
            rosa.press(Keys.TAB)
            if rosa.driver.execute_script("return document.activeElement?.matches(arguments[0])", wanted):
                break
        rosa.press(Keys.ENTER)
        rosa.arrive(leads)
    assert bench.here.clock.verified


@pytest.mark.timeout(200)
def test_every_question_fits_and_needs_no_scrolling(
    bench: Bench, rosa: Person, album: Album, language: str
) -> None:
    for name, (path, words, days) in PAGES.items():
        bench.time.system = (EVENING + days * 86_400) * 1000
        rosa.go(path)
        album.take(f"clock-{name}", words)
        for size in ("landscape", "portrait"):
            wrong = [one for text in ("large", "normal") for one in wrong_on(rosa, size, text)]
            assert not wrong, f"{name}, {language}: {wrong}"
            assert rosa.driver.execute_script(_IN_SIGHT) == [], f"{name}, {language}, {size}"
        rosa.resize(*SIZES["landscape"])


def test_what_the_node_says_is_asked_before_anything_is_tapped(bench: Bench, rosa: Person) -> None:
    bench.here.clock.observe_signed(bench.time.system + 90 * 86_400_000, 100)
    rosa.go("/host/clock")
    rosa.tap("No")
    rosa.see("Is it 21:44 on Sunday 21 February 2027?")
    rosa.tap("Yes, it is")
    rosa.arrive("/host")
    assert bench.here.clock.now() == (EVENING + 90 * 86_400) // 60 * 60
