"""Everybody who may come to either app, and whom each access rule lets pass."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import wraps
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import MethodNotAllowed, NotFound
from werkzeug.routing import Rule as Route

from kiosk.core.mandate import Role
from kiosk.features.mediation import access as mediation
from kiosk.people import events, operations, phones, rules
from kiosk.serving import operations_of
from kiosk.web.access import Rule, anyone
from tests.support import PIN, Bench
from tests.support.node import PASSPHRASE, TERM, Node

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND")

MAY: Mapping[Rule, frozenset[str]] = {
    rules.sitting: frozenset(
        {
            "member",
            "steward",
            "host",
            "mediator",
            "coordinator",
            "host of another bench",
            "lapsed steward",
            "lapsed host",
            "lapsed mediator",
            "lapsed coordinator",
            "recalled steward",
        }
    ),
    rules.steward: frozenset({"steward", "host"}),
    rules.host: frozenset({"host"}),
    rules.coordinator: frozenset({"coordinator at the node"}),
    rules.coordinator_or_lapsed: frozenset(
        {"coordinator at the node", "lapsed coordinator at the node", "recalled coordinator at the node"}
    ),
    rules.introduced: frozenset({"an introduced phone"}),
    mediation.mediator: frozenset(),
}
"""Who of those below passes which rule. A mediator's key is tried with that feature."""


def passes(rule: Rule, who: str) -> bool:
    """Whether this rule lets them pass; KeyError, naming it, when nobody has said whom it lets pass."""
    return rule is anyone or who in MAY[rule]


def at_bench(bench: Bench) -> dict[str, FlaskClient]:
    """Everybody who may sit at a tablet, each in a browser of their own."""
    now = bench.time.system // 1000
    roles = {"steward": Role.STEWARD, "host": Role.HOST, "mediator": Role.MEDIATOR}
    for number, (who, role) in enumerate({**roles, "coordinator": Role.COORDINATOR}.items(), 20000):
        bench.member(str(number), who, role)
    for number, (who, role) in enumerate({**roles, "coordinator": Role.COORDINATOR}.items(), 30000):
        bench.member(str(number), f"lapsed {who}", role, ends=now - 60)
    bench.member("40000", "member")
    bench.member("40001", "host of another bench")
    elsewhere = events.Granted("40001", Role.HOST, now - 60, now + 999, "corner-shop")
    bench.member("40002", "recalled steward", Role.STEWARD)
    recalled = events.Recalled("40002", Role.STEWARD, now - 1)
    bench.member("40003", "who left", Role.STEWARD, Role.HOST)
    bench.from_node((events.GRANTED, elsewhere), (events.RECALLED, recalled))
    names = [row[0] for row in bench.here.db.conn.execute("SELECT name FROM members ORDER BY id")]
    there = {who: _pin(bench, who) for who in names}
    bench.from_node((events.LEFT, events.Left("40003")))
    return {**there, **_strangers(bench.client, bench.client, bench.client, "sitting")}


def _pin(bench: Bench, who: str) -> FlaskClient:
    client = bench.client
    assert client.post("/sign-in", data={"who": who, "pin": PIN}).status_code == 303, who
    return client


def at_node(node: Node) -> dict[str, FlaskClient]:
    """Everybody who may open the node's pages; those who lapsed hold every other role."""
    gone = node.coordinator("Ada")
    lapsed, recalled = node.coordinator("Lea"), node.coordinator("Leo")
    operations.recall_member(node.here, member=recalled, role="coordinator")
    node.time.pass_seconds(TERM)
    now = node.time.system // 1000
    others = [role for role in Role if role != Role.COORDINATOR]
    facts = [events.Granted(who, role, now, now + 999) for who in (lapsed, recalled) for role in others]
    node.here.journal.record_all([(events.GRANTED, fact) for fact in facts])
    rosa, changed = node.coordinator("Rosa"), node.coordinator("Teo")
    there = {
        "lapsed coordinator at the node": node.signed_in(lapsed),
        "recalled coordinator at the node": node.signed_in(recalled),
        "coordinator at the node": node.signed_in(rosa),
        "who changed their passphrase since": node.signed_in(changed),
        "who signed out": node.signed_in(rosa),
        "who left": node.signed_in(node.coordinator("Ana")),
        "an introduced phone": phone(node, rosa),
        "a phone that was revoked": phone(node, changed),
    }
    operations_of(node.here)["member.phone-revoke"](member=changed)
    for role in Role:
        there[f"{role} with a guess"] = _guess(node, node.member("Guess", role))
    node.give_passphrase(changed)
    there["who signed out"].post("/desk/sign-out")
    left = next(one for one in node.here.db.conn.execute("SELECT id FROM members WHERE name = 'Ana'"))
    for number in (gone, left[0]):
        operations.member_leaves(node.here, member=number)
    return {**there, **_strangers(node.client, node.client, node.client, "desk")}


def phone(node: Node, number: str) -> FlaskClient:
    """A phone that was introduced at the node for a member."""
    client = node.client
    client.set_cookie(phones.COOKIE, phones.introduce(node.here, number))
    return client


def _guess(node: Node, number: str) -> FlaskClient:
    client = node.client
    client.post("/desk/sign-in", data={"number": number, "passphrase": PASSPHRASE, "code": "123456"})
    return client


def _strangers(
    nobody: FlaskClient, planted: FlaskClient, token: FlaskClient, cookie: str
) -> dict[str, FlaskClient]:
    """Who is not signed in, and who only says so."""
    planted.set_cookie(cookie, "p" * 32)
    token.environ_base["HTTP_AUTHORIZATION"] = "Bearer " + "p" * 43
    return {"nobody": nobody, "a planted cookie": planted, "a made-up token": token}


def only_note(app: Flask) -> list[str]:
    """From now on no view of an app does anything: the list names those that would have run."""
    ran: list[str] = []
    for endpoint, view in app.view_functions.items():
        app.view_functions[endpoint] = _noting(endpoint, view, ran)
    return ran


def _noting(endpoint: str, view: Any, ran: list[str]) -> Any:
    @wraps(view)
    def note(**_arguments: object) -> str:
        ran.append(endpoint)
        return "ran"

    return note


def address(route: Route, word: str = "1") -> str:
    """An address of a route, with `word` for each of its parts that vary."""
    parts = route.rule.replace(">", "<").split("<")
    return "".join(word if number % 2 else part for number, part in enumerate(parts))


def tries(app: Flask) -> Iterator[tuple[str, str, str | None]]:
    """Every address of an app with every method, those that it does not take too; its view, if it has one."""
    known = app.url_map.bind("localhost")
    for path in sorted({address(route) for route in app.url_map.iter_rules()}):
        for method in METHODS:
            try:
                yield path, method, known.match(path, method)[0]
            except (MethodNotAllowed, NotFound):
                yield path, method, None
