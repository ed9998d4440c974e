"""What a phone asks for at the node is pending until the bench whose code it is has answered."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest

from kiosk.adapters.datadir import DataDir
from kiosk.adapters.verify import verify
from kiosk.core.checkpoint import Receipt
from kiosk.core.errors import SafeBenchError
from kiosk.core.event import Leaf, Whole
from kiosk.core.note import VerifierKey
from kiosk.features.checkin.events import ARRIVED, CLOSED, LEFT, UNDONE, Arrived, Closed, Left, Undone
from kiosk.features.phone.asking import MOST
from kiosk.features.phone.events import ANSWERED, Answered, Result
from kiosk.people import phonelinks
from kiosk.serving import do_chores
from kiosk.sync.pages import page_for, seal
from tests.features.phone.conftest import BENCH, CODE, SOURCE, Street

DAY = 86400
PRESENT = re.compile(r"in at|You’re in|since|checked in", re.IGNORECASE)


@pytest.fixture
def asked(street: Street) -> str:
    """The page of what Ines asked for."""
    street.introduce()
    return street.scan().location


def _answer(street: Street, result: Result, event: str | None = None, source: str = SOURCE) -> None:
    (place, _member) = street.asks()[-1]
    street.writes(ANSWERED, Answered(place, result, event), source)


def _arrived(street: Street, member: str = "", source: str = SOURCE) -> str:
    expects = street.node.time.system // 1000 + 9000
    return street.writes(ARRIVED, Arrived(member or street.number, expects, "badge", True), source)


def test_a_code_asks_a_phone_that_is_known_what_it_wants(street: Street) -> None:
    street.introduce()
    page = street.phone.get(f"/at/{BENCH}/{CODE}").text
    assert "Check in at Linden Bakery as Ines?" in page
    assert "Check out" in page
    assert street.asks() == []


def test_a_phone_that_nobody_introduced_is_told_how_and_whom_to_call(street: Street) -> None:
    page = street.phone.get(f"/at/{BENCH}/{CODE}").text
    assert "ask a coordinator for your link" in page
    assert 'href="tel:112"' in page
    assert "The bakery, until 22:00." in page
    assert street.phone.get("/posters").status_code == 200
    assert street.scan().location == "/phone"
    assert street.asks() == []


def test_while_the_bench_has_not_answered_nobody_is_said_to_be_there(street: Street, asked: str) -> None:
    answer = street.phone.get(asked)
    assert "Waiting for the bench" in answer.text
    assert answer.headers["Refresh"] == "5"
    assert not PRESENT.search(answer.text.partition("<main>")[2].partition("</main>")[0])
    street.node.time.pass_seconds(601)
    answer = street.phone.get(asked)
    assert "The bench has not answered" in answer.text
    assert "use your badge" in answer.text
    assert not PRESENT.search(answer.text.partition("<main>")[2].partition("</main>")[0])


def test_once_the_bench_has_confirmed_the_page_says_since_when(street: Street, asked: str) -> None:
    _answer(street, "in", _arrived(street))
    answer = street.phone.get(asked)
    assert "You’re in" in answer.text
    assert "At Linden Bakery, since about 21:44." in answer.text
    assert "Refresh" not in answer.headers


@pytest.mark.parametrize("kind", ["left", "closed", "undone"])
def test_who_has_gone_since_is_not_said_to_be_there(street: Street, asked: str, kind: str) -> None:
    place = _arrived(street)
    _answer(street, "in", place)
    if kind == "left":
        street.writes(LEFT, Left(street.number, "badge"))
    elif kind == "closed":
        street.writes(CLOSED, Closed(street.number, 1))
    else:
        street.writes(UNDONE, Undone(street.number, place))
    page = street.phone.get(asked).text
    assert "That is over" in page
    assert "You’re in" not in page


@pytest.mark.parametrize(
    ("result", "words"),
    [
        ("refused:code", "Linden Bakery did not show this code"),
        ("refused:old", "too long ago"),
        ("refused:used", "used before"),
        ("refused:member", "does not know you yet"),
        ("refused:not-here", "nothing to check out"),
        ("refused:closed", "Linden Bakery is closed tonight"),
    ],
)
def test_what_the_bench_does_not_confirm_is_said_with_the_reason_and_what_to_do(
    street: Street, asked: str, result: Result, words: str
) -> None:
    _answer(street, result)
    page = street.phone.get(asked).text
    assert "Not confirmed" in page
    assert words in page
    assert "use your badge" in page
    assert "Get a receipt" not in page


def test_another_bench_answers_nothing_that_it_was_not_asked(street: Street, asked: str) -> None:
    _answer(street, "in", _arrived(street, source="corner.1test"), source="corner.1test")
    assert "Waiting for the bench" in street.phone.get(asked).text


def test_a_bench_answers_once(street: Street, asked: str) -> None:
    _answer(street, "refused:old")
    _answer(street, "in", _arrived(street))
    assert "Not confirmed" in street.phone.get(asked).text


@pytest.mark.parametrize("whose", ["another member", "another bench"])
def test_what_a_bench_recorded_of_somebody_else_gives_no_time_and_no_receipt(
    street: Street, asked: str, whose: str
) -> None:
    bo = street.node.member("Bo")
    other = _arrived(street, bo) if whose == "another member" else _arrived(street, source="corner.1test")
    _answer(street, "in", other)
    page = street.phone.get(asked).text
    assert "since" not in page
    assert street.phone.get(f"{asked}/receipt").status_code == 404
    assert street.phone.post(f"{asked}/receipt").status_code == 404


def test_the_same_tap_twice_asks_once(street: Street, asked: str) -> None:
    assert street.scan().location == asked
    assert len(street.asks()) == 1
    assert street.scan(wants="out").location != asked


def test_a_member_asks_so_often_in_an_hour_whatever_phone_they_use(street: Street) -> None:
    street.introduce()
    second = street.introduce(street.node.client)
    for number in range(MOST):
        street.scan((street.phone, second)[number % 2], code=f"{CODE}{number}")
    assert len(street.asks()) == MOST
    answer = street.scan(second, code=CODE + "more")
    assert answer.status_code == 429
    assert "Use your badge" in answer.text
    street.node.time.pass_seconds(3600)
    assert street.scan(second, code=CODE + "more").status_code == 303


@pytest.mark.parametrize(
    "path", [f"/at/nowhere/{CODE}", f"/at/{BENCH}/short", f"/at/{BENCH}/{'x' * 65}", f"/at/{BENCH}/{CODE}%0A"]
)
def test_a_bench_that_is_not_there_and_what_is_no_code_are_not_asked(street: Street, path: str) -> None:
    street.introduce()
    assert street.phone.get(path).status_code == 404
    assert street.phone.post(path).status_code == 404
    assert street.asks() == []


def test_a_bench_that_was_locked_out_is_not_asked(street: Street) -> None:
    from kiosk.sync.events import BENCH_REVOKED, Revoked

    street.introduce()
    street.node.here.journal.record(BENCH_REVOKED, Revoked(BENCH, {}))
    assert street.scan().status_code == 404


def test_nobody_else_sees_what_somebody_asked_for(street: Street, asked: str) -> None:
    other = street.introduce(street.node.client, street.node.member("Bo"))
    for phone in (other, street.node.client):
        assert "Linden Bakery" not in phone.get(asked).text
        assert phone.post(f"{asked}/receipt").status_code in (303, 404)
    assert other.get(asked).status_code == 404
    assert "Waiting" not in other.get("/phone").text
    assert "Waiting" in street.phone.get("/phone").text


def test_a_revoked_phone_asks_nothing_and_sees_nothing(street: Street, asked: str) -> None:
    phonelinks.revoke_all(street.node.here, member=street.number)
    assert street.phone.get(asked).location == "/phone"
    assert street.scan(code=CODE + "x").location == "/phone"
    assert len(street.asks()) == 1


def test_a_phone_opens_nothing_else(street: Street) -> None:
    street.introduce()
    assert street.phone.get("/desk").location.startswith("/desk/sign-in")


def test_what_was_asked_is_forgotten_after_28_days(street: Street, asked: str) -> None:
    street.node.time.pass_seconds(29 * DAY)
    do_chores(street.node.here, DataDir(street.node.here.journal.store.path.parent))
    assert street.asks() == []
    assert street.phone.get(asked).status_code == 404


def test_read_models_made_anew_say_the_same(street: Street, asked: str) -> None:
    _answer(street, "in", _arrived(street))
    street.writes(LEFT, Left(street.number, "badge"))
    before = street.phone.get(asked).text
    with street.node.here.journal.writing() as db:
        street.node.here.journal.models.rebuild(db)
    assert street.phone.get(asked).text == before


def test_a_receipt_is_not_offered_before_it_is_said_what_it_is(street: Street, asked: str) -> None:
    _answer(street, "in", _arrived(street))
    assert f'href="{asked}/receipt"' in street.phone.get(asked).text
    page = street.phone.get(f"{asked}/receipt")
    assert page.mimetype == "text/html"
    assert "evidence in your pocket" in page.text
    assert "whoever takes your phone" in page.text


def test_a_receipt_holds_as_anybody_can_check_with_the_bench_s_key(
    street: Street, asked: str, tmp_path: Path
) -> None:
    place, signed = street.arrives(street.number)
    _answer(street, "in", place)
    answer = street.phone.post(f"{asked}/receipt")
    assert answer.mimetype == "text/plain"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="receipt-2026-11-23.txt"'
    (tmp_path / "receipt.txt").write_bytes(answer.data)
    verify(tmp_path / "receipt.txt", [signed])
    told = Receipt.parse(answer.text).extra
    assert street.number.encode() in told
    assert b"checkin.arrived" in told
    with pytest.raises(SafeBenchError):
        verify(tmp_path / "receipt.txt", [VerifierKey(signed.name, bytes(32))])


def test_there_is_no_receipt_before_the_bench_has_signed_for_the_event(street: Street, asked: str) -> None:
    _answer(street, "in", _arrived(street))
    answer = street.phone.post(f"{asked}/receipt")
    assert answer.status_code == 404


def test_a_receipt_goes_with_the_event(street: Street, asked: str) -> None:
    place, _signed = street.arrives(street.number)
    _answer(street, "in", place)
    source, _, seq = place.rpartition("/")
    street.node.here.journal.erase({source: [int(seq)]})
    assert street.phone.post(f"{asked}/receipt").status_code == 404


def test_the_pages_are_light_and_run_nothing(street: Street, asked: str) -> None:
    _answer(street, "in", _arrived(street))
    files = {path: _weight(street, path) for path in _files(street.phone.get(asked).text)}
    assert "css/phone.css" in " ".join(files)
    for path in ("/phone", asked, f"{asked}/receipt", f"/at/{BENCH}/{CODE}", street.link()):
        assert "<script" not in street.phone.get(path).text
        assert _weight(street, path) + sum(files.values()) <= 30_000, path
    stranger = street.node.client.get(f"/at/{BENCH}/{CODE}")
    assert len(stranger.data) + sum(files.values()) <= 30_000


def _weight(street: Street, path: str) -> int:
    return len(street.phone.get(path, buffered=True).data)


def _files(page: str) -> list[str]:
    return re.findall(r'(?:href|src)="(/static/[^"]+)"', page)


def test_what_is_asked_is_given_to_the_bench_that_it_names_only(street: Street, asked: str) -> None:
    here = street.node.here
    with here.journal.writing() as db:
        seal(here, db)
    source, _, seq = street.asks()[0][0].rpartition("/")
    given = {}
    for bench in (SOURCE, "corner.1test"):
        batches = page_for(here, bench, "", 0).batches
        forms = {f"{b.source}/{n}": f for b in batches for n, f in enumerate(b.forms(), b.first)}
        given[bench] = forms[f"{source}/{seq}"]
    whole = given[SOURCE]
    assert isinstance(whole, Whole)
    assert CODE.encode() in whole.body
    assert given["corner.1test"] == Leaf(whole.leaf)


def test_who_has_which_phone_is_told_to_no_bench(street: Street, asked: str) -> None:
    here = street.node.here
    with here.journal.writing() as db:
        seal(here, db)
    for bench in (SOURCE, "corner.1test"):
        forms = [form for batch in page_for(here, bench, "", 0).batches for form in batch.forms()]
        assert not [form for form in forms if isinstance(form, Whole) and b"phone.introduced" in form.body]


def test_each_refusal_has_words_of_its_own(street: Street) -> None:
    street.introduce()
    said = []
    for number, result in enumerate(get_args(Result)):
        if result.startswith("refused:"):
            page = street.scan(code=f"{CODE}{number}").location
            _answer(street, result)
            said.append(street.phone.get(page).text.partition('class="lead">')[2].partition("</p>")[0])
    assert all(said)
    assert len(set(said)) == len(said) >= 6
