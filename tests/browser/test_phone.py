"""The bench's own code: a tablet and a phone, in two windows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kiosk.core.mandate import Role
from kiosk.features.checkin import screen
from kiosk.features.checkin.screen import Near
from kiosk.people import phones
from tests.support import PIN, Bench
from tests.support.album import Album
from tests.support.browser import Person
from tests.support.processes import until
from tests.sync.sockets import listening


@pytest.fixture
def port(bench: Bench) -> Iterator[int]:
    """Where a bench listens that phones reach under another name, with cookies of their own."""
    bench.member("12345", "Ines", Role.STEWARD)
    with listening(bench) as port:
        near = Near(f"http://localhost:{port}", "Linden Bakery bench", "sit down")
        bench.app.extensions[screen.EXTENSION].near = near
        yield port


def _scanned(person: Person) -> str:
    """The address that a phone reads off the screen."""
    return str(person.find("figcaption").text)


def _offered(person: Person, badge: str, album: Album) -> str:
    """At the tablet, from the code's screen: with PIN and badge; the address that introduces a phone."""
    person.tap("Introduce my phone")
    person.fill("who", "Rosa")
    person.fill("pin", PIN)
    person.tap("Go on")
    person.tap("Introduce my phone")
    person.see("Hold your badge here")
    person.fill("badge", badge)
    person.tap("Use this code")
    album.take("phone-offer", "Let nobody else scan it")
    offer = _scanned(person)
    person.tap("Done")
    person.arrive("/check-in/phones")
    person.tap("Done")
    person.arrive("/")
    return offer


def _introduced(person: Person, offer: str, code: str, album: Album) -> None:
    """In the phone's window: unknown at first, then known."""
    person.driver.get(code)
    album.take("phone-unknown", "does not know this phone yet")
    person.driver.get(offer)
    album.take("phone-introduce", "Let this phone check you in")
    person.tap("Yes, this is my phone")
    album.take("phone-known", "This bench knows your phone, Rosa.")


@pytest.mark.timeout(240)
def test_a_phone_is_introduced_and_checks_in_while_the_tablet_looks_on(
    bench: Bench, port: int, person: Person, album: Album
) -> None:
    badge = bench.member("33333", "Rosa", Role.STEWARD)
    person.begin(f"http://127.0.0.1:{port}")
    tablet = person.driver.current_window_handle
    person.go("/check-in")
    person.tap("With your phone")
    album.take("code", "Check in with your phone")
    first = _scanned(person)
    offer = _offered(person, badge, album)
    person.go("/check-in/code")
    assert _scanned(person) == first
    person.driver.switch_to.new_window("window")
    _introduced(person, offer, first, album)
    person.driver.get(first)
    album.take("phone-ask", "Check in at Linden Bakery?")
    person.tap("Check in")
    album.take("phone-in", "You're in, Rosa.")
    person.driver.close()
    person.driver.switch_to.window(tablet)
    album.take("code-recorded", "A check-in was recorded.")
    assert "Rosa" not in person.text
    until(lambda: _scanned(person) != first, "another code", 10)


@pytest.mark.timeout(120)
def test_the_screen_renews_itself_and_an_old_code_is_refused(bench: Bench, port: int, person: Person) -> None:
    person.begin(f"http://127.0.0.1:{port}")
    person.go("/check-in/code")
    first = _scanned(person)
    bench.time.pass_seconds(30)
    until(lambda: _scanned(person) != first, "the next code", 10)
    secret = phones.introduce(bench.here, "12345")
    cookie = {"name": "phone", "value": secret, "url": first, "httpOnly": True, "sameSite": "Lax"}
    person.driver.execute_cdp_cmd("Network.setCookie", cookie)
    person.driver.get(first)
    person.see("Check in at Linden Bakery?")
    bench.time.pass_seconds(30)
    person.tap("Check in")
    person.see("That code is too old.")
    assert all("status of 410" in line for line in person.complaints())
