"""Coordinators sign in at the node, and are out again after a quarter of an hour."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import msgspec
import pyotp
import pytest
import requests
from click.testing import CliRunner

from kiosk.adapters.datadir import DataDir
from kiosk.central import init_central
from kiosk.cli import cli
from kiosk.people import desksignin, events, operations
from kiosk.people.sessions import EXTENSION
from tests.support import FORM, NEIGHBOURHOOD
from tests.support.node import PASSPHRASE, TERM, Node, make_node
from tests.support.street import Street

SIGN_IN = "/desk/sign-in"


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    """A node."""
    made = make_node(tmp_path / "node")
    yield made
    made.close()


@pytest.fixture
def rosa(node: Node) -> str:
    """The number of a coordinator with a passphrase."""
    return node.coordinator("Rosa")


def _cookie(node: Node, rosa: str, **sent: str) -> str:
    node.time.pass_seconds(30)
    data = {"number": rosa, "passphrase": PASSPHRASE, "code": node.code(rosa)}
    base = sent.pop("base", "http://localhost")
    answer = node.client.post(SIGN_IN, data=data, base_url=base, **sent)
    return answer.headers.get("Set-Cookie", "")


def test_signing_in_leads_where_one_was_going_and_nowhere_else(node: Node, rosa: str) -> None:
    for wanted, led in (("/desk/lapsed?x=1", "/desk/lapsed?x=1"), ("//elsewhere.example", "/")):
        node.time.pass_seconds(30)
        data = {"number": rosa, "passphrase": PASSPHRASE, "code": node.code(rosa), "next": wanted}
        answer = node.client.post(SIGN_IN, data=data)
        assert (answer.status_code, answer.location) == (303, led)


def test_all_that_is_wrong_is_told_with_one_page(node: Node, rosa: str) -> None:
    steward, bare = node.member("Ines", "steward"), node.member("Leo", "coordinator")
    gone = node.coordinator("Ada")
    operations.member_leaves(node.here, member=gone)
    lapsed = node.coordinator("Lea")
    node.time.pass_seconds(TERM)
    tries = [
        (rosa, "wrong wrong wrong", node.code(rosa)),
        (rosa, PASSPHRASE, "000000"),
        (lapsed, "wrong wrong wrong", node.code(lapsed)),
        (lapsed, PASSPHRASE, "000000"),
        (steward, PASSPHRASE, "123456"),
        (bare, PASSPHRASE, "123456"),
        (gone, PASSPHRASE, node.code(gone)),
        ("99999", PASSPHRASE, "123456"),
    ]
    pages = set()
    for number, words, code in tries:
        answer = node.client.post(SIGN_IN, data={"number": number, "passphrase": words, "code": code})
        assert "Set-Cookie" not in answer.headers
        pages.add((answer.status_code, answer.text))
    assert len(pages) == 1
    assert "do not go together" in pages.pop()[1]


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [("number", "12", "five digits"), ("code", "12", "six digits"), ("passphrase", "", "Type your")],
)
def test_what_was_forgotten_is_said_and_no_try_is_counted(
    node: Node, rosa: str, field: str, value: str, said: str
) -> None:
    data = {"number": rosa, "passphrase": PASSPHRASE, "code": "123456", field: value}
    answer = node.client.post(SIGN_IN, data=data)
    assert answer.status_code == 422
    assert said in answer.text
    assert PASSPHRASE not in answer.text
    assert node.here.db.conn.execute("SELECT count(*) FROM pin_attempts").fetchone() == (0,)


def test_the_cookie_is_for_this_host_over_https_only(node: Node, rosa: str) -> None:
    plain = _cookie(node, rosa)
    assert re.fullmatch(r"desk=[\w-]{32}; HttpOnly; Path=/; SameSite=Strict", plain)
    secure = _cookie(node, rosa, base="https://localhost")
    assert re.fullmatch(r"__Host-desk=[\w-]{32}; Secure; HttpOnly; Path=/; SameSite=Strict", secure)


def test_nobody_signs_in_where_others_could_read_along(node: Node, rosa: str) -> None:
    node.app.config["TRUSTED_HOSTS"].append("node.example")
    assert "HTTPS" in node.client.get(SIGN_IN, base_url="http://node.example").text
    assert _cookie(node, rosa, base="http://node.example") == ""
    assert "Secure" in _cookie(node, rosa, base="https://node.example")


def test_a_session_is_over_after_a_quarter_of_an_hour_without_a_request(node: Node, rosa: str) -> None:
    client = node.signed_in(rosa)
    for _ in range(3):
        node.time.pass_seconds(desksignin.IDLE_SECONDS)
        assert client.head("/desk/lapsed").location == "/desk"
    node.time.pass_seconds(desksignin.IDLE_SECONDS + 1)
    assert client.get("/desk/lapsed").location.startswith(SIGN_IN)


def test_the_page_is_wiped_before_its_session_is_over() -> None:
    minute, countdown = 60, 30
    assert desksignin.ASK_AFTER + countdown + minute < desksignin.IDLE_SECONDS


def test_signing_in_again_gives_a_new_cookie_and_the_old_one_is_dead(node: Node, rosa: str) -> None:
    client = node.signed_in(rosa)
    before = client.get_cookie("desk")
    assert node.sign_in(client, rosa).status_code == 303
    after = client.get_cookie("desk")
    assert before is not None
    assert after is not None
    assert before.value != after.value
    client.set_cookie("desk", before.value)
    assert client.get("/desk/lapsed").location.startswith(SIGN_IN)


def test_a_planted_cookie_is_not_signed_in(node: Node, rosa: str) -> None:
    client = node.client
    client.set_cookie("desk", "planted")
    node.sign_in(client, rosa)
    assert client.get("/desk/lapsed").location == "/desk"
    client.set_cookie("desk", "planted")
    assert client.get("/desk/lapsed").location.startswith(SIGN_IN)


@pytest.mark.parametrize("out", ["/desk/sign-out", "/desk/leave"])
def test_signing_out_forgets_the_session(node: Node, rosa: str, out: str) -> None:
    client = node.signed_in(rosa)
    cookie = client.get_cookie("desk")
    answer = client.post(out) if out.endswith("out") else client.get(out)
    assert answer.headers["Clear-Site-Data"] == '"cache"'
    assert cookie is not None
    client.set_cookie("desk", cookie.value)
    assert client.get("/desk/lapsed").location.startswith(SIGN_IN)


def test_several_coordinators_are_signed_in_side_by_side(node: Node, rosa: str) -> None:
    lea = node.coordinator("Lea")
    browsers = [node.signed_in(number) for number in (rosa, lea)]
    browsers[0].post("/desk/sign-out")
    assert browsers[1].get("/desk/lapsed").location == "/desk"


def test_a_new_passphrase_ends_what_the_old_one_began(node: Node, rosa: str) -> None:
    client = node.signed_in(rosa)
    node.give_passphrase(rosa)
    assert client.get("/desk/lapsed").location.startswith(SIGN_IN)


def test_who_left_is_out_at_the_next_page(node: Node, rosa: str) -> None:
    client = node.signed_in(rosa)
    operations.member_leaves(node.here, member=rosa)
    assert client.get("/desk/lapsed").location.startswith(SIGN_IN)


def test_a_restart_signs_everybody_out_and_nothing_of_a_session_is_on_disk(
    node: Node, rosa: str, tmp_path: Path
) -> None:
    client = node.signed_in(rosa)
    cookie = client.get_cookie("desk")
    assert cookie is not None
    kept = b"".join(path.read_bytes() for path in (tmp_path / "node").iterdir() if path.is_file())
    assert cookie.value.encode() not in kept
    node.close()
    again = make_node(tmp_path / "node", node.time)
    fresh = again.client
    fresh.set_cookie("desk", cookie.value)
    assert fresh.get("/desk/lapsed").location.startswith(SIGN_IN)
    again.close()


def test_a_lapsed_coordinator_is_told_until_when_and_what_renews_it(node: Node, rosa: str) -> None:
    node.time.pass_seconds(TERM)
    client = node.signed_in(rosa)
    page = client.get("/desk/lapsed")
    assert page.status_code == 200
    assert "Rosa, your role as coordinator ended." in page.text
    assert "2026, 07:00" in page.text
    assert "Only an assembly renews it." in page.text


def test_a_lapsed_coordinator_is_told_of_the_next_assembly_until_it_is_over(node: Node, rosa: str) -> None:
    node.here.journal.record(events.DESCRIBED, NEIGHBOURHOOD)
    node.time.pass_seconds(TERM)
    client = node.signed_in(rosa)
    assert "Ask your neighbours when the next one is." in client.get("/desk/lapsed").text
    ahead = events.Assembly(datetime.fromisoformat("2027-01-10T17:00"), "the <i>hall</i>")
    known = msgspec.structs.replace(NEIGHBOURHOOD, assembly=ahead)
    node.here.journal.record(events.DESCRIBED, known)
    page = client.get("/desk/lapsed").text
    assert "The next one: Sunday 10 January, 17:00, the &lt;i&gt;hall&lt;/i&gt;." in page


def test_no_page_of_the_desk_is_kept_by_the_browser(node: Node, rosa: str) -> None:
    node.time.pass_seconds(TERM)
    client = node.signed_in(rosa)
    for path in (SIGN_IN, "/desk/lapsed"):
        assert client.get(path).headers["Cache-Control"] == "no-store"


def test_a_form_of_another_site_signs_nobody_in(node: Node, rosa: str) -> None:
    data = {"number": rosa, "passphrase": PASSPHRASE, "code": node.code(rosa)}
    for site in ("cross-site", "same-site", "none"):
        answer = node.client.post(SIGN_IN, data=data, headers={"Sec-Fetch-Site": site})
        assert answer.status_code == 403
    assert node.app.extensions[EXTENSION]._held == {}


def test_the_command_asks_twice_and_shows_what_to_scan(tmp_path: Path) -> None:
    made = init_central(DataDir(tmp_path / "n"), "Lindenfield", "Sam")
    words = ["central", "member", "passphrase", made["member"], "--data", str(tmp_path / "n")]
    done = CliRunner().invoke(cli, words, input=f"{PASSPHRASE}\n{PASSPHRASE}\n")
    assert done.exit_code == 0
    assert PASSPHRASE not in done.output
    assert re.search(
        r"^otpauth://totp/Safe%20Bench%20Lindenfield:\d{5}\?secret=[A-Z2-7]{32}&", done.output, re.M
    )
    assert "█▀▀▀" in done.output or "█ ▄▄" in done.output
    made_up = CliRunner().invoke(cli, words, input="\n\n")
    assert re.search(r"^Passphrase: [a-z]+( [a-z]+){5}$", made_up.output, re.M)
    short = CliRunner().invoke(cli, words, input="short\nshort\n")
    assert "at least 12" in str(short.exception)


@pytest.mark.https
@pytest.mark.slow
def test_behind_the_proxy_the_cookie_is_secure(street: Street) -> None:
    ada = street.member("Ada", "coordinator")
    made = street.node.asks("member.passphrase", member=ada.number, passphrase=PASSPHRASE)
    data = {
        "number": ada.number,
        "passphrase": PASSPHRASE,
        "code": pyotp.TOTP(pyotp.parse_uri(made["uri"]).secret).now(),
    }
    with requests.Session() as session:
        session.trust_env = False
        session.verify = str(street.authority.ca)
        url = f"{street.front.url.rstrip('/')}{SIGN_IN}"
        answer = session.post(url, data=data, headers=FORM, allow_redirects=False, timeout=10)
        assert answer.status_code == 303, answer.text
        assert answer.headers["Set-Cookie"].startswith("__Host-desk=")
        assert "Secure" in answer.headers["Set-Cookie"]
