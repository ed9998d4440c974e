"""A steward at the tablet who writes notes."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from html import unescape
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kiosk.core.mandate import Role
from kiosk.features.incidents.events import NOTED, WORDS
from tests.support import PIN, Bench

ANSWERS: tuple[tuple[str, Any], ...] = (
    ("asked", "true"),
    ("what", "argument"),
    ("where", "market"),
    ("when", "now"),
    ("tried", ["listened", "water-or-tea"]),
    ("ended", "calmed"),
)


@dataclass
class Steward:
    """Ines at the tablet. `page` is what she sees."""

    bench: Bench
    client: FlaskClient = field(init=False)
    page: TestResponse = field(init=False)

    def __post_init__(self) -> None:
        self.client = self.bench.client
        self.bench.member("12345", "Ines", Role.STEWARD)
        self.sign_in("ines")

    def sign_in(self, who: str) -> None:
        data = {"who": who, "pin": PIN, "next": "/incidents/new"}
        self.page = self.client.post("/sign-in", data=data, follow_redirects=True)

    @property
    def action(self) -> str:
        found = re.search(r'action="(/incidents/[^"]+note=[^"]+)"', self.page.text)
        assert found is not None
        return found[1]

    @property
    def token(self) -> str:
        found = re.search(r"note=([\w-]+)", self.page.text)
        assert found is not None
        return found[1]

    def answer(self, step: str, value: Any) -> None:
        data = {"step": step, step: value}
        self.page = self.client.post(self.action, data=data, follow_redirects=True)

    def answer_all(self) -> None:
        for step, value in ANSWERS:
            self.answer(step, value)

    def keep(self, words: str = "") -> None:
        self.page = self.client.post(self.action, data={"words": words}, follow_redirects=True)

    def alone(self, words: str = "drop") -> None:
        action = f"/incidents/alone?note={self.token}"
        self.page = self.client.post(action, data={"words": words}, follow_redirects=True)

    def partner_reads(self, who: str = "teo", pin: str = PIN) -> None:
        data = {"who": who, "pin": pin}
        self.page = self.client.post(self.read_action(), data=data, follow_redirects=True)

    def read_action(self) -> str:
        """Where the form goes to that the partner gets who has read the page that there is now."""
        page = self.client.get(f"/incidents/partner?note={self.token}")
        link = re.search(r'href="(/incidents/partner/sign[^"]+)"', page.text)
        assert link is not None
        form = self.client.get(unescape(link[1]))
        action = re.search(r'action="(/incidents/partner[^"]+)"', form.text)
        assert action is not None
        return unescape(action[1])

    @property
    def notes(self) -> list[Any]:
        here = self.bench.here
        return [entry.data for entry in here.journal.entries(here.db, [NOTED])]

    @property
    def words(self) -> list[Any]:
        here = self.bench.here
        return [entry.data for entry in here.journal.entries(here.db, [WORDS])]
