"""What coordinators see and do at the node's desk."""

from __future__ import annotations

import re
from collections.abc import Sequence
from io import BytesIO
from typing import Any

import pytest
from flask.testing import FlaskClient
from msgspec import Struct
from PIL import Image
from werkzeug.test import TestResponse

from kiosk.adapters import trust
from kiosk.adapters.checkpoints import set_aside
from kiosk.adapters.qr import read
from kiosk.core.errors import NotSaved
from kiosk.core.event import Entry, EventType
from kiosk.core.mandate import Role
from kiosk.core.trust import TrustList
from kiosk.features.desk.actions import ACTIONS, GIVEN
from kiosk.people import members, phones
from kiosk.people.events import PIN_SET
from kiosk.sync.events import BENCH_ENROLLED, BENCH_REVOKED, Enrolled, Revoked
from tests.support.node import TERM, Node
from tests.support.roots import Roots

DAY = 86400


def _enrol(node: Node, bench: str = "linden-bakery", name: str = "Linden Bakery") -> None:
    node.here.journal.record(BENCH_ENROLLED, Enrolled(bench, name, bench.encode().ljust(32)[:32]))


def _secret(page: str, name: str) -> str:
    found = re.search(rf"<dt>{name}</dt><dd[^>]*>([^<]+)</dd>", page)
    assert found is not None, page
    return found[1]


def _mandates(node: Node, number: str) -> list[tuple[Role, int]]:
    return [(one.role, one.until) for one in members.mandates(node.here.db.conn, number)]


def _do(desk: FlaskClient, **fields: str) -> TestResponse:
    answer = desk.post("/desk/act", data=fields, follow_redirects=True)
    assert answer.status_code == 200, answer.text
    return answer


def test_the_desk_shows_who_holds_which_role_until_when(node: Node, desk: FlaskClient) -> None:
    node.member("Ines", "steward", "host")
    node.member("Lea")
    page = desk.get("/desk").text
    assert "Signed in as Rosa." in page
    for words in ("steward until 22 December, 07:00", "host until 22 December, 07:00", "no role"):
        assert words in page, words


def test_a_role_that_ended_is_shown_as_ended(node: Node, rosa: str) -> None:
    node.member("Ines", "steward")
    node.time.pass_seconds(TERM)
    node.coordinator("Ada")
    ada = next(one.id for one in members.everyone(node.here.db.conn) if one.name == "Ada")
    page = node.signed_in(ada).get("/desk").text
    assert "steward no more since 22 December, 07:00" in page


def test_the_desk_shows_when_each_bench_was_last_heard_of(node: Node, desk: FlaskClient) -> None:
    _enrol(node)
    assert "never heard of yet" in desk.get("/desk").text
    with node.here.journal.writing() as db:
        node.here.journal.find(db, "linden-bakery.1test")
        db.conn.execute("UPDATE sources SET seen = ?", (node.time.system // 1000 - 60,))
    assert "heard of today at 20:4" in desk.get("/desk").text
    node.time.pass_seconds(600)
    with node.here.journal.writing() as db:
        db.conn.execute("UPDATE sources SET seen = seen - ?", (4 * DAY,))
    assert "heard of on 19 November at 20:4" in desk.get("/desk").text


def test_the_desk_shows_the_trust_list_and_what_lies_aside(node: Node, desk: FlaskClient) -> None:
    page = desk.get("/desk").text
    assert "There is none yet" in page
    assert "Nothing." in page
    roots, at = Roots(), node.time.system // 1000
    key = node.here.device.key.public
    listed: TrustList = roots.listed(3, at + 30 * DAY, [key])
    with node.here.journal.writing() as db:
        trust.take(db, roots.network, [roots.signed(listed)], at)
        set_aside(db, "linden-bakery", at, "sent after it was locked out", b"x")
    page = desk.get("/desk").text
    assert "Version 3, until Wednesday 23 December 2026." in page
    assert "1 batch waits" in page


def test_a_new_member_is_shown_their_number_and_pin_once(node: Node, desk: FlaskClient) -> None:
    _enrol(node)
    data = {"name": " Teo  of the park ", "roles": ["host"], "bench": "linden-bakery"}
    page = desk.post("/desk/members/new", data=data, follow_redirects=True).text
    assert "Teo of the park is a member." in page
    number, pin = _secret(page, "Number"), _secret(page, "PIN")
    member = members.find(node.here.db.conn, number)
    assert member is not None
    assert re.fullmatch(r"\d{6}", pin)
    assert members.mandates(node.here.db.conn, number)[0].bench == "linden-bakery"
    for path in ("/desk/done", "/desk", f"/desk/member?number={number}"):
        assert pin not in desk.get(path, follow_redirects=True).text


def test_to_load_what_was_done_once_more_does_nothing_twice(node: Node, desk: FlaskClient) -> None:
    answer = desk.post("/desk/members/new", data={"name": "Teo"})
    assert answer.status_code == 303
    before = len(members.everyone(node.here.db.conn))
    assert desk.head("/desk/done").status_code == 200
    assert desk.get("/desk/done").status_code == 200
    assert desk.get("/desk/done").location == "/desk"
    assert len(members.everyone(node.here.db.conn)) == before


def test_another_coordinator_is_not_shown_it(node: Node, desk: FlaskClient) -> None:
    desk.post("/desk/members/new", data={"name": "Teo"})
    other = node.signed_in(node.coordinator("Ada"))
    assert other.get("/desk/done").location == "/desk"
    desk.post("/desk/sign-out")
    assert "PIN" not in desk.get("/desk/done", follow_redirects=True).text


@pytest.mark.parametrize(
    ("path", "data", "said"),
    [
        ("/desk/members/new", {"name": ""}, "1 to 40 letters"),
        ("/desk/members/new", {"name": "12"}, "not a number"),
        ("/desk/members/new", {"name": "Teo", "roles": "host", "bench": "nowhere"}, "no bench nowhere"),
        ("/desk/members/new", {"name": "Teo", "roles": "king"}, "steward and host"),
        ("/desk/benches/new", {"name": ""}, "1 to 80 letters"),
        ("/desk/benches/new", {"name": "x", "minutes": "9999"}, "look at it again"),
        ("/desk/benches/new", {"name": "x", "bench": "nowhere"}, "no bench nowhere"),
    ],
)
def test_what_cannot_be_is_said_and_nothing_is_recorded(
    node: Node, desk: FlaskClient, path: str, data: dict[str, str], said: str
) -> None:
    before = node.here.journal.find(node.here.db, node.here.journal.source).size
    answer = desk.post(path, data=data)
    assert answer.status_code == 422
    assert said in answer.text
    assert node.here.journal.find(node.here.db, node.here.journal.source).size == before


def test_only_a_host_is_bound_to_a_bench(node: Node, desk: FlaskClient) -> None:
    _enrol(node)
    data = {"name": "Teo", "roles": "steward", "bench": "linden-bakery"}
    answer = desk.post("/desk/members/new", data=data)
    assert answer.status_code == 422
    assert "Only a host is bound to one bench" in answer.text


def test_what_was_typed_and_chosen_stands_beside_the_refusal(desk: FlaskClient) -> None:
    answers = {"name": "Linden Bakery", "minutes": "120", "bench": "nowhere"}
    page = desk.post("/desk/benches/new", data=answers).text
    assert 'value="Linden Bakery"' in page
    assert 'name="minutes" value="120" checked' in page
    page = desk.post("/desk/members/new", data={"name": "Teo", "roles": "steward", "bench": "x"}).text
    assert 'value="Teo"' in page
    assert 'name="roles" value="steward" checked' in page
    assert 'name="bench" value="" checked' not in page


def test_what_is_usual_is_chosen_before_anybody_chooses(node: Node, desk: FlaskClient) -> None:
    page = desk.get("/desk/benches/new").text
    assert 'name="minutes" value="15" checked' in page
    assert 'name="bench" value="" checked' in page
    assert page.count("checked") == 2


def test_a_new_pin_is_another_one_and_is_shown_once(node: Node, desk: FlaskClient) -> None:
    ines = node.member("Ines", "steward")
    before = members.find(node.here.db.conn, ines)
    page = _do(desk, act="pin", number=ines).text
    assert "Ines has a new PIN." in page
    pin = _secret(page, "PIN")
    assert members.find(node.here.db.conn, ines) != before
    assert pin not in desk.get("/desk/done", follow_redirects=True).text


def test_badges_are_voided_and_printed_anew(node: Node, desk: FlaskClient) -> None:
    ines = node.member("Ines", "steward")
    assert "All badges of Ines are void." in _do(desk, act="badges", number=ines).text
    answer = desk.get(f"/desk/badge?number={ines}")
    assert answer.mimetype == "image/png"
    assert "attachment" in answer.headers["Content-Disposition"]
    assert answer.headers["Cache-Control"] == "no-store"
    with Image.open(BytesIO(answer.data)) as picture:
        grey = picture.convert("L")
    assert (read(grey.tobytes(), *grey.size) or "").startswith("SB1:")


@pytest.mark.parametrize("page", ["A4", "Letter"])
def test_a_badge_comes_on_a_page_of_paper(node: Node, desk: FlaskClient, page: str) -> None:
    ines = node.member("Ines", "steward")
    answer = desk.get(f"/desk/badge?page={page}&number={ines}")
    assert answer.mimetype == "application/pdf"
    assert answer.data.startswith(b"%PDF-")
    assert f"badge-{ines}.pdf" in answer.headers["Content-Disposition"]


def test_a_member_leaves(node: Node, desk: FlaskClient) -> None:
    ines = node.member("Ines", "steward")
    assert "Ines has left." in _do(desk, act="leave", number=ines).text
    assert members.find(node.here.db.conn, ines) is None


def test_a_role_is_taken_back_in_the_morning(node: Node, desk: FlaskClient) -> None:
    ines = node.member("Ines", "steward")
    page = _do(desk, act="recall", number=ines, role="steward").text
    assert "Ines is steward until Tuesday 24 November 2026, 07:00, and then no more." in page
    assert _mandates(node, ines)[0][1] - node.time.system // 1000 < DAY


def test_a_bench_is_locked_out_and_everybody_gets_a_new_pin(node: Node, desk: FlaskClient) -> None:
    _enrol(node)
    ines = node.member("Ines", "steward")
    page = _do(desk, act="lock-out", bench="linden-bakery").text
    assert "The bench linden-bakery is locked out." in page
    assert re.search(rf"<dt>Ines \({ines}\)</dt><dd[^>]*>\d{{6}}</dd>", page)
    assert "locked out" in desk.get("/desk").text


def test_a_power_cut_leaves_no_bench_locked_out_whose_pins_are_still_good(
    node: Node, desk: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    _enrol(node)
    ines = node.member("Ines", "steward")
    record_all = node.here.journal.record_all

    def cut(facts: Sequence[tuple[EventType, Struct]], **more: Any) -> list[Entry]:
        if facts[0][0] is PIN_SET:
            raise NotSaved("The disk failed.")
        return record_all(facts, **more)

    with monkeypatch.context() as patched:
        patched.setattr(node.here.journal, "record_all", cut)
        assert desk.post("/desk/act", data={"act": "lock-out", "bench": "linden-bakery"}).status_code == 507
    page = _do(desk, act="lock-out", bench="linden-bakery").text
    assert re.search(rf"<dt>Ines \({ines}\)</dt><dd[^>]*>\d{{6}}</dd>", page)


def test_a_code_enrols_a_new_bench_or_a_new_tablet(node: Node, desk: FlaskClient) -> None:
    page = desk.post("/desk/benches/new", data={"name": "Tea House"}, follow_redirects=True).text
    assert "A code for the bench tea-house" in page
    assert re.fullmatch(r"([0-9A-Z]{4}-){8}[0-9A-Z]{2}", _secret(page, "Code"))
    _enrol(node)
    node.here.journal.record(BENCH_REVOKED, Revoked("linden-bakery"))
    again = {"name": "Linden Bakery", "minutes": "1440", "bench": "linden-bakery"}
    page = desk.post("/desk/benches/new", data=again, follow_redirects=True).text
    assert "A code for the bench linden-bakery" in page


@pytest.mark.parametrize("act", list(ACTIONS))
def test_each_action_is_asked_about_once_and_does_nothing_before(
    node: Node, desk: FlaskClient, act: str
) -> None:
    _enrol(node)
    ines = node.member("Ines", "steward")
    before = node.here.journal.find(node.here.db, node.here.journal.source).size
    page = desk.get(f"/desk/sure?act={act}&number={ines}&role=steward&bench=linden-bakery").text
    assert 'action="/desk/act"' in page
    assert f'name="act" value="{act}"' in page
    assert "Ines" in page or "linden-bakery" in page
    assert node.here.journal.find(node.here.db, node.here.journal.source).size == before


@pytest.mark.parametrize(
    "path", ["/desk/member?number=99999", "/desk/bench?bench=x", "/desk/badge", "/desk/sure?act=dance"]
)
def test_what_is_not_there_is_not_found(desk: FlaskClient, path: str) -> None:
    assert desk.get(path).status_code == 404


def test_an_action_on_nobody_is_refused_in_words(desk: FlaskClient) -> None:
    answer = desk.post("/desk/act", data={"act": "leave", "number": "99999"})
    assert answer.status_code == 409
    assert "There is no member 99999." in answer.text


def test_names_are_shown_as_words_whatever_is_in_them(node: Node, desk: FlaskClient) -> None:
    number = node.member("<script>alert(1)</script>")
    for path in ("/desk", f"/desk/member?number={number}", f"/desk/sure?act=leave&number={number}"):
        page = desk.get(path).text
        assert "<script>alert" not in page
        assert "&lt;script&gt;" in page


def test_the_desk_gives_no_role_by_which_more_roles_are_given(node: Node, desk: FlaskClient) -> None:
    assert set(GIVEN) == {Role.STEWARD, Role.HOST}
    for role in set(Role) - set(GIVEN):
        answer = desk.post("/desk/members/new", data={"name": "Rosa again", "roles": role.value})
        assert answer.status_code == 422
        assert "come from an assembly" in answer.text
    assert len(members.everyone(node.here.db.conn)) == 2


def test_a_link_for_a_phone_is_shown_once_also_as_a_code(node: Node, desk: FlaskClient) -> None:
    ines = node.member("Ines", "steward")
    page = desk.post("/desk/phone-link", data={"number": ines}, follow_redirects=True).text
    link = _secret(page, "Link")
    assert link.startswith("http://localhost/phone/")
    assert "<svg" in page.partition('class="qr once"')[2].partition("</figure>")[0]
    assert link not in desk.get("/desk/done", follow_redirects=True).text
    phone = node.client
    assert phone.post(link.removeprefix("http://localhost")).status_code == 303
    assert "since 23 November, 20:4" in _said(desk, ines)


def _said(desk: FlaskClient, number: str) -> str:
    return desk.get(f"/desk/member?number={number}").text


def test_one_of_two_phones_is_revoked_or_all_of_them(node: Node, desk: FlaskClient) -> None:
    ines = node.member("Ines", "steward")
    carried = []
    for _phone in range(3):
        carried.append(phones.introduce(node.here, ines))
        node.time.pass_seconds(60)
    first, *_others = phones.of_member(node.here, ines)
    question = desk.get("/desk/sure", query_string={"act": "phone", "number": ines, "phone": first.place})
    assert "Have this phone of Ines count no more?" in question.text
    _do(desk, act="phone", number=ines, phone=first.place)
    assert [phones.member_of(node.here, one) for one in carried] == [None, ines, ines]
    _do(desk, act="phones", number=ines)
    assert [phones.member_of(node.here, one) for one in carried] == [None, None, None]
    assert "None is introduced at the node." in _said(desk, ines)


def test_the_phone_of_somebody_else_is_not_revoked_by_a_mixed_up_form(node: Node, desk: FlaskClient) -> None:
    ines, bo = node.member("Ines"), node.member("Bo")
    carried = phones.introduce(node.here, bo)
    (phone,) = phones.of_member(node.here, bo)
    _do(desk, act="phone", number=ines, phone=phone.place)
    assert phones.member_of(node.here, carried) == bo
