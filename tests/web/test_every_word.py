"""Nothing that a person can read on any page is in English only: walked in a made-up language.

A page that is not walked here is not heard: walk new pages, and new ways to be refused, as you add them.
"""

from __future__ import annotations

import re
from queue import Queue

import pytest
from flask import Flask
from flask.testing import FlaskClient

from kiosk import serving
from kiosk.adapters.datadir import DataDir
from kiosk.adapters.store import Store
from kiosk.core.errors import NotSaved
from kiosk.core.event import Whole, encode_body, new_salt
from kiosk.core.mandate import Role
from kiosk.core.sentences import N_
from kiosk.features.desk.actions import ACTIONS
from kiosk.features.incidents.events import NOTED, Ended, Noted, Outside, Tried, What
from kiosk.features.posters.events import PUBLISHED, Published
from kiosk.people import badges, events, pins
from kiosk.people.pins import LOCKED_AT
from kiosk.sync.events import BENCH_ENROLLED, Enrolled
from kiosk.web import words
from kiosk.web.display import LANGUAGE
from tests.features.claims.sentences import address, claim, publish, slip_on
from tests.features.incidents.steward import Steward
from tests.features.log.nights import morning, note, patrol
from tests.support import EVENING, NEIGHBOURHOOD, NETWORK, PIN, Bench, pseudo
from tests.support.everybody import address as one_address
from tests.support.node import PASSPHRASE, TERM, Node
from tests.support.pseudo import Listener
from tests.support.roots import give_mediators

PEOPLE = ("Ines", "Teo", "Lea", "Oskar", "Amal", "Noor", "Rosa", "Sam", "Ada")
OWN = (
    "Linden Bakery", "Lindenfield", "linden-bakery", "Market corner", "Linden park", "The station", "station",
    "The bakery", "Ambulance", "Fire", "Police", "Ask anyone with the sun on their sleeve.",
    "the school hall",
)  # fmt: skip
TYPED = (
    "It ended with an apology.",
    "Somebody tall rang 0176 123 456.",
    "tall",
    "A court asked.",
    "linden-bakery.1test/",
)
DATA = (*PEOPLE, *OWN, *TYPED, "Langsam.", "Wer langsam geht.")
CALM = Published("calm", "Langsam.", "de", 1, "Wer langsam geht.\n\n1. Atmen.", "2026-11-14", "2026-11-20")
BAD_PIN = "000000"


@pytest.fixture(autouse=True)
def zz(monkeypatch: pytest.MonkeyPatch) -> None:
    """The made-up language is known."""
    pseudo.install(monkeypatch)


@pytest.fixture
def heard(bench: Bench) -> Listener:
    """What is read at the bench, where Ines and Teo are stewards, Oskar is the host, and Lea has no role."""
    bench.member("33333", "Teo", Role.STEWARD)
    bench.member("34567", "Lea")
    bench.member("23456", "Oskar", Role.HOST)
    bench.from_node((PUBLISHED, CALM))
    return Listener(bench.app, DATA)


def every_page(app: Flask, client: FlaskClient, *but: str) -> None:
    """Whatever can be asked for by its address alone."""
    for route in app.url_map.iter_rules():
        if "GET" in (route.methods or ()) and route.endpoint != "static" and route.rule not in but:
            client.get(one_address(route), follow_redirects=True, buffered=True)


def sign_in(bench: Bench, who: str) -> FlaskClient:
    client = bench.client
    assert client.post("/sign-in", data={"who": who, "pin": PIN}).status_code == 303
    return client


def test_every_page_that_an_address_leads_to(bench: Bench, heard: Listener) -> None:
    bench.member("12345", "Ines", Role.STEWARD)
    every_page(bench.app, bench.client)
    for who in ("ines", "oskar", "lea"):
        every_page(bench.app, sign_in(bench, who), "/leave")
    for path in ("/posters/calm", "/no-such-page", "/log?page=1", "/styleguide"):
        bench.client.get(path)
    bench.client.post("/posters")
    assert heard.outside == []
    assert len(heard.pages) > 30


def test_what_a_bench_says_before_it_knows_its_neighbourhood(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    from tests.support import make_bench

    bench = make_bench(tmp_path_factory.mktemp("bare"), described=False)
    heard = Listener(bench.app, DATA)
    every_page(bench.app, bench.client)
    assert heard.outside == []
    bench.here.journal.store.close()


def test_coming_and_going(bench: Bench, heard: Listener) -> None:
    ines = bench.member("12345", "Ines", Role.STEWARD)
    bench.member("44444", "Sam", Role.STEWARD, ends=EVENING - 60)
    bench.here.clock.keep()
    client = bench.client

    def post(path: str, **data: str) -> None:
        client.post(path, data=data, follow_redirects=True)

    for who in ("teo", "sam", "lea"):
        post("/check-in", who=who, pin=PIN)
    post("/check-in", badge=ines)
    post("/check-in", badge=ines)
    bench.time.pass_seconds(300)
    post("/check-in", badge=ines)
    post("/check-in/leaving", answer="yes")
    post("/check-in", badge=ines)
    post("/check-in/undo")
    post("/check-in/undo")
    post("/check-in", badge=ines)
    bench.time.pass_seconds(4 * 3600)
    post("/check-in", badge=ines)
    post("/check-in/leaving", answer="yes")
    bench.time.pass_seconds(60)
    post("/check-in/undo")
    assert heard.outside == []
    assert {"GET /check-in/done 200", "GET /check-in/leaving 200"} <= heard.pages


def test_every_way_in_that_is_refused(bench: Bench, heard: Listener, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pins, "_matches", lambda hashed, pin: hashed != pins._NOBODY and pin == PIN)
    bench.member("12345", "Ines", Role.STEWARD)
    now, sign, key = EVENING, bench.node.sign, bench.node.public
    for code in (
        "nonsense", "SB1:ABC", "SB1:" + "A" * 128,
        badges.issue("12345", "elsewhere", key, sign, now),
        badges.issue("12345", NETWORK, b"x" * 32, sign, now),
        badges.issue("12345", NETWORK, key, sign, now - 400 * 86400),
        "",
    ):  # fmt: skip
        bench.client.post("/check-in", data={"badge": code, "typed": "1"})
        bench.client.post("/vouch", data={"badge": code})
    bench.from_node((events.BADGE_REVOKED, events.BadgeRevoked("12345", now + 1)))
    bench.client.post("/check-in", data={"badge": badges.issue("12345", NETWORK, key, sign, now)})
    for path in ("/check-in", "/sign-in"):
        for who, pin in (("ines", "1"), ("", BAD_PIN), ("ines", ""), ("nobody", BAD_PIN)):
            bench.client.post(path, data={"who": who, "pin": pin})
    for _ in range(LOCKED_AT + 3):
        for wait in (0, 1000):
            bench.client.post("/sign-in", data={"who": "ines", "pin": BAD_PIN})
            bench.time.pass_seconds(wait)
    assert heard.outside == []
    assert "POST /check-in 422" in heard.pages


def test_a_forgotten_pin(bench: Bench, heard: Listener) -> None:
    bench.member("12345", "Ines", Role.STEWARD)
    client = bench.client

    def vouch(who: str, pin: str = PIN) -> None:
        client.post("/vouch/steward", data={"who": who, "pin": pin}, follow_redirects=True)

    client.post("/vouch", data={"badge": "Ines"}, follow_redirects=True)
    for who, pin in (("teo", BAD_PIN), ("lea", PIN), ("ines", PIN), ("", ""), ("teo", PIN), ("teo", PIN)):
        vouch(who, pin)
    bench.member("55555", "Ada", Role.STEWARD)
    vouch("ada")
    assert "GET /vouch/pin 200" in heard.pages
    assert heard.outside == []


def test_a_whole_note_and_what_becomes_of_it(bench: Bench, heard: Listener) -> None:
    give_mediators(bench, {"30001": "Amal", "30002": "Noor"})
    ines = Steward(bench)
    for step, value in (
        ("asked", "false"), ("asked", "true"), ("what", "nonsense"), ("what", "argument"),
        ("where", "nowhere"),
        ("where", "station"), ("when", "now"), ("tried", ["listened", "outside-called"]),
        ("tried", [one.value for one in Tried]), ("ended", "calmed"),
    ):  # fmt: skip
        ines.answer(step, value)
    ines.client.get(f"/incidents/change?note={ines.token}")
    ines.keep("7" * 300)
    ines.keep("Somebody tall rang 0176 123 456.")
    ines.keep("It ended with an apology.")
    for who, pin in (("ines", PIN), ("teo", "1"), ("", "")):
        ines.partner_reads(who, pin)
    ines.client.get(f"/incidents/alone?note={ines.token}")
    ines.partner_reads()
    assert "GET /incidents/kept 200" in heard.pages
    page = ines.client.get("/incidents/mine").text
    place = re.search(r'name="note" value="([^"]+)"', page)
    assert place is not None
    for path in ("withdraw", "amend", "withdraw/yes", "withdraw"):
        ines.client.post(f"/incidents/mine/{path}", data={"note": place[1]}, follow_redirects=True)
    ines.client.get("/log")
    ines.client.post("/incidents/throw-away")
    assert heard.outside == []


def test_details_for_mediators(bench: Bench, heard: Listener) -> None:
    ines = Steward(bench)
    ines.answer_all()
    path = f"/incidents/details?note={ines.token}"
    ines.client.get(path)
    ines.client.post(path, data={"details": "7", "shown": "30001"})
    give_mediators(bench, {"30001": "Amal", "30002": "Noor"})
    for details, out in (("", []), ("7" * 5000, []), ("7", ["30001", "30002"]), ("7", ["30001"])):
        sent = {"details": details, "shown": ["30001", "30002"], "leave_out": out}
        ines.client.post(path, data=sent, follow_redirects=True)
    ines.client.get(path)
    ines.keep()
    assert heard.outside == []
    assert {"POST /incidents/details 422", "GET /incidents/kept 200"} <= heard.pages


def test_the_log_and_claims_on_it(bench: Bench, heard: Listener) -> None:
    patrol(bench, 5 * 3600)
    note(
        bench,
        What.FIGHT,
        outside=tuple(Outside),
        tried=tuple(Tried),
        ended=Ended.HELP_CAME,
        where="elsewhere",
    )
    publish(bench, 4)
    note(bench, ago=24 * 3600)
    morning(bench)
    client = bench.client
    for path in ("/log", "/log/2026-11-23", "/log/2026-11-24", "/claim", address()):
        client.get(path)
    made = claim(client).text
    client.get(address())
    client.post(address(2), data={"words": "7" * 3000})
    for slip in (" ".join(slip_on(made)), "one two", ""):
        client.post("/claim", data={"slip": slip})
    for number in (2, 3, 4, 5):
        claim(client, number)
        client.get(address(number))
    client.get("/log/2026-11-23")
    assert heard.outside == []
    assert {"POST /claim 200", "POST /claim 404", "GET /log/2026-11-23 200"} <= heard.pages


def test_what_the_host_sees(bench: Bench, heard: Listener) -> None:
    bench.member("12345", "Ines", Role.STEWARD)
    bench.client.post("/check-in", data={"who": "ines", "pin": PIN})
    bench.client.post("/check-in", data={"who": "lea", "pin": PIN})
    note(bench, words="It ended with an apology.")
    morning(bench)
    host = sign_in(bench, "oskar")
    for closed in ("true", "false", "true"):
        host.post("/host/closed", data={"closed": closed}, follow_redirects=True)
    for path in ("/host/log", "/", "/check-in", "/holds"):
        host.get(path)
    bench.client.post("/check-in", data={"who": "teo", "pin": PIN})
    for told in ("from=2026-12-14", "months=2027-12-01", "day=1999-01-01", "day=2031-01-01"):
        host.get(f"/host/clock/tell?{told}")
    host.post("/host/clock", data={"day": "x"})
    bench.time.boot, bench.time.uptime = "b00700000002", 1000
    host = sign_in(bench, "oskar")
    for path in ("/host", "/host/clock", "/", "/help", "/holds", "/log"):
        host.get(path)
    for told in ("day=2026-11-24", "day=2026-11-24&hour=18", "day=2026-11-24&hour=18&about=30"):
        host.get(f"/host/clock/tell?{told}")
    assert heard.outside == []


def test_what_the_host_is_asked_when_clocks_change(bench: Bench, heard: Listener) -> None:
    bench.here.clock.observe_signed(bench.time.system + 342 * 86_400_000, 100)
    host = sign_in(bench, "oskar")
    twice = "day=2027-10-31&hour=2&minute=30"
    for told in (twice, f"{twice}&again=0", f"{twice}&again=1"):
        host.get(f"/host/clock/tell?{told}")
    host.get("/host/clock")
    bench.here.clock.observe_signed(bench.time.system + 125 * 86_400_000, 100)
    for told in ("day=2027-03-28", "day=2027-03-28&hour=2&minute=30"):
        host.get(f"/host/clock/tell?{told}")
    assert heard.outside == []
    assert {"GET /host/clock/tell 200", "GET /host/clock/tell 422"} <= heard.pages


def test_what_is_said_when_nothing_can_be_saved(
    bench: Bench, heard: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    ines = Steward(bench)
    ines.answer_all()
    store = bench.here.journal.store
    store.trouble = N_("The disk can only be read, so this was not saved.")
    bench.client.get("/")
    monkeypatch.setattr(Store, "is_low", property(lambda _: True))
    bench.client.get("/")

    def refuse(*_words: object) -> None:
        raise NotSaved(N_("The disk is full, so this was not saved."))

    monkeypatch.setattr(Store, "writing", refuse)
    ines.keep()
    assert ines.page.status_code == 507
    bench.client.post("/check-in", data={"who": "ines", "pin": PIN})
    bench.here.locked = True
    bench.client.get("/")
    bench.client.post("/check-in", data={"badge": "x"})
    assert heard.outside == []
    assert "POST /check-in 507" in heard.pages


def test_the_feed_is_in_the_node_s_language_whoever_reads_it(node: Node) -> None:
    node.app.config[LANGUAGE] = "zz"
    title = "Lindenfield⟦: the night&#39;s log⟧".replace("&#39;", "'")
    assert title in node.client.get("/feed.atom", headers={"Accept-Language": "en"}).text
    assert "⟦The night" not in node.client.get("/", headers={"Accept-Language": "en"}).text


def test_what_is_written_behind_the_scenes_is_in_the_configured_language(
    node: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    spoken: Queue[str] = Queue()
    monkeypatch.setattr(serving, "do_chores", lambda *_: spoken.put(words.current().code))
    stop = serving.start_chores(node.here, DataDir(node.here.journal.store.path.parent), "zz")
    assert spoken.get(timeout=10) == "zz"
    stop()


def test_every_page_of_the_node(node: Node, rosa: str) -> None:
    heard = Listener(node.app, (*DATA, "linden bread and butter"))
    at = node.time.system // 1000
    node.here.journal.record(events.DESCRIBED, NEIGHBOURHOOD)
    node.here.journal.record(PUBLISHED, CALM)
    node.here.journal.record(BENCH_ENROLLED, Enrolled("linden-bakery", "Linden Bakery", b"k" * 32))
    told = Noted("10777", What.NOISE, "park", at, Ended.PARTED)
    form = Whole(new_salt(), encode_body(NOTED, told, at, "b00700000001", 1))
    node.here.journal.append("linden-bakery.1test", 1, [form])
    every_page(node.app, node.client)
    desk, teo = node.signed_in(rosa), node.member("Teo", "steward", "host", "coordinator", "mediator")
    every_page(node.app, desk, "/desk/leave")
    for path, data in (
        ("/desk/members/new", {"name": "Ines", "roles": "steward"}), ("/desk/members/new", {"name": "12"}),
        ("/desk/members/new", {"name": ""}), ("/desk/members/new", {"name": "Teo", "roles": "king"}),
        ("/desk/members/new", {"name": "Teo", "bench": "linden-bakery"}), ("/desk/benches/new", {"name": ""}),
        ("/desk/benches/new", {"name": "Linden Bakery"}),
        ("/desk/benches/new", {"name": "x", "bench": "station"}),
        ("/desk/holds", {"records": "tall", "reason": "A court asked.", "days": "14"}),
        ("/desk/holds", {"records": "linden-bakery.1test/77", "reason": "A court asked.", "days": "14"}),
        ("/desk/holds", {"records": "linden-bakery.1test/1", "reason": "A court asked.", "days": "14"}),
        ("/desk/holds", {"records": "linden-bakery.1test/1", "reason": "", "days": "1000"}),
        ("/desk/act", {"act": "pin", "number": "99999"}), ("/desk/act", {"act": "lock-out", "bench": "tall"}),
        ("/desk/act", {"act": "recall", "number": rosa, "role": "host"}),
    ):  # fmt: skip
        desk.post(path, data=data, follow_redirects=True)
    hold = re.search(r'hold=([^"]+)"', desk.get("/desk/holds").text)
    assert hold is not None
    desk.post("/desk/holds/confirm", data={"hold": hold[1]})
    desk.get(f"/desk/holds/end?hold={hold[1]}")
    for path in ("/desk", f"/desk/member?number={teo}", "/desk/bench?bench=linden-bakery"):
        desk.get(path)
    about = {"number": teo, "role": "steward", "bench": "linden-bakery"}
    for act in sorted(ACTIONS, key="leave".__eq__):
        desk.get("/desk/sure", query_string={"act": act, **about})
        desk.post("/desk/act", data={"act": act, **about}, follow_redirects=True)
    assert "GET /desk/done 200" in heard.pages
    for number, passphrase, code in (
        (rosa, "x", "123456"),
        ("x", "x", "x"),
        (rosa, "", "x"),
        (rosa, PASSPHRASE, "1"),
    ):
        sent = {"number": number, "passphrase": passphrase, "code": code}
        for _ in range(LOCKED_AT):
            node.client.post("/desk/sign-in", data=sent)
    node.time.pass_seconds(TERM)
    ada = node.coordinator("Ada")
    node.time.pass_seconds(TERM)
    node.signed_in(ada).get("/desk", follow_redirects=True)
    assert heard.outside == []
    assert {"GET /desk/lapsed 200", "POST /desk/holds 422"} <= heard.pages
