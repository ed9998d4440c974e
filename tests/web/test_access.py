"""Who may see what: every route of both apps, with every method, as everybody."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.routing import Rule as Route

from kiosk.composition import require_rules
from kiosk.core.mandate import Role
from kiosk.features.checkin.events import ARRIVED, Arrived
from kiosk.features.incidents.codes import Ended, What
from kiosk.features.incidents.events import NOTED, WORDS, Noted, Words
from kiosk.people import rules
from kiosk.web.access import allow, anyone, is_nearby, rule_of
from kiosk.web.services import EXTENSION, Services
from tests.support import EVENING, PIN, Bench
from tests.support.everybody import MAY, METHODS, address, at_bench, at_node, only_note, passes, tries
from tests.support.node import Node, make_node

SECRETS = ("Canaria Quill", "canary words", "61234")
WILD = ("x", "2026-11-23", "0", "..", "%00", "' OR 1=1 --", "<script>alert(1)</script>", "é" * 200, "9" * 30)


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    """A node whose coordinators have passphrases."""
    made = make_node(tmp_path / "node")
    yield made
    made.close()


@pytest.fixture
def street(bench: Bench) -> Bench:
    """A bench with a steward on duty, who wrote a note, and a host."""
    bench.member("61234", "Canaria Quill", Role.STEWARD)
    bench.member("23456", "Oskar", Role.HOST)
    record = bench.here.journal.record
    record(ARRIVED, Arrived("61234", EVENING + 9000, "badge", True))
    note = record(NOTED, Noted("61234", What.ARGUMENT, "market", EVENING, Ended.CALMED))
    record(WORDS, Words(note.place, "canary words"))
    return bench


def _walk(app: Flask, client: FlaskClient, word: str = "1") -> Iterator[tuple[Route, str, int, str]]:
    """Every route with every method: the route, the method, and the answer's code and text."""
    for route in app.url_map.iter_rules():
        if route.endpoint == "static" or (word in WILD[1:] and not route.arguments):
            continue
        for method in METHODS:
            answer = client.open(address(route, word), method=method)
            yield route, method, answer.status_code, answer.text


def _signed_in(bench: Bench, who: str) -> FlaskClient:
    client = bench.client
    assert client.post("/sign-in", data={"who": who, "pin": PIN}).status_code == 303
    return client


def _protected(bench: Bench) -> set[tuple[str, str]]:
    return {
        (route.rule, method)
        for route in bench.app.url_map.iter_rules()
        if rule_of(bench.app, route.endpoint) is not anyone
        for method in route.methods or ()
    }


def test_there_are_pages_for_stewards_and_for_the_host(bench: Bench) -> None:
    guarded = {rule_of(bench.app, route.endpoint) for route in bench.app.url_map.iter_rules()}
    assert {anyone, rules.steward, rules.host} <= guarded
    assert ("/host", "GET") in _protected(bench)
    assert ("/incidents/new", "POST") in _protected(bench)


def test_a_view_without_a_rule_stops_the_start(bench: Bench) -> None:
    bench.app.add_url_rule("/forgotten", "forgotten", lambda: "open to all")
    with pytest.raises(LookupError, match="forgotten"):
        require_rules(bench.app)


def test_a_view_without_a_rule_that_came_later_serves_nothing(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(bench.app.logger, "disabled", True)
    bench.app.add_url_rule("/forgotten", "forgotten", lambda: "open to all")
    answer = bench.client.get("/forgotten")
    assert answer.status_code == 500
    assert "open to all" not in answer.text


def test_a_rule_that_answers_keeps_the_view_from_running(bench: Bench) -> None:
    def no() -> tuple[str, int]:
        return "no", 403

    ran: list[str] = []

    def view() -> str:
        ran.append("view")
        return "ran"

    bench.app.add_url_rule("/guarded", "guarded", allow(no)(view))
    for method in METHODS:
        bench.client.open("/guarded", method=method)
    assert ran == []


def test_nobody_gets_past_a_rule_with_any_method(street: Bench) -> None:
    protected, met = _protected(street), set()
    for route, method, code, text in _walk(street.app, street.client):
        if (route.rule, method) in protected:
            met.add((route.rule, method))
            assert code == 303, (route, method)
        for secret in SECRETS:
            assert secret not in text, (route, method)
    assert met == protected


def test_a_badge_alone_opens_none_of_them(street: Bench) -> None:
    """It can be photographed: a note and the host's page want the PIN."""
    badge = street.member("45678", "Rosa", Role.STEWARD, Role.HOST)
    client = street.client
    assert client.post("/check-in", data={"badge": badge}).location == "/check-in/done"
    assert client.get("/check-in/done").status_code == 200
    for rule, method in _protected(street):
        answer = client.open(rule.replace("<", "").replace(">", ""), method=method)
        assert answer.status_code == 303, (rule, method)
        assert answer.location.startswith("/sign-in?next="), (rule, method)


def test_nothing_that_anyone_may_read_tells_of_a_member_or_a_note(street: Bench) -> None:
    for path in (
        "/",
        "/log",
        "/log/2026-11-23",
        "/holds",
        "/help",
        "/posters",
        "/check-in",
        "/healthz",
        "/leave",
    ):
        page = street.client.get(path, follow_redirects=True).text
        for secret in SECRETS:
            assert secret not in page, path


def _pass_in_turn(app: Flask, there: dict[str, FlaskClient]) -> set[tuple[str, str]]:
    """Everybody tries every route with every method; who got in where, by rule, exactly as they may."""
    ran, got_in = only_note(app), set()
    for who, client in there.items():
        for path, method, view in tries(app):
            code = client.open(path, method=method).status_code
            rule = anyone if view is None else rule_of(app, view)
            assert rule is not None, path
            expected = [view] if view and method != "OPTIONS" and passes(rule, who) else []
            assert ran == expected, (who, method, path)
            assert ran or code in (200, 303, 401, 403, 404, 405), (who, method, path, code)
            got_in |= {(rule.__name__, who) for _ran in ran}
            ran.clear()
    return got_in


def test_everybody_at_a_bench_gets_in_where_they_may_and_nowhere_else(bench: Bench) -> None:
    got_in = _pass_in_turn(bench.app, at_bench(bench))
    assert {("steward", "steward"), ("steward", "host"), ("host", "host")} <= got_in
    assert not {who for rule, who in got_in if rule == "host"} - {"host"}


def test_everybody_at_the_node_gets_in_where_they_may_and_nowhere_else(node: Node) -> None:
    got_in = _pass_in_turn(node.app, at_node(node))
    assert {who for rule, who in got_in if rule == "coordinator"} == {"coordinator at the node"}
    assert ("coordinator_or_lapsed", "lapsed coordinator at the node") in got_in


def test_of_every_rule_it_is_said_whom_it_lets_pass(bench: Bench, node: Node) -> None:
    for app in (bench.app, node.app):
        used = {rule_of(app, route.endpoint) for route in app.url_map.iter_rules()} - {anyone}
        unsaid = [rule for rule in used if rule not in MAY]
        assert unsaid == [], "say in tests/support/everybody.py whom these let pass"


@pytest.mark.parametrize("who", ["", "61234", "23456"])
def test_no_request_of_anybody_is_answered_with_a_fault(street: Bench, who: str) -> None:
    for word in WILD:
        client = _signed_in(street, who) if who else street.client
        for route, method, code, text in _walk(street.app, client, word):
            assert code < 500, (route, method, word)
            assert "<script>alert" not in text, (route, method)


def test_looking_changes_nothing(street: Bench) -> None:
    before = _sizes(street.here)
    for who in ("", "61234", "23456"):
        client = _signed_in(street, who) if who else street.client
        for route in street.app.url_map.iter_rules():
            for method in ("GET", "HEAD", "OPTIONS"):
                client.open(address(route, "1"), method=method, buffered=True)
    assert _sizes(street.here) == before


def test_a_form_from_elsewhere_changes_nothing_whoever_sits_there(street: Bench) -> None:
    for who in ("61234", "23456"):
        client = _signed_in(street, who)
        client.environ_base["HTTP_SEC_FETCH_SITE"] = "cross-site"
        before = _sizes(street.here)
        for route in street.app.url_map.iter_rules():
            if "POST" in (route.methods or ()):
                assert client.post(address(route, "1")).status_code == 403, route
        assert _sizes(street.here) == before


def test_every_route_of_the_node_answers_nobody_without_a_fault(node_app: Flask) -> None:
    client = node_app.test_client()
    client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    before = _sizes(node_app.extensions[EXTENSION])
    for word in WILD:
        for route, method, code, text in _walk(node_app, client, word):
            assert code < 500, (route, method, word)
            assert "Rosa" not in text
            assert "<script>alert" not in text
    assert _sizes(node_app.extensions[EXTENSION]) == before


OUT = ("/desk/leave", "/desk/sign-out")


def test_no_request_of_a_coordinator_is_answered_with_a_fault(node: Node) -> None:
    client = node.signed_in(node.coordinator("Rosa"))
    for word in WILD:
        said = dict.fromkeys(("number", "bench", "act", "role", "name", "page", "next"), word)
        for route in node.app.url_map.iter_rules():
            for method in METHODS if route.rule not in OUT and route.endpoint != "static" else ():
                sent = said if method == "POST" else None
                answer = client.open(address(route, word), method=method, query_string=said, data=sent)
                assert answer.status_code < 500, (route, method, word)
                assert "<script>alert" not in answer.text, (route, method)
    assert client.get("/desk").status_code == 200


def test_looking_changes_nothing_at_the_node_either(node: Node) -> None:
    rosa = node.coordinator("Rosa")
    client, before = node.signed_in(rosa), _sizes(node.here)
    for route in node.app.url_map.iter_rules():
        for method in ("GET", "HEAD", "OPTIONS"):
            client.open(address(route), method=method, query_string={"number": rosa}, buffered=True)
    assert _sizes(node.here) == before


def test_a_form_from_elsewhere_changes_nothing_at_the_node(node: Node) -> None:
    client = node.signed_in(node.coordinator("Rosa"))
    client.environ_base["HTTP_SEC_FETCH_SITE"] = "cross-site"
    before = _sizes(node.here)
    for route in node.app.url_map.iter_rules():
        if "POST" in (route.methods or ()) and not route.rule.startswith("/api/"):
            assert client.post(address(route), data={"name": "Teo"}).status_code == 403, route
    assert _sizes(node.here) == before


NEARBY = {
    "/at/<code>",
    "/at/<code>/receipt",
    "/at/introduce/<secret>",
    "/posters",
    "/posters/<slug>",
    "/posters/<slug>/<int:version>",
    "/log",
    "/log/<night>",
    "/help",
    "/help/qr/<int:place>.svg",
    "/holds",
    "/display",
    "/static/<path:filename>",
}


def _away(client: FlaskClient, at: str = "192.168.4.23") -> FlaskClient:
    client.environ_base["REMOTE_ADDR"] = at
    return client


def test_a_phone_in_the_benchs_wifi_reaches_these_and_nothing_else(bench: Bench) -> None:
    near = {r.rule for r in bench.app.url_map.iter_rules() if is_nearby(bench.app, r.endpoint)}
    assert near == NEARBY
    there = [_away(client) for client in at_bench(bench).values()]
    ran, reached = only_note(bench.app), set()
    for client in there:
        for route in bench.app.url_map.iter_rules():
            for method in (route.methods or set()) - {"OPTIONS"}:
                code = client.open(address(route), method=method).status_code
                reached |= {route.rule for _ran in ran}
                assert ran or route.rule in NEARBY or code == 403, (method, route)
                ran.clear()
    assert reached <= NEARBY


@pytest.mark.parametrize(
    "address", ["192.168.4.23", "10.0.0.7", "fe80::1", "::ffff:192.168.4.23", "2001:db8::1", ""]
)
def test_another_machine_is_told_that_it_works_on_the_tablet(bench: Bench, address: str) -> None:
    answer = _away(bench.client, address).get("/check-in")
    assert answer.status_code == 403
    assert "This works on the tablet itself." in answer.text
    assert "/help" in answer.text


@pytest.mark.parametrize("address", ["127.0.0.1", "127.8.8.8", "::1", "::ffff:127.0.0.1"])
def test_the_tablet_itself_is_not_sent_away(bench: Bench, address: str) -> None:
    assert _away(bench.client, address).get("/check-in").status_code == 200


def test_what_a_proxy_says_of_an_address_is_not_believed(bench: Bench) -> None:
    said = {"X-Forwarded-For": "127.0.0.1", "Forwarded": "for=127.0.0.1", "X-Real-IP": "127.0.0.1"}
    assert _away(bench.client).get("/host", headers=said).status_code == 403


def test_nobody_in_the_wifi_sees_by_what_waits_that_somebody_checked_in(street: Bench) -> None:
    assert "pending" in street.client.get("/healthz").text
    answer = _away(street.client).get("/healthz")
    assert answer.status_code == 403
    assert "pending" not in answer.text


def test_the_session_of_the_tablet_opens_nothing_from_elsewhere(street: Bench) -> None:
    client = _signed_in(street, "23456")
    assert client.get("/host").status_code == 200
    assert _away(client).get("/host").status_code == 403


def test_a_phone_reads_posters_in_its_own_language_and_is_not_sent_away_when_idle(bench: Bench) -> None:
    page = _away(bench.client).get("/posters", headers={"Accept-Language": "es"}).text
    assert 'lang="es"' in page
    assert "data-idle-seconds" not in page
    assert "data-idle-seconds" in bench.client.get("/posters").text


def test_the_node_answers_everybody_wherever_they_are(node: Node) -> None:
    assert _away(node.client).get("/").status_code == 200
    assert _away(node.client).get("/desk").status_code == 303


def test_no_view_of_either_app_lacks_a_rule(bench: Bench, node_app: Flask) -> None:
    require_rules(bench.app)
    require_rules(node_app)


def test_there_is_no_page_about_a_person(bench: Bench, node_app: Flask) -> None:
    for app in (bench.app, node_app):
        for route in app.url_map.iter_rules():
            assert not set(route.arguments) & {"member", "name", "number", "person", "who"}, route


def _sizes(here: Services) -> list[tuple[str, int]]:
    return [(source.name, source.size) for source in here.journal.sources(here.db)]
