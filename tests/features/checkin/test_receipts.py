"""A receipt of one's own check-in, saved on the phone in the bench's Wi-Fi."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from kiosk.adapters.verify import verify
from kiosk.core.checkpoint import Receipt
from kiosk.core.mandate import Role
from kiosk.core.note import VerifierKey
from tests.features.checkin.walk_in import known_phone, phone, shown, with_wifi
from tests.support import Bench


@pytest.fixture
def near(bench: Bench) -> Bench:
    """A bench with Wi-Fi, and Ines and Teo of its patrol."""
    bench.member("12345", "Ines", Role.STEWARD)
    bench.member("22222", "Teo", Role.STEWARD)
    return with_wifi(bench)


def _tap(client: FlaskClient, code: str, wants: str = "in") -> str:
    return client.post(f"/at/{code}", data={"wants": wants}, follow_redirects=True).text


def _check(bench: Bench, receipt: bytes, to: Path) -> bytes:
    """The event in a receipt that anybody can check with the bench's key."""
    to.write_bytes(receipt)
    key = VerifierKey(f"lindenfield/{bench.here.journal.source}", bench.here.device.key.public)
    verify(to, [key])
    return Receipt.parse(receipt.decode()).extra


def test_a_receipt_comes_after_a_page_that_says_what_it_is(near: Bench, tmp_path: Path) -> None:
    ines, code = known_phone(near, "12345"), shown(near)
    assert f'href="/at/{code}/receipt"' in _tap(ines, code)
    page = ines.get(f"/at/{code}/receipt")
    assert "evidence in your pocket" in page.text
    assert page.mimetype == "text/html"
    answer = ines.post(f"/at/{code}/receipt")
    assert answer.mimetype == "text/plain"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="receipt-2026-11-23.txt"'
    event = _check(near, answer.data, tmp_path / "receipt.txt")
    assert b"checkin.arrived" in event
    assert b"12345" in event


def test_each_code_has_the_receipt_of_what_it_recorded(near: Bench, tmp_path: Path) -> None:
    ines, come = known_phone(near, "12345"), shown(near)
    _tap(ines, come)
    near.time.pass_seconds(3600)
    go = shown(near)
    _tap(ines, go, "out")
    for code, kind in ((come, b"checkin.arrived"), (go, b"checkin.left")):
        assert kind in _check(near, ines.post(f"/at/{code}/receipt").data, tmp_path / "receipt.txt")


def test_nobody_gets_a_receipt_of_somebody_else_or_of_nothing(near: Bench) -> None:
    ines, code = known_phone(near, "12345"), shown(near)
    for phone_of in (ines, known_phone(near, "22222"), phone(near)):
        assert phone_of.post(f"/at/{code}/receipt").status_code == 404
    _tap(ines, code)
    for other in (known_phone(near, "22222"), phone(near), near.client):
        assert other.get(f"/at/{code}/receipt").status_code == 404
        assert other.post(f"/at/{code}/receipt").status_code == 404


def test_there_is_no_receipt_of_what_was_undone(near: Bench) -> None:
    ines, code = known_phone(near, "12345"), shown(near)
    _tap(ines, code)
    assert "receipt" not in _tap(ines, code, "undo")
    assert ines.post(f"/at/{code}/receipt").status_code == 404
