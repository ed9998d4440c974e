"""The mediator's page: picks a key, opens what is for it, answers, closes, and keeps nothing."""

from __future__ import annotations

import io
import re
import signal
from html import unescape

import pytest

from kiosk.adapters.sealing import new_reader, seal
from kiosk.mediator import app, routes
from kiosk.mediator.app import MAX_FORM
from kiosk.mediator.desk import IDLE_SECONDS, Door
from kiosk.web import display
from kiosk.web.access import rule_of
from kiosk.web.headers import policy
from tests.mediator.conftest import URL, Page, page_over
from tests.support import Bench
from tests.support.desk import SECRET, MediatedNode

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "TRACE", "PROPFIND")
DAY = 86400


def key_file(key: str, name: str = "key.txt") -> tuple[io.BytesIO, str]:
    return io.BytesIO(f"# public key: age1…\n{key}\n".encode()), name


def words(page: str) -> str:
    """What a reader sees of a page."""
    body = page.partition("<main")[2].partition("</main>")[0]
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", body)).split())


# --- Pick, read, decide, close -----------------------------------------------------------------------------


def test_a_mediator_picks_a_key_reads_answers_and_closes(node: MediatedNode, amal: str) -> None:
    matter = node.doubt(lines=("Linden Bakery",))
    page = page_over(node, Door())
    assert "Your key, please" in page.get()
    listed = page.post(key=key_file(node.keys[amal]), member=amal, node=URL)
    assert "A sealed note" in words(listed)
    assert SECRET not in listed
    ref = page.ref()
    assert SECRET in unescape(page.get(f"read/{ref}"))
    assert "It goes" in page.get(f"answer/{ref}")
    after = page.post(f"answer/{ref}", choice="goes")
    assert "Your answer is with the node." in after
    assert "Nothing waits for you." in after
    assert [(one.place, one.choice, one.member) for one in node.doubts.decided] == [
        (matter.place, "goes", amal)
    ]
    assert "Your answer is with the node." not in page.get()
    assert "Your key is forgotten" in page.post("close", 200)
    assert page.desk.ended.is_set()


def test_what_the_command_line_said_is_not_asked_again(node: MediatedNode, amal: str) -> None:
    page = page_over(node, Door(URL, amal))
    asked = page.get()
    assert 'name="node"' not in asked
    assert 'name="member"' not in asked
    assert "Nothing waits for you." in page.post(key=key_file(node.keys[amal]))


def test_words_are_asked_for_only_where_they_are_and_said_to_be_public(
    node: MediatedNode, page: Page
) -> None:
    node.doubt("linden-bakery.1test/1")
    assert "<textarea" not in page.get(f"answer/{page.ref()}")
    node.doubts.waiting.clear()
    node.doubt("linden-bakery.1test/2", asks_words=True, sealed=b"")
    ref = page.ref()
    asked = page.get(f"answer/{ref}")
    assert "<textarea" in asked
    assert "Everybody can read these words: they are published." in unescape(asked)
    page.post(f"answer/{ref}", choice="stays", words="We talked about it.")
    assert node.doubts.decided[-1].words == "We talked about it."


def test_an_answer_that_is_too_long_is_shown_again_with_its_words(node: MediatedNode, page: Page) -> None:
    node.doubt(asks_words=True)
    shown = page.post(f"answer/{page.ref()}", 422, choice="goes", words="word " * 200)
    assert "at most 600 letters" in shown
    assert "word word word" in shown
    assert node.doubts.decided == []


def test_words_that_the_node_does_not_take_are_shown_again_to_be_said_otherwise(
    node: MediatedNode, page: Page
) -> None:
    node.doubt(asks_words=True)
    node.doubts.unfit = "Say it otherwise."
    shown = page.post(f"answer/{page.ref()}", 422, choice="goes", words="Ask Sam about it.")
    assert "Say it otherwise." in words(shown)
    assert "Ask Sam about it." in shown
    assert node.doubts.decided == []


def test_who_cannot_read_it_cannot_answer_it(node: MediatedNode, page: Page) -> None:
    node.doubt(sealed=seal(SECRET, [new_reader()[1]]))
    assert "Not sealed for your key" in page.get()
    ref = page.ref()
    shown = page.get(f"read/{ref}")
    assert "This was not sealed for your key." in shown
    assert "/answer/" not in shown
    assert "waits for another mediator" in page.post(f"answer/{ref}", 409, choice="goes")
    assert node.doubts.decided == []


def test_what_another_mediator_answered_meanwhile_is_not_answered_twice(
    node: MediatedNode, page: Page
) -> None:
    node.doubt()
    ref = page.ref()
    node.doubts.waiting.clear()
    assert "does not wait any more" in page.post(f"answer/{ref}", 409, choice="goes")
    assert "Nothing waits for you." in page.get()
    assert "does not wait any more" in page.get(f"read/{ref}", 409)


def test_hostile_text_is_shown_as_text(node: MediatedNode, page: Page, amal: str) -> None:
    nasty = "<script>alert(1)</script>\n</p>{{ 7*7 }}\u202e"
    sealed = seal(nasty, [node.readers[0].recipient])
    node.doubt(title=nasty, lines=(nasty,), choices=((nasty[:20], nasty),), sealed=sealed)
    ref = page.ref()
    for shown in (page.get(), page.get(f"read/{ref}"), page.get(f"answer/{ref}")):
        assert "<script>alert" not in shown
        assert "{{ 7*7 }}" in unescape(shown)


# --- When something is not as it should be -----------------------------------------------------------------


def test_a_node_that_cannot_be_reached_has_its_page(node: MediatedNode, page: Page) -> None:
    node.doubt()
    page.line.down = True
    shown = page.get(status=503)
    assert "The node cannot be reached." in shown
    assert "Look again" in shown
    page.line.down = False
    assert "A sealed note" in page.get()


def test_something_else_at_the_address_has_its_page(page: Page, bench: Bench) -> None:
    page.line.leads_to(bench.app)
    assert "Something else than the node answered" in page.get(status=503)


def test_a_key_that_opens_nothing_has_its_page(node: MediatedNode, amal: str) -> None:
    for number, key in ((amal, new_reader()[0]), ("00000", node.keys[amal])):
        page = page_over(node, Door(URL, number))
        page.desk.open(key, page.desk.door)
        shown = page.get(status=403)
        assert "This key does not open the node&#39;s answer." in shown
        assert "Another key" in shown
        assert "Your key, please" in page.post("another-key")


def test_a_mandate_that_has_ended_has_its_page(node: MediatedNode, page: Page) -> None:
    node.doubt()
    node.time.pass_seconds(29 * DAY)
    shown = page.get(status=403)
    assert re.search(r"Your mandate as a mediator ended on \d+ December\.", shown)
    assert "next assembly" in shown


def test_a_mandate_that_ends_while_one_reads_has_its_page(node: MediatedNode, page: Page) -> None:
    node.doubt()
    ref = page.ref()
    node.time.system += 29 * DAY * 1000
    assert "Your mandate as a mediator has ended." in page.post(f"answer/{ref}", 403, choice="goes")
    assert node.doubts.decided == []


def test_nothing_waiting_has_its_page(page: Page) -> None:
    assert "Nothing waits for you." in page.get()


def test_an_idle_token_is_renewed_without_a_word(node: MediatedNode, page: Page) -> None:
    page.get()
    node.time.pass_seconds(16 * 60)
    assert "Nothing waits for you." in page.get()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "does not hold one age key"),
        (b"\xff\x00 a photo", "does not hold one age key"),
        (b"AGE-SECRET-KEY-1NOTHING", "key"),
    ],
)
def test_a_file_that_is_no_key_is_asked_for_again(
    content: bytes, says: str, node: MediatedNode, amal: str
) -> None:
    page = page_over(node, Door(URL, amal))
    answer = page.client.post(f"/{page.desk.way}/", data={"key": (io.BytesIO(content), "key.txt")})
    shown = answer.text if answer.status_code == 422 else page.get(status=403)
    assert says in shown


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"member": "12a45", "node": URL}, "five digits"),
        ({"member": "12345", "node": "http://elsewhere.example"}, "Without https://"),
        ({"member": "12345", "node": "file:///etc/passwd"}, "begins with https://"),
    ],
)
def test_a_seat_that_cannot_be_is_asked_for_again(
    given: dict[str, str], says: str, node: MediatedNode, amal: str
) -> None:
    page = page_over(node, Door())
    shown = page.post(status=422, key=key_file(node.keys[amal]), **given)
    assert says in unescape(shown)
    assert not page.desk.is_open


# --- Who may see it ----------------------------------------------------------------------------------------


def test_nobody_gets_in_without_the_secret_part_of_the_address(node: MediatedNode, page: Page) -> None:
    node.doubt()
    ref, met = page.ref(), 0
    for rule in page.app.url_map.iter_rules():
        if rule_of(page.app, rule.endpoint) is not routes.whoever_was_told:
            continue
        for way in ("x", page.desk.way[:-1], page.desk.way.lower() + "x", "%00", "é"):
            for method in METHODS:
                met += 1
                path = rule.rule.replace("<way>", way).replace("<ref>", ref)
                answer = page.client.open(path, method=method)
                assert answer.status_code in (404, 405), (path, method)
                assert page.desk.way not in answer.text
                assert SECRET not in answer.text
    assert met > 200
    assert page.desk.is_open
    assert node.doubts.decided == []


def test_every_page_but_looks_and_files_wants_the_secret(page: Page) -> None:
    open_ones = {
        rule.endpoint
        for rule in page.app.url_map.iter_rules()
        if rule_of(page.app, rule.endpoint) is not routes.whoever_was_told
    }
    assert open_ones == {"static", "display.choose", "display.choose_language"}
    for name in ("choose", "choose_language"):
        assert rule_of(page.app, f"display.{name}") is getattr(display, name).access_rule


def test_the_secret_is_new_each_time_and_long(node: MediatedNode, amal: str) -> None:
    ways = {page_over(node, Door()).desk.way for _ in range(5)}
    assert len(ways) == 5
    assert min(len(way) for way in ways) >= 32


def test_a_form_from_another_page_does_nothing(node: MediatedNode, page: Page) -> None:
    node.doubt()
    ref = page.ref()
    for site in ("cross-site", "same-site", "none"):
        page.client.environ_base["HTTP_SEC_FETCH_SITE"] = site
        for path in ("", f"answer/{ref}", "close", "another-key"):
            page.post(path, 403, choice="goes")
    assert page.desk.is_open
    assert node.doubts.decided == []


def test_pages_carry_the_headers_of_all_apps(node: MediatedNode, page: Page) -> None:
    node.doubt()
    ref = page.ref()
    for path in ("", f"read/{ref}", f"answer/{ref}", "nowhere"):
        answer = page.client.get(f"/{page.desk.way}/{path}")
        assert answer.headers["Content-Security-Policy"] == policy(camera=False)
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert "Set-Cookie" not in answer.headers
        assert not re.search(r"<script(?![^>]* src=\"/static/)|style=|\son[a-z]+=", answer.text)


def test_other_host_names_are_refused(page: Page) -> None:
    for host in ("elsewhere.example", "192.168.1.7"):
        answer = page.client.get(f"/{page.desk.way}/", headers={"Host": host})
        assert answer.status_code == 400
        assert "Nothing waits" not in answer.text


def test_a_file_that_is_far_too_large_for_a_key_is_refused(page: Page) -> None:
    page.post(status=413, key=(io.BytesIO(b"x" * (MAX_FORM + 1)), "photo.jpg"))


# --- What is kept, and for how long ------------------------------------------------------------------------


def test_no_request_to_the_node_holds_key_or_plain_text(node: MediatedNode, page: Page, amal: str) -> None:
    node.doubt(asks_words=True)
    ref = page.ref()
    page.get(f"read/{ref}")
    page.post(f"answer/{ref}", choice="goes", words="Thank you.")
    page.get()
    assert len(page.line.sent) >= 4
    everything = b"\n".join(page.line.sent)
    assert b"Thank you." in everything
    for secret in (SECRET, SECRET[8:30], node.keys[amal], node.keys[amal][-20:], page.desk.way):
        assert secret.encode() not in everything
    assert {line.split()[1] for line in page.line.sent} == {
        f"{URL}/api/v1/mediator/{path}".encode() for path in ("hello", "matters", "decide")
    }


def test_closing_forgets_key_text_and_token(node: MediatedNode, page: Page, amal: str) -> None:
    node.doubt()
    page.get(f"read/{page.ref()}")
    source = page.desk._source
    page.post("close", 200)
    held = f"{vars(page.desk)} {vars(source)}"
    for secret in (SECRET, node.keys[amal]):
        assert secret not in held
    assert vars(source)["_token"] == ""
    page.get(status=404)
    page.post(status=404, key=key_file(node.keys[amal]))
    assert not page.desk.is_open


def test_a_page_that_nobody_touches_closes_too(page: Page) -> None:
    shown = page.get()
    assert f'data-idle-href="/{page.desk.way}/leave"' in shown
    assert "Your key is forgotten" in page.get("leave")
    assert page.desk.ended.is_set()


def test_a_quarter_of_an_hour_with_nobody_there_is_counted_from_the_last_sign(page: Page) -> None:
    page.get()
    page.clock.seconds += IDLE_SECONDS - 1
    page.get("here", 204)
    page.clock.seconds += IDLE_SECONDS - 1
    assert page.desk.seconds_left() == 1
    page.client.get("/wrong/here")
    page.client.get("/static/css/bench.css").close()
    page.clock.seconds += 1
    assert page.desk.seconds_left() == 0


@pytest.mark.parametrize("ends", ["closed", "idle"])
def test_the_program_ends_when_it_is_closed_or_nobody_is_there(
    ends: str, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[int] = []
    monkeypatch.setattr(app, "GRACE_SECONDS", 0.0)
    monkeypatch.setattr("os.kill", lambda _process, number: told.append(number))
    if ends == "closed":
        page.post("close", 200)
    else:
        page.clock.seconds += IDLE_SECONDS
    app.end_when_closed(page.desk)
    assert told == [signal.SIGTERM]
    assert page.desk.ended.is_set()
    assert not page.desk.is_open
