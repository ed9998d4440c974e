"""Phones that were introduced: whom each may check in where, and until when."""

from __future__ import annotations

import msgspec
import pytest
from flask import Response

from kiosk.adapters.datadir import DataDir
from kiosk.core.event import EventType, Whole, encode_body, new_salt
from kiosk.people import events, operations, phones
from kiosk.serving import do_chores
from tests.support import Bench
from tests.support.node import Node
from tests.support.traces import traces

DAY = 86400
INES, BO = "12345", "23456"


@pytest.fixture
def ines(bench: Bench) -> str:
    """The secret of a phone of Ines, introduced at the bench."""
    bench.member(INES, "Ines")
    bench.member(BO, "Bo")
    return phones.introduce(bench.here, INES)


def _from_another(bench: Bench, kind: EventType, data: msgspec.Struct) -> None:
    """The first event of another bench, as it comes in."""
    body = encode_body(kind, data, bench.time.system // 1000, "b", 1)
    bench.here.journal.append("corner.1aaaa", 1, [Whole(new_salt(), body)])


def test_a_phone_checks_in_whom_it_was_introduced_for(bench: Bench, ines: str) -> None:
    assert phones.member_of(bench.here, ines) == INES
    assert phones.member_of(bench.here, phones.introduce(bench.here, BO)) == BO
    assert phones.member_of(bench.here, ines[:-1]) is None
    assert phones.member_of(bench.here, "") is None


def test_the_secret_itself_is_in_no_file(bench: Bench, ines: str) -> None:
    do_chores(bench.here, bench.data)
    assert traces(bench.data.path, ines) == {}


def test_one_of_two_phones_is_revoked_and_the_other_counts_on(bench: Bench, ines: str) -> None:
    bench.time.pass_seconds(60)
    second = phones.introduce(bench.here, INES)
    first, other = phones.of_member(bench.here, INES)
    assert other.since - first.since == 60
    phones.revoke(bench.here, first)
    assert phones.member_of(bench.here, ines) is None
    assert phones.member_of(bench.here, second) == INES
    assert phones.of_member(bench.here, INES) == [other]


def test_a_revoked_phone_is_erased_and_stays_revoked(bench: Bench, ines: str) -> None:
    (phone,) = phones.of_member(bench.here, INES)
    phones.revoke(bench.here, phone)
    do_chores(bench.here, bench.data)
    assert not bench.here.journal.holds_whole(bench.here.db, phone.place)
    assert bench.here.db.conn.execute("SELECT count(*) FROM phones").fetchone() == (0,)
    assert phones.member_of(bench.here, ines) is None


def test_with_the_badges_of_a_member_their_phones_are_void(bench: Bench, ines: str) -> None:
    bo = phones.introduce(bench.here, BO)
    bench.from_node((events.BADGE_REVOKED, events.BadgeRevoked(INES, bench.here.clock.now())))
    assert phones.member_of(bench.here, ines) is None
    assert phones.member_of(bench.here, bo) == BO
    again = phones.introduce(bench.here, INES)
    assert phones.member_of(bench.here, again) == INES


def test_the_phone_of_a_member_who_left_is_void_and_erased(bench: Bench, ines: str) -> None:
    (phone,) = phones.of_member(bench.here, INES)
    bench.from_node((events.LEFT, events.Left(INES)))
    assert phones.member_of(bench.here, ines) is None
    do_chores(bench.here, bench.data)
    assert not bench.here.journal.holds_whole(bench.here.db, phone.place)


def test_a_phone_is_known_for_a_year(bench: Bench, ines: str) -> None:
    bench.time.pass_seconds(364 * DAY)
    assert phones.member_of(bench.here, ines) == INES
    bench.time.pass_seconds(DAY + 1)
    assert phones.member_of(bench.here, ines) is None
    do_chores(bench.here, bench.data)
    assert bench.here.db.conn.execute("SELECT count(*) FROM phones").fetchone() == (0,)


def test_what_another_device_introduced_counts_only_there(bench: Bench, ines: str) -> None:
    """A bench that turned could else let its own phones in at the node."""
    token = phones._digest("made up at the corner")
    _from_another(bench, events.PHONE_INTRODUCED, events.PhoneIntroduced(INES, token))
    assert phones.member_of(bench.here, "made up at the corner") is None
    assert len(phones.of_member(bench.here, INES)) == 1


def test_another_device_cannot_revoke_what_was_introduced_here(bench: Bench, ines: str) -> None:
    (phone,) = phones.of_member(bench.here, INES)
    _from_another(bench, events.PHONE_REVOKED, events.PhoneRevoked(phone.place))
    assert phones.member_of(bench.here, ines) == INES


def test_what_was_introduced_in_a_former_log_counts_no_more(bench: Bench, ines: str) -> None:
    """After a restore nobody can say what was revoked since the backup."""
    bench.here.journal.source = "linden-bakery.2test"
    assert phones.member_of(bench.here, ines) is None
    assert phones.of_member(bench.here, INES) == []


def test_read_models_made_anew_know_the_same_phones(bench: Bench, ines: str) -> None:
    phones.introduce(bench.here, BO)
    phones.revoke(bench.here, *phones.of_member(bench.here, BO))
    before = bench.here.db.conn.execute("SELECT * FROM phones").fetchall()
    with bench.here.journal.writing() as db:
        bench.here.journal.models.rebuild(db)
    assert bench.here.db.conn.execute("SELECT * FROM phones").fetchall() == before


def test_at_the_node_they_are_known_and_forgotten_just_so(node: Node) -> None:
    number = node.member("Ines", "steward")
    secret = phones.introduce(node.here, number)
    assert phones.member_of(node.here, secret) == number
    operations.member_leaves(node.here, member=number)
    assert phones.member_of(node.here, secret) is None
    do_chores(node.here, DataDir(node.here.journal.store.path.parent))
    assert node.here.db.conn.execute("SELECT count(*) FROM phones").fetchone() == (0,)


@pytest.mark.parametrize(
    ("base", "name", "secure"),
    [("http://localhost", "phone", False), ("https://localhost", "__Host-phone", True)],
)
def test_the_cookie_is_for_this_host_alone_and_out_of_reach_of_scripts(
    bench: Bench, base: str, name: str, secure: bool
) -> None:
    with bench.app.test_request_context("/", base_url=base, headers={"Cookie": f"{name}=carried"}):
        response = Response()
        phones.give(response, "s3cret")
        words = {word.strip() for word in response.headers["Set-Cookie"].split(";")}
        assert {f"{name}=s3cret", "HttpOnly", "SameSite=Lax", "Path=/", f"Max-Age={365 * DAY}"} <= words
        assert ("Secure" in words) is secure
        assert not any(word.startswith("Domain") for word in words)
        assert phones.carried() == "carried"


def test_over_https_a_cookie_without_the_prefix_is_not_taken(bench: Bench) -> None:
    headers = {"Cookie": "phone=planted"}
    with bench.app.test_request_context("/", base_url="https://localhost", headers=headers):
        assert phones.carried() == ""
