"""What takes time, and what runs out: UX.md, rows 6, 8, 9, 12 and 27. Long waits are shorter here."""

from __future__ import annotations

import pytest
from selenium.webdriver.remote.webelement import WebElement

from tests.support import walks
from tests.support.browser import Person
from tests.support.processes import until
from tests.support.street import Street
from tests.support.waits import hurry, left_alone, on_every_page

pytestmark = [pytest.mark.browser, pytest.mark.slow]

_CLOCK_FASTER = "const real = performance.now.bind(performance); performance.now = () => real() * %d;"
_WIPED = (
    "/sign-in",
    "/check-in",
    "/check-in/pin",
    "/vouch",
    "/claim",
    "/log",
    "/help",
    "/holds",
    "/posters/calm",
    "/no-such-page",
)
_LANGUAGE = "return document.documentElement.lang"
_TRACKS = "return window.seen.map((track) => track.readyState)"
"""Its light goes out when the last track has ended."""
_BUSY = """
const begun = performance.now();
new MutationObserver(() => sessionStorage.setItem("said", performance.now() - begun))
  .observe(document.querySelector("[data-busy]"), { childList: true });
document.querySelector(arguments[0]).click();
"""


@pytest.mark.parametrize("path", _WIPED)
def test_every_screen_asks_first_and_counts_down_twenty_seconds_or_more(path: str, person: Person) -> None:
    person.go(path)
    left_alone(person)
    assert int(person.find("[data-idle-left]").text) >= 20
    person.tap("I'm still here")
    assert not person.find("main").find_elements("css selector", "dialog[open]")
    assert person.path == path
    person.complaints()


@pytest.mark.parametrize(
    ("path", "field"), [("/sign-in", "who"), ("/vouch", "badge"), ("/claim", "slip"), ("/check-in", "badge")]
)
def test_what_somebody_typed_who_never_signed_in_is_wiped_and_back_reveals_none_of_it(
    path: str, field: str, person: Person
) -> None:
    person.go("/display?lang=fr&text=large")
    person.go(path)
    person.fill(field, "Zanzibarquartz")
    person.driver.execute_script("sessionStorage.setItem('masked', 'true')")
    on_every_page(person, "window.setTimeout = (does) => queueMicrotask(does);")
    person.driver.execute_script(
        "const all = window.setTimeout; window.setTimeout = (does) => all(does, 5);"
        "document.body.dispatchEvent(new KeyboardEvent('keydown', { bubbles: true }));"
    )
    person.arrive("/")
    assert person.find("html").get_attribute("lang") == "en"
    assert person.find("html").get_attribute("data-text") == "normal"
    assert person.driver.execute_script("return sessionStorage.length") == 0
    for _ in range(3):
        person.driver.back()
        assert "Zanzibarquartz" not in person.driver.page_source
        values = "return [...document.querySelectorAll('input, textarea')].map((one) => one.value).join()"
        assert "Zanzibarquartz" not in person.driver.execute_script(values)


def test_the_first_screen_is_everybodys_again_when_nobody_touches_it(person: Person) -> None:
    person.go("/display?lang=es&text=large")
    assert person.find("html").get_attribute("lang") == "es"
    hurry(person)
    person.driver.refresh()
    until(lambda: person.driver.execute_script(_LANGUAGE) == "en", "English again", 20)
    assert person.find("html").get_attribute("data-text") == "normal"


@pytest.mark.parametrize(
    ("path", "css"),
    [
        ("/", ".way.help"),
        ("/", ".pick"),
        ("/", ".headline a"),
        ("/sign-in", ".key"),
        ("/sign-in", "[data-mask]"),
        ("/sign-in", "[data-hide]"),
        ("/help", ".tel"),
        ("/posters", ".row a"),
        ("/check-in", ".button"),
    ],
)
def test_what_is_pressed_shows_it_within_a_tenth_of_a_second(path: str, css: str, person: Person) -> None:
    person.go(path)
    assert shown_after(person, person.find(css)) <= 100


def shown_after(person: Person, element: WebElement) -> float:
    """Put a finger on something and take it away elsewhere; after how many milliseconds it showed that."""
    pressed(person, element, "mousePressed")
    shown = """
    return new Promise((done) => {
      const begun = performance.now();
      const look = () => {
        for (let one = arguments[0]; one !== document.body; one = one.parentElement) {
          if (getComputedStyle(one).filter !== "none") return done(performance.now() - begun);
        }
        if (performance.now() - begun > 2000) return done(2000);
        requestAnimationFrame(look);
      };
      look();
    });
    """
    waited: float = person.driver.execute_script(shown, element)
    person.driver.execute_cdp_cmd("Input.dispatchMouseEvent", {"type": "mouseMoved", "x": 1, "y": 1})
    person.driver.execute_cdp_cmd(
        "Input.dispatchMouseEvent",
        {"type": "mouseReleased", "x": 1, "y": 1, "button": "left", "clickCount": 1},
    )
    return waited


def pressed(person: Person, element: WebElement, kind: str) -> None:
    """Put a finger on the middle of something."""
    person.driver.execute_script("arguments[0].scrollIntoView({block: 'center'})", element)
    middle = "const b = arguments[0].getBoundingClientRect(); return [b.x + b.width / 2, b.y + b.height / 2]"
    x, y = person.driver.execute_script(middle, element)
    event = {"type": kind, "x": x, "y": y, "button": "left", "clickCount": 1}
    person.driver.execute_cdp_cmd("Input.dispatchMouseEvent", event)


@pytest.mark.parametrize(
    ("path", "css"), [("/", ".way.help"), ("/claim", "form[action='/claim'] ~ .actions button")]
)
def test_a_slow_answer_says_still_working_by_one_second(path: str, css: str, person: Person) -> None:
    assert said_after(person, path, css) <= 1000
    person.complaints()


def said_after(person: Person, path: str, css: str) -> float:
    """Tap something whose answer takes 2.5 seconds; after how many milliseconds the page said so."""
    person.go(path)
    if path == "/claim":
        person.fill("slip", "zoo")
    slow = {"offline": False, "latency": 2500, "downloadThroughput": -1, "uploadThroughput": -1}
    person.driver.execute_cdp_cmd("Network.enable", {})
    person.driver.execute_cdp_cmd("Network.emulateNetworkConditions", slow)
    person.driver.execute_script(_BUSY, css)
    person.driver.execute_cdp_cmd("Network.emulateNetworkConditions", slow | {"latency": 0})
    said = until(
        lambda: person.driver.execute_script("return sessionStorage.getItem('said')"), "it was said", 10
    )
    return float(said)


def test_undo_is_offered_for_fifteen_seconds_and_done_stays_longer(street: Street, person: Person) -> None:
    on_every_page(person, _CLOCK_FASTER % 4)
    walks.check_in_by_pin(person, street.member("Ada", "steward"))
    assert 13 <= int(person.find("[data-count]").get_attribute("data-count") or "") <= 15
    until(lambda: "Undo" not in person.text, "no Undo any more", 10)
    assert "More time" not in person.text
    assert person.path == "/check-in/done"
    person.tap("Done")
    person.arrive("/")


def test_more_time_doubles_the_time_to_undo_before_it_runs_out(street: Street, person: Person) -> None:
    walks.check_in_by_pin(person, street.member("Bela", "steward"))
    assert 13 <= int(person.find("[data-count]").text) <= 15
    person.tap("More time")
    until(lambda: int(person.find("[data-count]").text) > 15, "more than fifteen seconds", 5)
    person.driver.refresh()
    assert 20 <= int(person.find("[data-count]").text) <= 30


def test_a_page_of_success_asks_before_it_goes_and_more_time_doubles_that(
    street: Street, person: Person
) -> None:
    walks.check_in_by_pin(person, street.member("Cleo", "steward"))
    left_alone(person)
    person.find("dialog [data-more]").click()
    person.see("You're in, Cleo")
    until(lambda: person.find("body").get_attribute("data-idle-times") == "2", "twice as long", 5)
    person.driver.refresh()
    person.see("Are you still here?", 20)
    assert int(person.find("[data-idle-left]").text) > 30


def test_the_camera_is_seen_to_be_on_and_goes_off_after_thirty_seconds(person: Person) -> None:
    on_every_page(person, _CLOCK_FASTER % 5)
    person.go("/check-in")
    person.see("Camera on")
    person.driver.execute_script("window.seen = document.querySelector('video').srcObject.getTracks()")
    assert person.driver.execute_script(_TRACKS) == ["live"]
    until(lambda: "Camera on" not in person.text, "the camera off", 15)
    person.see("The camera is off again.")
    assert person.driver.execute_script("return document.querySelector('video').srcObject") is None
    assert person.driver.execute_script(_TRACKS) == ["ended"]
    person.tap("Start the camera")
    person.see("Camera on")


def test_more_time_for_the_camera_is_offered_before_it_goes_off(person: Person) -> None:
    on_every_page(person, _CLOCK_FASTER % 3)
    person.go("/check-in")
    person.see("Camera on")
    assert "More time" not in person.text
    person.see("More time", 10)
    person.tap("More time")
    until(lambda: "More time" not in person.text, "more time given", 5)
    assert "Camera on" in person.text
    assert person.find("body").get_attribute("data-idle-times") == "2"
