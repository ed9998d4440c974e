"""Published sentences and claims on them, made by hand."""

from __future__ import annotations

import re
from html import unescape

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kiosk.features.claims.events import MADE, Made
from kiosk.features.log.events import NIGHT, SENTENCE
from kiosk.web.services import Services
from tests.features.log.nights import FIRST, HOUR, morning, note
from tests.support import Bench

WEEK = 7 * 24 * HOUR
TOLD = "at Market corner, about"
HIDDEN = "This is being talked over."


def publish(bench: Bench, count: int = 1) -> None:
    """A night with so many sentences is published; it is the next evening then."""
    for _ in range(count):
        note(bench)
    morning(bench)


def address(number: int = 1, night: object = FIRST, device: str = "linden-bakery") -> str:
    """Where anyone says that a sentence is about them or wrong."""
    return f"/log/{night}/{device}/{number}/wrong"


def claim(client: FlaskClient, number: int = 1, words: str = "", night: object = FIRST) -> TestResponse:
    """Somebody taps the button."""
    return client.post(address(number, night), data={"words": words})


def slip_on(page: str) -> list[str]:
    """The words of the slip on a page."""
    return re.findall(r'<li><div lang="en">([a-z]+)</div>', page)


def digits_on(page: str) -> list[str]:
    """The same slip in groups of digits."""
    return re.findall(r'<div class="digits"[^>]*>([0-9]{4})</div></li>', page)


def state(client: FlaskClient, slip: list[str] | str) -> str:
    """What the page says of a slip."""
    typed = slip if isinstance(slip, str) else " ".join(slip)
    return unescape(client.post("/claim", data={"slip": typed}).text)


def claims(here: Services) -> list[Made]:
    """The claims that were recorded, in order."""
    return [entry.data for entry in here.journal.entries(here.db, [MADE])]


def public_bodies(here: Services) -> int:
    """How many published events are held whole."""
    return len(list(here.journal.entries(here.db, [SENTENCE, NIGHT])))
