"""What a coordinator does at the node about people."""

from __future__ import annotations

from typing import Any

import pytest

from kiosk.core.errors import Refused
from kiosk.core.mandate import Role
from kiosk.people import badges, events, members, operations, pins
from kiosk.web.services import Services
from tests.support import NEIGHBOURHOOD, PIN, Bench
from tests.support.node import Node


@pytest.fixture
def node(node: Node) -> Services:
    """What a fresh node is made of."""
    return node.here


def _add(node: Services, **words: Any) -> Any:
    return operations.add_member(node, **{"name": "Ines", **words})


def _standing(node: Services, number: str, role: Role, bench: str | None = None) -> members.Standing:
    return members.standing(node.db.conn, number, role, node.clock.now(), bench)


def test_a_new_member_signs_in_with_the_pin_that_was_printed(node: Services) -> None:
    made = _add(node, roles=["steward", "host"])
    assert list(made["ends"]) == ["steward", "host"]
    assert pins.check(node, made["member"], made["pin"]).name == "Ines"
    assert _standing(node, made["member"], Role.STEWARD).on_duty


def test_a_role_named_twice_is_given_once(node: Services) -> None:
    made = _add(node, roles=["steward", "steward"])
    assert len(members.mandates(node.db.conn, made["member"])) == 1


def test_only_the_role_of_a_host_is_bound_to_the_bench(node: Services) -> None:
    number = _add(node, roles=["steward", "host"], bench="linden-bakery")["member"]
    assert _standing(node, number, Role.HOST, "linden-bakery").on_duty
    assert not _standing(node, number, Role.HOST, "corner-shop").on_duty
    assert _standing(node, number, Role.STEWARD, "corner-shop").on_duty


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ({"name": ""}, "1 to 40"),
        ({"name": " \t "}, "1 to 40"),
        ({"name": "x" * 41}, "1 to 40"),
        ({"name": "\u202e\x00"}, "1 to 40"),
        ({"name": "a\ue000"}, "1 to 40"),
        ({"name": "12345"}, "not a number"),
        ({"roles": ["king"]}, "no role king"),
        ({"roles": ["STEWARD"]}, "no role STEWARD"),
        ({"roles": ["steward"], "bench": "linden-bakery"}, "Only a host"),
        ({"roles": ["host"], "bench": "../linden"}, "named by its id"),
        ({"roles": ["host"], "bench": ""}, "named by its id"),
    ],
)
def test_what_is_no_member_is_refused_and_nothing_recorded(
    node: Services, words: dict[str, Any], said: str
) -> None:
    before = _size(node)
    with pytest.raises(Refused, match=said):
        _add(node, **words)
    assert _size(node) == before


def test_a_name_typed_in_another_spelling_of_the_same_letters_is_the_same(node: Services) -> None:
    made = _add(node, name="  Rene\u0301   van  Dyk ")
    assert members.find(node.db.conn, made["member"]) == members.called(node.db.conn, "René van Dyk")[0]


def test_every_member_gets_another_number(node: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = iter([11, 11, 11, 12])
    monkeypatch.setattr("secrets.randbelow", lambda below: next(numbers) if below == 90_000 else 5)
    assert [_add(node)["member"] for _ in range(2)] == ["10011", "10012"]


def test_a_new_pin_ends_the_old_one(node: Services) -> None:
    made = _add(node)
    pin = operations.new_member_pin(node, member=made["member"])["pin"]
    assert pins.check(node, made["member"], pin).id == made["member"]
    if pin != made["pin"]:
        with pytest.raises(pins.WrongPin):
            pins.check(node, made["member"], made["pin"])


def test_a_badge_reads_as_its_members(node: Services) -> None:
    number = _add(node)["member"]
    made = operations.make_badge(node, member=number)
    found = badges.read(made["badge"], "lindenfield", [node.device.key.public], node.clock.now())
    assert (found.member, made["name"], made["network"]) == (number, "Ines", "Lindenfield")


def test_badges_made_before_a_call_back_are_void_and_later_ones_count(node: Services) -> None:
    number = _add(node)["member"]
    public, at = node.device.key.public, node.clock.now()
    old = badges.issue(number, "lindenfield", public, node.device.key.sign, at - 60)
    operations.revoke_badges(node, member=number)
    new = operations.make_badge(node, member=number)["badge"]
    known = members.find(node.db.conn, number)
    assert known is not None
    issued = [badges.read(text, "lindenfield", [public], at).issued for text in (old, new)]
    assert [when < known.void_before for when in issued] == [True, False]


@pytest.mark.parametrize(
    "operation", [operations.new_member_pin, operations.make_badge, operations.revoke_badges]
)
@pytest.mark.parametrize("number", ["99999", "", "12345\n", "' OR 1=1"])
def test_an_unknown_member_is_said(node: Services, operation: Any, number: str) -> None:
    before = _size(node)
    with pytest.raises(Refused, match="There is no member"):
        operation(node, member=number)
    assert _size(node) == before


def test_a_neighbourhood_that_does_not_read_changes_nothing(node: Services) -> None:
    before = _size(node)
    with pytest.raises(Refused, match=r"ours\.toml"):
        operations.describe_neighbourhood(node, name="ours.toml", text="zones = 3")
    assert _size(node) == before


def test_terms_follow_the_neighbourhoods_own_morning(node: Services) -> None:
    from datetime import datetime
    from zoneinfo import ZoneInfo

    text = f'name = "L"\ntimezone = "{NEIGHBOURHOOD.timezone}"\nzones = [{{ slug = "a", name = "A" }}]'
    operations.describe_neighbourhood(node, name="ours.toml", text=text)
    ends = _add(node, roles=["steward"])["ends"]["steward"]
    assert datetime.fromtimestamp(ends, ZoneInfo("Europe/Berlin")).strftime("%H:%M:%S") == "07:00:00"


def _size(node: Services) -> int:
    return int(node.db.conn.execute("SELECT count(*) FROM events").fetchone()[0])


def test_who_has_left_can_neither_sign_in_nor_use_a_badge(bench: Bench) -> None:
    badge = bench.member("12345", "Ines", Role.STEWARD)
    bench.from_node((events.LEFT, events.Left("12345")))
    answer = bench.client.post("/check-in", data={"badge": badge})
    assert answer.status_code == 422
    assert "called back" in answer.text
    assert bench.client.post("/sign-in", data={"who": "12345", "pin": PIN}).status_code == 422


def test_a_recalled_role_ends_when_the_night_ends(node: Services) -> None:
    number = _add(node, roles=["host"], bench="linden-bakery")["member"]
    made = operations.recall_member(node, member=number, role="host")
    assert _standing(node, number, Role.HOST, "linden-bakery").on_duty
    after = members.standing(node.db.conn, number, Role.HOST, made["ends"], "linden-bakery")
    assert not after.on_duty
    assert made["ends"] - node.clock.now() < 25 * 3600


def test_a_role_that_is_not_held_cannot_be_recalled(node: Services) -> None:
    number = _add(node)["member"]
    with pytest.raises(Refused, match="is not steward now"):
        operations.recall_member(node, member=number, role="steward")


def test_a_member_who_leaves_is_known_no_more(node: Services) -> None:
    number = _add(node, roles=["steward"])["member"]
    operations.member_leaves(node, member=number)
    assert members.find(node.db.conn, number) is None
    assert not _standing(node, number, Role.STEWARD).on_duty


def test_after_a_theft_every_pin_is_another_and_the_old_ones_are_void(node: Services) -> None:
    before = {made["member"]: made["pin"] for made in (_add(node), _add(node, name="Teo"))}
    renewed = operations.renew_pins(node)["pins"]
    assert {number for number, _name, _pin in renewed} >= set(before)
    for number, name, pin in renewed:
        assert pins.check(node, number, pin).name == name
        if number in before:
            with pytest.raises(pins.WrongPin):
                pins.check(node, number, before[number])
