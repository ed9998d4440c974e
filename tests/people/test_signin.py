"""Signing in at the bench."""

from __future__ import annotations

from kiosk.core.mandate import Role
from tests.support import PIN, Bench


def test_name_and_pin_sign_in_and_go_on_to_the_page_asked_for(bench: Bench) -> None:
    bench.member("12345", "Ines", Role.STEWARD)
    answer = bench.client.post("/sign-in", data={"who": "ines", "pin": PIN, "next": "/incidents/new"})
    assert answer.status_code == 303
    assert answer.location == "/incidents/new"


def test_a_wrong_pin_and_an_unknown_name_get_the_same_words(bench: Bench) -> None:
    bench.member("12345", "Ines", Role.STEWARD)
    wrong = bench.client.post("/sign-in", data={"who": "ines", "pin": "000000"})
    unknown = bench.client.post("/sign-in", data={"who": "ivan", "pin": "000000"})
    assert wrong.status_code == unknown.status_code == 422
    assert "do not go together" in wrong.text
    assert wrong.text.replace("ines", "") == unknown.text.replace("ivan", "")


def test_nobody_is_sent_to_another_host_after_signing_in(bench: Bench) -> None:
    bench.member("12345", "Ines")
    answer = bench.client.post("/sign-in", data={"who": "12345", "pin": PIN, "next": "//elsewhere.example/"})
    assert answer.location == "/"
