"""The coordinators' desk in a real browser: it fits in every size, and breaks no rule of its own."""

from __future__ import annotations

from pathlib import Path

import pyotp
import pytest
from selenium import webdriver

from tests.support.album import Album
from tests.support.browser import Person
from tests.support.node import PASSPHRASE
from tests.support.street import Street

pytestmark = [pytest.mark.browser, pytest.mark.slow]

PAGES = {
    "desk-new-member": ("/desk/members/new", "What they want to be called"),
    "desk-new-bench": ("/desk/benches/new", "What the bench is called"),
    "desk-bench": ("/desk/bench?bench=linden-bakery", "Lock it out"),
    "desk-holds": ("/desk/holds", "Ask another coordinator"),
}


def test_every_page_of_the_desk_fits_and_breaks_no_rule_of_the_browser(
    blind: webdriver.Chrome, street: Street, pictures: Path | None, language: str
) -> None:
    ada = street.member("Ada", "coordinator")
    made = street.node.asks("member.passphrase", member=ada.number, passphrase=PASSPHRASE)
    person = Person(blind)
    person.speak(language)
    person.begin(street.node.url)
    album = Album(person, pictures)
    person.go("/desk")
    album.take("desk-sign-in", "The code on your phone")
    person.fill("number", ada.number)
    person.fill("passphrase", PASSPHRASE)
    person.fill("code", pyotp.TOTP(pyotp.parse_uri(made["uri"]).secret).now())
    person.tap("Sign in")
    album.take("desk", "Signed in as Ada.")
    for name, (path, words) in PAGES.items():
        person.go(path)
        album.take(name, words)
    person.go(f"/desk/member?number={ada.number}")
    album.take("desk-member", "They have left")
    person.tap("A new PIN")
    album.take("desk-sure", "counts no more")
    person.tap("New PIN")
    album.take("desk-done", "Shown this once")
    person.tap("Done")
    person.tap("Sign out")
    person.arrive("/")
    person.go("/desk")
    person.see("The code on your phone")
    assert person.complaints() == []
