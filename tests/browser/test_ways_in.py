"""The ways in: camera in bad light, a scanner that types, the keyboard alone, no camera at all."""

from __future__ import annotations

from pathlib import Path

import pytest
import zxingcpp
from PIL import Image
from selenium.webdriver.common.keys import Keys

from tests.support import camera, walks
from tests.support.browser import Person
from tests.support.street import Street

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def printed_on(badge: Path) -> str:
    """What a USB scanner reads off a badge."""
    with Image.open(badge) as picture:
        found = zxingcpp.read_barcode(picture.convert("L"))
    assert found is not None
    return found.text


def test_a_badge_held_askew_in_bad_light_checks_in(street: Street, person: Person, film: Path) -> None:
    camera.film(street.badge(street.member("Kofi", "steward")), film, tilt=9, dark=True)
    person.go("/check-in")
    person.see("You're in, Kofi")


def test_the_same_badge_again_changes_nothing_and_says_so(street: Street, person: Person, film: Path) -> None:
    lale = street.member("Lale", "steward")
    camera.film(street.badge(lale), film)
    for words in ("You're in, Lale", "already"):
        person.go("/check-in")
        person.see(words)
    assert street.bench.types_of(lale) == ["checkin.arrived"]


def test_a_scanner_that_types_checks_in_on_the_first_screen(street: Street, person: Person) -> None:
    nadia = street.member("Nadia", "steward")
    person.go("/")
    person.press(f"x{printed_on(street.badge(nadia))}{Keys.ENTER}")  # a stray key before it
    person.see("You're in, Nadia")


def test_the_keyboard_alone_checks_in(street: Street, person: Person) -> None:
    omar = street.member("Omar", "steward")
    person.go("/")
    person.tab_to("Check in")
    person.press(Keys.ENTER)
    person.see("No badge with you?")
    person.tab_to("Name and PIN")
    person.press(Keys.ENTER)
    person.see("Your name or number")
    person.tab_to("who")
    person.press(omar.number)
    person.tab_to("pin")
    person.press(omar.pin + Keys.ENTER)
    person.see("You're in, Omar")
    person.tab_to("Done")
    person.press(Keys.ENTER)
    person.see("Get help")
    person.arrive("/")


def test_the_pin_pad_is_enough_and_shows_no_digit(street: Street, person: Person) -> None:
    pia = street.member("Pia", "steward")
    person.go("/check-in/pin")
    person.fill("who", pia.number)
    for digit in pia.pin:
        person.tap(digit)
    assert person.find("input[name=pin]").get_attribute("type") == "password"
    person.tap("Check in or out")
    person.see("You're in, Pia")
    assert pia.pin not in person.driver.current_url


def test_without_a_camera_the_other_ways_are_named(street: Street, camera_less: Person) -> None:
    camera_less.go("/check-in")
    camera_less.see("No camera was found")
    camera_less.tap("Name and PIN")
    walks.check_in_by_pin(camera_less, street.member("Quim", "steward"))


def test_back_after_done_shows_nothing_of_the_person_before(street: Street, person: Person) -> None:
    ruth = street.member("Ruth", "steward")
    walks.check_in_by_pin(person, ruth)
    person.tap("Write a note")
    person.tap("Yes")
    person.see("What happened?")
    person.tap("Loud argument")
    person.see("Where, roughly?")
    person.tap("Hide")
    person.see("Get help")
    for _ in range(8):
        person.driver.back()
        assert "Ruth" not in person.text
        assert "argument" not in person.text
