"""Nobody gives themselves power: no page and no command renews the role of who asks."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from contextlib import suppress
from itertools import product
from typing import Any

import pytest
from flask.testing import FlaskClient

from kiosk.core.errors import SafeBenchError
from kiosk.core.mandate import Role
from kiosk.features.desk.actions import ACTIONS
from kiosk.people import members, rules
from kiosk.people.events import GRANTED
from kiosk.web.access import rule_of
from tests.support.node import Node

RENEWING = ("coordinator", "mediator", "steward", "host")


def _powers(node: Node) -> dict[tuple[str, Role], int]:
    """Until when each member that was there at first holds each role."""
    db = node.here.db.conn
    listed = [one for member in members.everyone(db) for one in members.mandates(db, member.id)]
    return {(one.member, one.role): one.until for one in listed}


def _grants(node: Node) -> int:
    return sum(1 for _entry in node.here.journal.entries(node.here.db, [GRANTED]))


def _words(number: str, role: str) -> Mapping[str, Any]:
    """Everything that a command about people could be asked with."""
    return {
        "member": number,
        "number": number,
        "role": role,
        "roles": [role],
        "name": "Rosa",
        "bench": "linden-bakery",
        "text": "",
        "minutes": 15,
    }


def _ask(node: Node, operation: Any, words: Mapping[str, Any]) -> None:
    wanted = inspect.signature(operation).parameters
    fitting = {name: words[name] for name in wanted if name in words}
    any_words = any(one.kind is inspect.Parameter.VAR_KEYWORD for one in wanted.values())
    with suppress(SafeBenchError, TypeError):  # refused, or asked with words that it does not know
        operation(node.here, **(words if any_words else fitting))


@pytest.mark.parametrize("role", RENEWING)
def test_no_command_renews_a_role_of_somebody_who_is_a_member(node: Node, rosa: str, role: str) -> None:
    node.time.pass_seconds(20 * 86400)
    before = _powers(node)
    for feature in node.here.features:
        for name, operation in feature.operations.items():
            if name != "member.leave":
                _ask(node, operation, _words(rosa, role))
    after = _powers(node)
    assert all(after[key] <= until for key, until in before.items() if key in after)
    assert {key for key in after if key[0] == rosa} <= set(before)


def test_no_page_gives_a_coordinator_more_than_they_have(node: Node, rosa: str, desk: FlaskClient) -> None:
    before, coordinators = _powers(node), [key for key in _powers(node) if key[1] == Role.COORDINATOR]
    posts = [route for route in node.app.url_map.iter_rules() if "POST" in (route.methods or ())]
    for route in posts:
        if route.rule.startswith("/desk/sign"):
            continue
        for act in (*ACTIONS, "grant", "renew"):
            for role, bench in product(RENEWING, ("", "linden-bakery")):
                data = {**_words(rosa, role), "act": act, "roles": [role, "coordinator"], "bench": bench}
                if act != "leave":
                    desk.post(route.rule.replace("<", "").replace(">", ""), data=data)
    after = _powers(node)
    assert [key for key in after if key[1] == Role.COORDINATOR] == coordinators
    assert all(after[key] <= until for key, until in before.items())


def test_the_desk_makes_no_second_coordinator(node: Node, desk: FlaskClient) -> None:
    grants = _grants(node)
    for roles in (["coordinator"], ["mediator"], ["steward", "coordinator"]):
        answer = desk.post("/desk/members/new", data={"name": "Rosa again", "roles": roles})
        assert answer.status_code == 422
    assert _grants(node) == grants


def test_a_lapsed_coordinator_makes_nobody_anything(node: Node, rosa: str) -> None:
    node.time.pass_seconds(29 * 86400)
    desk = node.signed_in(rosa)
    before = node.here.journal.find(node.here.db, node.here.journal.source).size
    for route in node.app.url_map.iter_rules():
        if "POST" in (route.methods or ()) and rule_of(node.app, route.endpoint) is rules.coordinator:
            answer = desk.post(route.rule, data={**_words(rosa, "coordinator"), "act": "pin"})
            assert (answer.status_code, answer.location) == (303, "/desk/lapsed"), route
    assert node.here.journal.find(node.here.db, node.here.journal.source).size == before
