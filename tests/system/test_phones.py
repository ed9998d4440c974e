"""A phone in a real street: a node behind HTTPS, its bench, and the phone's own browser."""

from __future__ import annotations

import re
from html import unescape
from itertools import count
from pathlib import Path

import pytest
import requests

from kiosk.adapters.clock import machine_tick
from kiosk.adapters.keys import DeviceKey
from kiosk.features.checkin import codes
from tests.support.processes import safe_bench, until
from tests.support.street import Member, Street
from tests.support.traces import traces

BENCH = "linden-bakery"
_USES = count()
"""How many codes were made: each is another one, also within one step."""


class Phone:
    """A phone with a browser and nothing else."""

    def __init__(self, street: Street) -> None:
        self.root = street.front.url.rstrip("/")
        self.browser = requests.Session()
        self.browser.trust_env = False
        self.browser.verify = str(street.authority.ca)
        self.browser.headers["Origin"] = self.root

    def opens(self, path: str) -> str:
        """What a page says."""
        return self._words(self.browser.get(self.root + path, timeout=20))

    def taps(self, path: str, **form: str) -> str:
        """What a page says after its button; where that is, is `at`."""
        answer = self.browser.post(self.root + path, data=form, timeout=20)
        self.at = answer.url.removeprefix(self.root)
        return self._words(answer)

    @staticmethod
    def _words(answer: requests.Response) -> str:
        main = answer.text.partition('<main id="main">')[2].partition("</main>")[0]
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", main)).split())


def _link(street: Street, member: Member) -> str:
    return f"/phone/{street.node.asks('member.phone-link', member=member.number)['secret']}"


@pytest.fixture
def phone(street: Street) -> Phone:
    """The phone of Ines, introduced by her link."""
    made = Phone(street)
    assert "This phone checks in Ines" in made.taps(_link(street, street.ines))
    return made


def _shown(street: Street, steps: int = 0) -> str:
    """The code that the bench shows now, or showed some steps ago."""
    key, tick = DeviceKey.load(street.bench.data / "device.key"), machine_tick()
    return codes.make(key.derive, BENCH, tick.boot, codes.step_at(tick.uptime) - steps, next(_USES))


def _told(street: Street, phone: Phone, wants: str, code: str) -> str:
    """What the phone is told in the end."""
    phone.taps(f"/at/{BENCH}/{code}", wants=wants)
    page = phone.at

    def answer() -> str:
        words = phone.opens(page)
        return "" if "Waiting for the bench" in words else words

    street.bench.asks("bench.sync")
    return until(answer, "the bench's answer", 60)


def test_what_is_asked_waits_and_reaches_the_bench(street: Street, phone: Phone) -> None:
    code = "A" * 24
    assert "Check in at Linden Bakery as Ines?" in phone.opens(f"/at/{BENCH}/{code}")
    assert "Waiting for the bench" in phone.taps(f"/at/{BENCH}/{code}", wants="in")
    street.bench.asks("bench.sync")
    held = [body["data"] for body in street.bench.bodies() if body["type"] == "phone.asked"]
    wanted = (BENCH, street.ines.number, "in")
    assert [(one["bench"], one["member"], one["wants"]) for one in held if one["code"] == code] == [wanted]


def test_neither_link_nor_cookie_is_in_a_file_of_the_node_or_a_bench(street: Street) -> None:
    link = _link(street, street.ines)
    made = Phone(street)
    made.opens(link)
    made.taps(link)
    cookie = made.browser.cookies.get("__Host-phone")
    assert cookie
    made.opens("/phone")
    for app in (street.node, street.bench):
        assert traces(app.data, link.rpartition("/")[2], cookie) == {}
        assert cookie not in app.said()


def test_a_phone_that_was_revoked_asks_nothing(street: Street, phone: Phone) -> None:
    street.node.asks("member.phone-revoke", member=street.ines.number)
    assert "not introduced yet" in phone.taps(f"/at/{BENCH}/{'B' * 24}", wants="in")


def _phone_of(street: Street, member: Member) -> Phone:
    made = Phone(street)
    made.taps(_link(street, member))
    return made


def test_a_phone_is_introduced_asks_waits_and_has_a_receipt_once_the_bench_has_confirmed(
    street: Street, tmp_path: Path
) -> None:
    otto = street.member("Otto", "steward")
    phone = _phone_of(street, otto)
    said = _told(street, phone, "in", _shown(street))
    assert said.startswith("You’re in At Linden Bakery, since ")
    assert street.bench.types_of(otto) == ["checkin.arrived"]
    page = phone.at
    assert "evidence in your pocket" in phone.opens(f"{page}/receipt")
    receipt = tmp_path / "receipt.txt"
    receipt.write_bytes(phone.browser.post(f"{phone.root}{page}/receipt", timeout=20).content)
    key = safe_bench("export", "--data", street.bench.data, "--out", tmp_path / "all.ndjson").split()[-1]
    checked = safe_bench("verify", receipt, "--key", key)
    assert "signer not checked" not in checked
    assert "You’re out" in _told(street, phone, "out", _shown(street))
    assert "That is over" in phone.opens(page)


def test_31_a_code_that_is_used_old_forged_or_of_another_bench_is_not_confirmed(street: Street) -> None:
    first, second = street.member("Pia", "steward"), street.member("Quin", "steward")
    one, two = _phone_of(street, first), _phone_of(street, second)
    code = _shown(street)
    assert "You’re in" in _told(street, one, "in", code)
    assert "used before" in _told(street, two, "in", code)
    assert "too long ago" in _told(street, two, "in", _shown(street, 5))
    assert "did not show this code" in _told(street, two, "in", code[:-1] + ("A" if code[-1] != "A" else "B"))
    key, tick = DeviceKey.load(street.bench.data / "device.key"), machine_tick()
    other = codes.make(key.derive, "corner", tick.boot, codes.step_at(tick.uptime), 0)
    assert "did not show this code" in _told(street, two, "in", other)
    assert street.bench.types_of(second) == []
