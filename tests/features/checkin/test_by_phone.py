"""Checking in with one's own phone in the bench's Wi-Fi, with the code on the tablet."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import msgspec
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kiosk.core.mandate import Role
from kiosk.features.checkin import codes, desk, model
from kiosk.features.checkin.screen import Near
from kiosk.features.host.events import CLOSED, ClosedTonight
from kiosk.people import events, phones
from kiosk.web.assets import folder
from tests.features.checkin.test_checking_in import recorded
from tests.features.checkin.test_model import NIGHT
from tests.features.checkin.walk_in import NEAR, known_phone, phone, shown, with_wifi
from tests.support import PIN, Bench


@pytest.fixture
def near(bench: Bench) -> Bench:
    """A bench with Wi-Fi, and Ines and Teo of its patrol."""
    bench.member("12345", "Ines", Role.STEWARD)
    bench.member("22222", "Teo", Role.STEWARD)
    return with_wifi(bench)


def tap(client: FlaskClient, code: str, wants: str = "in") -> TestResponse:
    return client.post(f"/at/{code}", data={"wants": wants}, follow_redirects=True)


def test_a_known_phone_is_asked_once_and_is_in_with_one_tap(near: Bench) -> None:
    ines, code = known_phone(near, "12345"), shown(near)
    asked = ines.get(f"/at/{code}")
    assert "Check in at Linden Bakery?" in asked.text
    assert recorded(near) == []
    page = tap(ines, code)
    assert "You&#39;re in, Ines." in page.text
    assert "On duty since 21:44." in page.text
    assert recorded(near) == ["checkin.arrived"]


def test_looking_at_the_result_again_or_tapping_twice_records_nothing(near: Bench) -> None:
    ines, code = known_phone(near, "12345"), shown(near)
    for _turn in range(3):
        assert "You&#39;re in, Ines." in tap(ines, code).text
        assert "You&#39;re in, Ines." in ines.get(f"/at/{code}").text
    assert recorded(near) == ["checkin.arrived"]


def test_who_is_here_already_is_asked_whether_they_leave(near: Bench) -> None:
    ines = known_phone(near, "12345")
    tap(ines, shown(near))
    near.time.pass_seconds(3600)
    page = ines.get(f"/at/{shown(near)}")
    assert "You&#39;re already here, since 21:44. Leaving?" in page.text
    assert "Thank you, Ines." in tap(ines, shown(near), "out").text
    assert recorded(near) == ["checkin.arrived", "checkin.left"]


def test_the_phone_takes_back_what_it_just_recorded(near: Bench) -> None:
    ines, code = known_phone(near, "12345"), shown(near)
    assert 'value="undo"' in tap(ines, code).text
    assert "Undone." in tap(ines, code, "undo").text
    assert recorded(near) == ["checkin.arrived", "checkin.undone"]


def test_a_code_that_was_used_tells_nothing_of_later_nights_and_takes_nothing_back_then(near: Bench) -> None:
    """Who copied in the Wi-Fi what a phone carries has old codes too, and is not before the screen."""
    ines, old = known_phone(near, "12345"), shown(near)
    tap(ines, old)
    near.time.pass_seconds(3600)
    desk.go(near.here, "12345", "badge")
    assert "Thank you, Ines." in ines.get(f"/at/{old}").text
    near.time.pass_seconds(3600)
    desk.come(near.here, "12345", "badge")
    for answer in (ines.get(f"/at/{old}"), tap(ines, old, "undo"), tap(ines, old)):
        assert answer.status_code == 410
        assert "Ines" not in answer.text
    assert recorded(near) == ["checkin.arrived", "checkin.left", "checkin.arrived"]


def test_a_phone_that_nobody_introduced_is_told_how_and_records_nothing(near: Bench) -> None:
    stranger, code = phone(near), shown(near)
    page = tap(stranger, code)
    assert "This bench does not know this phone yet." in page.text
    assert "/posters" in page.text
    assert recorded(near) == []
    stranger.set_cookie("phone", "p" * 32)
    assert "This bench does not know this phone yet." in tap(stranger, code).text


def test_the_second_phone_with_one_code_is_told_that_it_was_used(near: Bench) -> None:
    code = shown(near)
    tap(known_phone(near, "12345"), code)
    page = tap(known_phone(near, "22222"), code)
    assert page.status_code == 409
    assert "Somebody else was quicker with that code." in page.text
    assert "Scan the code on the tablet again" in page.text
    assert recorded(near) == ["checkin.arrived"]


def test_a_code_counts_a_step_longer_and_then_no_more(near: Bench) -> None:
    ines, code = known_phone(near, "12345"), shown(near)
    near.time.pass_seconds(59)
    assert ines.get(f"/at/{code}").status_code == 200
    near.time.pass_seconds(1)
    page = tap(ines, code)
    assert page.status_code == 410
    assert "That code is too old." in page.text
    assert recorded(near) == []


def test_a_jump_of_the_clock_neither_ends_a_code_nor_brings_one_back(near: Bench) -> None:
    ines, code = known_phone(near, "12345"), shown(near)
    near.time.system += 400 * 86_400_000
    assert ines.get(f"/at/{code}").status_code == 200
    near.time.pass_seconds(60)
    near.time.system = 0
    assert ines.get(f"/at/{code}").status_code == 410


def test_a_code_from_before_the_restart_is_too_old(near: Bench) -> None:
    ines, code = known_phone(near, "12345"), shown(near)
    near.time.boot = "b00700000002"
    page = ines.get(f"/at/{code}")
    assert page.status_code == 410
    assert shown(near) != code


@pytest.mark.parametrize("code", ["x", "..", "%00", "é" * 24])
def test_what_is_no_code_of_this_bench_is_refused(near: Bench, code: str) -> None:
    page = tap(known_phone(near, "12345"), code)
    assert page.status_code == 404
    assert "no code of this bench" in page.text
    assert recorded(near) == []


def test_the_code_of_another_bench_says_so(near: Bench) -> None:
    other = codes.make(near.here.device.key.derive, "station-kiosk", near.time.boot, 2, 0)
    assert "another bench" in tap(known_phone(near, "12345"), other).text


def test_a_bench_that_is_closed_tonight_lets_nobody_in_by_phone(near: Bench) -> None:
    near.here.journal.record(CLOSED, ClosedTonight(NIGHT))
    page = tap(known_phone(near, "12345"), shown(near))
    assert "closed this bench tonight" in page.text
    assert recorded(near) == []


def test_a_phone_is_told_nobody_elses_name(near: Bench) -> None:
    tap(known_phone(near, "22222"), shown(near))
    ines = known_phone(near, "12345")
    assert "Teo" not in tap(ines, shown(near)).text


def test_the_phones_cookie_opens_nothing_else(near: Bench) -> None:
    ines = known_phone(near, "12345")
    ines.environ_base["REMOTE_ADDR"] = "127.0.0.1"
    for path in ("/check-in/phones", "/incidents/new", "/host", "/host/phones"):
        assert ines.get(path).location.startswith("/sign-in"), path
    assert "Ines" not in ines.get("/log").text


def test_a_page_elsewhere_cannot_check_a_phone_in(near: Bench) -> None:
    ines, code = known_phone(near, "12345"), shown(near)
    ines.environ_base["HTTP_ORIGIN"] = "http://evil.example"
    assert ines.post(f"/at/{code}", data={"wants": "in"}).status_code == 403
    del ines.environ_base["HTTP_ORIGIN"]
    assert ines.post(f"/at/{code}", data={"wants": "in"}).status_code == 403
    assert recorded(near) == []


def test_void_badges_and_leaving_end_a_phone(near: Bench) -> None:
    ines, teo = known_phone(near, "12345"), known_phone(near, "22222")
    near.from_node((events.BADGE_REVOKED, events.BadgeRevoked("12345", near.time.system // 1000)))
    near.from_node((events.LEFT, events.Left("22222")))
    for client in (ines, teo):
        assert "does not know this phone" in tap(client, shown(near)).text
    assert recorded(near) == []


def test_the_page_is_light_and_works_without_a_script(near: Bench) -> None:
    page = known_phone(near, "12345").get(f"/at/{shown(near)}")
    files = [folder("static") / name for name in ("css/phone.css", "img/symbol.svg")]
    assert len(page.data) + sum(path.stat().st_size for path in files) <= 30_000
    assert "<script" not in page.text
    assert page.text.count("stylesheet") == 1


# The tablet's screen.


def test_the_tablet_shows_the_code_with_its_address_in_words_both_ways(near: Bench) -> None:
    identity = msgspec.structs.replace(near.here.device.identity, node_url="https://node.example")
    near.here.device = replace(near.here.device, identity=identity)
    wifi = near.client.get("/check-in/code?way=wifi").text
    assert f"{NEAR.url}/at/{shown(near)}" in wifi
    assert "Linden bench" in wifi
    node = near.client.get("/check-in/code?way=node").text
    assert f"https://node.example/at/linden-bakery/{shown(near)}" in node


def now(bench: Bench) -> dict[str, Any]:
    """What the page on the tablet hears when it asks for the present code."""
    return dict(bench.client.get("/check-in/code/now").json or {})


def test_another_code_comes_each_step_and_at_once_after_a_use(near: Bench) -> None:
    first = now(near)
    near.time.pass_seconds(29)
    later = now(near)
    assert later["picture"] == first["picture"]
    assert later["seconds"] == 1
    tap(known_phone(near, "12345"), shown(near))
    used = now(near)
    near.time.pass_seconds(1)
    next_step = now(near)
    assert len({one["picture"] for one in (first, used, next_step)}) == 3


def test_the_tablet_says_that_a_check_in_was_recorded_and_not_whose(near: Bench) -> None:
    tap(known_phone(near, "12345"), shown(near))
    page = near.client.get("/check-in/code").text
    assert "A check-in was recorded." in page
    assert 'data-sound="kept"' in page
    assert "Ines" not in page
    near.time.pass_seconds(13)
    assert "A check-in was recorded." not in near.client.get("/check-in/code").text


def test_the_picture_is_of_the_present_code_and_of_no_other(near: Bench) -> None:
    picture = now(near)["picture"]
    assert near.client.get(picture).mimetype == "image/svg+xml"
    near.time.pass_seconds(60)
    assert near.client.get(picture).status_code == 404
    assert near.client.get("/check-in/code/wifi/javascript:1.svg").status_code == 404


def test_the_wifi_is_joined_by_a_code_that_every_phone_reads() -> None:
    assert NEAR.joins() == "WIFI:T:WPA;S:Linden bench;P:sit down;;"
    assert Near("http://x", 'a;b,c:d"e\\f').joins() == 'WIFI:T:nopass;S:a\\;b\\,c\\:d\\"e\\\\f;;'
    assert Near("http://x").joins() == ""


def test_a_bench_that_no_phone_can_reach_offers_no_code(bench: Bench) -> None:
    assert bench.client.get("/check-in/code").location == "/check-in"
    assert "/check-in/code" not in bench.client.get("/check-in").text
    assert "/check-in/code" in with_wifi(bench).client.get("/check-in").text


# Introducing a phone.


def signed_in(bench: Bench, who: str) -> FlaskClient:
    client = bench.client
    assert client.post("/sign-in", data={"who": who, "pin": PIN}).status_code == 303
    return client


def secret_of(client: FlaskClient) -> str:
    page = client.get("/check-in/phones/code").text
    return page.partition("/at/introduce/")[2].partition("<")[0].strip()


def test_badge_and_pin_introduce_a_phone_that_then_checks_in(near: Bench) -> None:
    badge = near.member("33333", "Rosa", Role.STEWARD)
    tablet = signed_in(near, "33333")
    assert tablet.post("/check-in/phones/new", data={"badge": badge}).location == "/check-in/phones/code"
    assert tablet.get("/check-in/phones/code.svg").mimetype == "image/svg+xml"
    mobile, address = phone(near), f"/at/introduce/{secret_of(tablet)}"
    assert "Let this phone check you in at Linden Bakery?" in mobile.get(address).text
    met = mobile.post(address)
    assert "This bench knows your phone, Rosa." in met.text
    assert "HttpOnly" in met.headers["Set-Cookie"]
    assert "You&#39;re in, Rosa." in tap(mobile, shown(near)).text
    assert "Forget this phone" in tablet.get("/check-in/phones").text


def test_an_offer_counts_once_and_for_five_minutes(near: Bench) -> None:
    badge = near.member("33333", "Rosa", Role.STEWARD)
    tablet = signed_in(near, "33333")
    tablet.post("/check-in/phones/new", data={"badge": badge})
    address = f"/at/introduce/{secret_of(tablet)}"
    near.time.pass_seconds(299)
    assert phone(near).post(address).status_code == 200
    second = phone(near).post(address)
    assert second.status_code == 410
    assert "Set-Cookie" not in second.headers
    tablet = signed_in(near, "33333")
    tablet.post("/check-in/phones/new", data={"badge": badge})
    address = f"/at/introduce/{secret_of(tablet)}"
    near.time.pass_seconds(300)
    assert phone(near).get(address).status_code == 410
    assert phone(near).post(address).status_code == 410
    assert len(phones.of_member(near.here, "33333")) == 1


def test_looking_at_an_offer_does_not_spend_it(near: Bench) -> None:
    badge = near.member("33333", "Rosa", Role.STEWARD)
    tablet = signed_in(near, "33333")
    tablet.post("/check-in/phones/new", data={"badge": badge})
    address = f"/at/introduce/{secret_of(tablet)}"
    phone(near).get(address)
    assert phone(near).post(address).status_code == 200


def test_neither_badge_nor_pin_alone_introduces_a_phone(near: Bench) -> None:
    badge = near.member("33333", "Rosa", Role.STEWARD)
    near.client.post("/check-in", data={"badge": badge})
    assert near.client.post("/check-in/phones/new", data={"badge": badge}).location.startswith("/sign-in")
    tablet = signed_in(near, "33333")
    for wrong in ("", "SB1:AAAA"):
        assert tablet.post("/check-in/phones/new", data={"badge": wrong}).status_code == 422
    assert tablet.get("/check-in/phones/code").location == "/check-in/phones"


def test_somebody_elses_badge_introduces_no_phone(near: Bench) -> None:
    badge = near.member("33333", "Rosa", Role.STEWARD)
    page = signed_in(near, "12345").post("/check-in/phones/new", data={"badge": badge})
    assert page.status_code == 422
    assert "That badge is not yours." in page.text


def test_its_owner_and_the_host_end_a_phone_and_nobody_else_does(near: Bench) -> None:
    near.member("23456", "Oskar", Role.HOST)
    ines = known_phone(near, "12345")
    [one] = phones.of_member(near.here, "12345")
    signed_in(near, "22222").post("/check-in/phones", data={"phone": one.place})
    assert phones.of_member(near.here, "12345") == [one]
    signed_in(near, "12345").post("/check-in/phones", data={"phone": one.place})
    assert phones.of_member(near.here, "12345") == []
    assert "does not know this phone" in tap(ines, shown(near)).text
    known_phone(near, "12345")
    host = signed_in(near, "23456")
    assert "Ines" in host.get("/host/phones").text
    [again] = phones.of_member(near.here, "12345")
    host.post("/host/phones", data={"phone": again.place})
    assert phones.all_known(near.here) == []


def test_the_used_code_and_the_token_stand_nowhere_in_the_clear(near: Bench) -> None:
    secret = phones.introduce(near.here, "12345")
    near.here.journal.store.fold()
    for path in near.data.path.iterdir():
        if path.is_file():
            assert secret.encode() not in path.read_bytes(), path
    assert model.used_by(near.here.db.conn, shown(near)) is None
