"""The node's API for mediators: who gets in, what they see, what their answers do."""

from __future__ import annotations

import base64
import statistics
from typing import Any

import msgspec
import pytest
from werkzeug.test import TestResponse

from kiosk.adapters.sealing import NotForThisKey, new_reader, parted, seal, seal_provable, unseal
from kiosk.features.mediation import access, tokens
from kiosk.features.mediation.protocol import (
    DECIDE_PATH,
    HELLO_PATH,
    MATTERS_PATH,
    MAX_GIVEN,
    MAX_SENT,
    Grant,
    Waiting,
)
from kiosk.web.access import anyone, rule_of
from tests.support import EVENING
from tests.support.desk import CHOICES, SECRET, MediatedNode

GUARDED = (MATTERS_PATH, DECIDE_PATH)
DAY = 86400


def hello(node: MediatedNode, number: str) -> bytes:
    """The age file that a hello with this number gives."""
    answer = node.client.post(HELLO_PATH, json={"member": number})
    assert answer.status_code == 200, answer.text
    return base64.b64decode(answer.get_json()["sealed"])


def grant(node: MediatedNode, number: str) -> Grant:
    """What is in it, by the mediator's own key."""
    return msgspec.json.decode(unseal(hello(node, number), node.keys[number]), type=Grant)


def ask(node: MediatedNode, path: str, token: str, body: Any = None) -> TestResponse:
    return node.client.post(path, json=body, headers={"Authorization": f"Bearer {token}"})


def matters(node: MediatedNode, number: str) -> list[dict[str, Any]]:
    answer = ask(node, MATTERS_PATH, grant(node, number).token)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.get_json()["matters"]
    return found


def test_a_mediator_gets_in_with_the_key_alone_and_sees_what_waits(node: MediatedNode, amal: str) -> None:
    node.doubt(lines=("From Linden Bakery",))
    (found,) = matters(node, amal)
    assert found["id"] == "doubts:linden-bakery.1test/7"
    assert (found["title"], found["lines"]) == ("A sealed note", ["From Linden Bakery"])
    assert found["choices"] == [list(choice) for choice in CHOICES]
    assert unseal(base64.b64decode(found["sealed"]), node.keys[amal]) == SECRET


def test_the_answer_to_a_hello_opens_for_that_mediator_only(node: MediatedNode, amal: str) -> None:
    noor = node.mediator("Noor")
    with pytest.raises(NotForThisKey):
        unseal(hello(node, amal), node.keys[noor])


def test_an_answer_goes_to_the_feature_that_the_matter_is_of(node: MediatedNode, amal: str) -> None:
    matter = node.doubt(asks_words=True)
    words = {"id": f"doubts:{matter.place}", "choice": "goes", "words": " We are sorry. "}
    answer = ask(node, DECIDE_PATH, grant(node, amal).token, words)
    assert (answer.status_code, answer.get_json()) == (200, {"id": words["id"]})
    (decided,) = node.doubts.decided
    assert (decided.member, decided.place) == (amal, matter.place)
    assert (decided.choice, decided.words) == ("goes", "We are sorry.")
    assert matters(node, amal) == []


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"choice": "burns"}, 422),
        ({"words": "unasked"}, 422),
        ({"id": "doubts:elsewhere/1"}, 409),
        ({"id": "log:linden-bakery.1test/7"}, 409),
        ({"id": "x" * 201}, 422),
        ({"choice": ""}, 422),
        ({"words": 7}, 422),
    ],
)
def test_only_what_was_offered_can_be_answered(
    change: dict[str, Any], status: int, node: MediatedNode, amal: str
) -> None:
    matter = node.doubt()
    words = {"id": f"doubts:{matter.place}", "choice": "goes", **change}
    assert ask(node, DECIDE_PATH, grant(node, amal).token, words).status_code == status
    assert node.doubts.decided == []


def test_a_mediator_whom_the_writer_left_out_answers_nothing_unread(node: MediatedNode, amal: str) -> None:
    noor = node.mediator("Noor")
    recipients = {one.member: one.recipient for one in node.readers}
    sealed, proof = seal_provable(SECRET, [recipients[noor]])
    matter = node.doubt(sealed=sealed, proof=proof)
    words = {"id": f"doubts:{matter.place}", "choice": "goes"}
    for guess in ("", "0" * 32, proof.hex()[:32]):
        refused = ask(node, DECIDE_PATH, grant(node, amal).token, {**words, "proof": guess})
        assert refused.status_code == 409
        assert "Only who has opened this" in refused.get_json()["title"]
    assert node.doubts.decided == []
    (found,) = matters(node, noor)
    token = parted(unseal(base64.b64decode(found["sealed"]), node.keys[noor]))[1]
    taken = ask(node, DECIDE_PATH, grant(node, noor).token, {**words, "proof": token})
    assert taken.status_code == 200
    assert [one.member for one in node.doubts.decided] == [noor]


def test_what_was_answered_once_is_not_answered_again(node: MediatedNode, amal: str) -> None:
    matter, token = node.doubt(), grant(node, amal).token
    words = {"id": f"doubts:{matter.place}", "choice": "goes"}
    assert ask(node, DECIDE_PATH, token, words).status_code == 200
    again = ask(node, DECIDE_PATH, token, words)
    assert again.status_code == 409
    assert "does not wait any more" in again.get_json()["title"]
    assert len(node.doubts.decided) == 1


def test_a_lapsed_mediator_gets_no_token_and_learns_why_from_what_only_they_can_read(
    node: MediatedNode, amal: str
) -> None:
    node.doubt()
    node.time.pass_seconds(29 * DAY)
    granted = grant(node, amal)
    assert granted.token == ""
    assert granted.lapsed is not None
    assert EVENING + 28 * DAY <= granted.lapsed < EVENING + 29 * DAY


def test_a_token_is_worth_nothing_once_the_mandate_has_ended(node: MediatedNode, amal: str) -> None:
    matter, token = node.doubt(), grant(node, amal).token
    assert ask(node, MATTERS_PATH, token).status_code == 200
    node.time.system += 29 * DAY * 1000  # not its uptime: the token itself is still fresh
    for path in GUARDED:
        answer = ask(node, path, token, {"id": f"doubts:{matter.place}", "choice": "goes"})
        assert answer.status_code == 403
        assert "ended" in answer.get_json()["title"]
    assert node.doubts.decided == []


def test_a_key_that_is_not_on_the_list_any_more_opens_nothing(node: MediatedNode, amal: str) -> None:
    token, old = grant(node, amal).token, node.keys[amal]
    node.new_key(amal)
    assert ask(node, MATTERS_PATH, token).status_code == 403
    with pytest.raises(NotForThisKey):
        unseal(hello(node, amal), old)
    assert grant(node, amal).token


@pytest.mark.parametrize("of", ["the list", "the mandate"])
def test_both_the_list_and_a_mandate_are_needed(of: str, node: MediatedNode) -> None:
    number = node.mediator("Noor", listed=of != "the list", role=of != "the mandate")
    try:
        assert grant(node, number).token == ""
    except NotForThisKey:
        assert of == "the list"


def test_a_list_that_is_over_lets_nobody_in(node: MediatedNode, amal: str) -> None:
    token = grant(node, amal).token
    node.list_them(ends=EVENING + 100)
    node.time.system += 200_000
    assert ask(node, MATTERS_PATH, token).status_code == 403
    with pytest.raises(NotForThisKey):
        grant(node, amal)


# --- Nobody learns who is a mediator -----------------------------------------------------------------------


def _sizes(node: MediatedNode, number: str) -> list[int]:
    found = []
    for _ in range(24):
        node.time.pass_seconds(61)  # so that no hello is throttled
        found.append(len(hello(node, number)))
    return sorted(found)


def test_an_unknown_number_is_answered_like_a_known_one(node: MediatedNode, amal: str) -> None:
    plain = node.mediator("Noor", listed=False, role=False)
    known = node.client.post(HELLO_PATH, json={"member": amal})
    for number in ("00000", "99999", plain):
        answer = node.client.post(HELLO_PATH, json={"member": number})
        assert answer.status_code == 200
        assert list(answer.get_json()) == ["sealed"]
        assert {name for name, _value in answer.headers} == {name for name, _value in known.headers}
        sealed = hello(node, number)
        assert sealed.startswith(b"age-encryption.org/v1\n-> X25519 ")
        with pytest.raises(NotForThisKey):
            unseal(sealed, node.keys[amal])


def test_the_answers_are_of_one_size_but_for_ages_own_noise(node: MediatedNode, amal: str) -> None:
    lapsed = node.mediator("Bo", role=False)
    typical = statistics.median(_sizes(node, amal))
    for number in ("00000", lapsed):
        assert abs(statistics.median(_sizes(node, number)) - typical) < 200
    payloads = {len(hello(node, n).partition(b"\n--- ")[2]) for n in (amal, "00000", lapsed)}
    assert len(payloads) == 1


def test_the_same_work_is_done_for_any_number(
    node: MediatedNode, amal: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    for name, work in (("key", new_reader), ("seal", seal)):
        place = "new_reader" if name == "key" else "seal"

        def counted(*words: Any, _name: str = name, _work: Any = work) -> Any:
            done.append(_name)
            return _work(*words)

        monkeypatch.setattr(access, place, counted)
    lapsed, plain = node.mediator("Bo", role=False), node.mediator("Noor", listed=False, role=False)
    for number in (amal, lapsed, plain, "00000"):
        done.clear()
        hello(node, number)
        assert done == ["key", "seal"], number


def test_known_and_unknown_numbers_are_throttled_alike(node: MediatedNode, amal: str) -> None:
    for number in (amal, "00000"):
        codes = [
            node.client.post(HELLO_PATH, json={"member": number}).status_code
            for _ in range(tokens.HELLOS_OF_ONE + 2)
        ]
        assert codes == [200] * tokens.HELLOS_OF_ONE + [429] * 2
    node.time.pass_seconds(60)
    assert grant(node, amal).token


def test_a_flood_of_numbers_is_throttled_altogether(node: MediatedNode) -> None:
    codes = [
        node.client.post(HELLO_PATH, json={"member": f"{n:05d}"}).status_code
        for n in range(tokens.HELLOS + 3)
    ]
    assert codes == [200] * tokens.HELLOS + [429] * 3


# --- Tokens ------------------------------------------------------------------------------------------------


def test_without_a_good_token_every_answer_is_the_same(node: MediatedNode, amal: str) -> None:
    node.doubt()
    token = grant(node, amal).token
    texts = set()
    for header in (
        {},
        {"Authorization": ""},
        {"Authorization": "Bearer "},
        {"Authorization": f"Bearer {token}x"},
        {"Authorization": f"Basic {token}"},
        {"Authorization": token},
        {"Authorization": "Bearer " + "x" * 3000},
        {"Cookie": f"Authorization=Bearer {token}"},
    ):
        for path in GUARDED:
            answer = node.client.post(path, json={}, headers=header)
            assert answer.status_code == 401, header
            assert answer.headers["WWW-Authenticate"] == "Bearer"
            texts.add(answer.text)
    assert len(texts) == 1


def test_a_token_ends_after_fifteen_idle_minutes_and_not_before(node: MediatedNode, amal: str) -> None:
    token = grant(node, amal).token
    for _ in range(4):
        assert ask(node, MATTERS_PATH, token).status_code == 200
        node.time.pass_seconds(14 * 60 + 59)
    assert ask(node, MATTERS_PATH, token).status_code == 200
    node.time.pass_seconds(15 * 60)
    assert ask(node, MATTERS_PATH, token).status_code == 401


def test_a_token_that_is_not_used_at_once_is_worth_nothing(node: MediatedNode, amal: str) -> None:
    token = grant(node, amal).token
    node.time.pass_seconds(60)
    assert ask(node, MATTERS_PATH, token).status_code == 401


def test_somebody_who_knows_a_number_cannot_push_the_mediator_out(node: MediatedNode, amal: str) -> None:
    mine = grant(node, amal).token
    assert ask(node, MATTERS_PATH, mine).status_code == 200
    for _ in range(50):
        node.time.pass_seconds(7)
        hello(node, amal)
    assert ask(node, MATTERS_PATH, mine).status_code == 200


def test_a_fifth_token_in_use_ends_the_one_unseen_for_longest(node: MediatedNode, amal: str) -> None:
    held = []
    for _ in range(tokens.MOST_EACH + 1):
        held.append(grant(node, amal).token)
        node.time.pass_seconds(1)
        assert ask(node, MATTERS_PATH, held[-1]).status_code == 200
    assert [ask(node, MATTERS_PATH, one).status_code for one in held] == [401, 200, 200, 200, 200]


def test_no_token_is_kept_as_it_is(node: MediatedNode, amal: str) -> None:
    token = grant(node, amal).token
    ask(node, MATTERS_PATH, token)
    held = vars(node.app.extensions["safe-bench-mediators"][0])
    assert token not in str(held)
    assert token.encode() not in b"".join(
        path.read_bytes() for path in node.here.journal.store.path.parent.rglob("*") if path.is_file()
    )


# --- As an interface ---------------------------------------------------------------------------------------


def test_only_the_hello_is_open_to_anyone(node: MediatedNode) -> None:
    rules = {rule.rule: rule_of(node.app, rule.endpoint) for rule in node.app.url_map.iter_rules()}
    assert rules[HELLO_PATH] is anyone
    assert [rules[path] for path in GUARDED] == [access.mediator, access.mediator]


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE", "PROPFIND"])
def test_no_method_gets_past_the_token(method: str, node: MediatedNode, amal: str) -> None:
    node.doubt()
    for path in GUARDED:
        assert node.client.open(path, method=method).status_code in (401, 405)
    assert node.doubts.decided == []


def test_no_answer_is_kept_on_the_way_or_sets_a_cookie(node: MediatedNode, amal: str) -> None:
    token = grant(node, amal).token
    for answer in (
        node.client.post(HELLO_PATH, json={"member": amal}),
        node.client.post(HELLO_PATH, json={}),
        ask(node, MATTERS_PATH, token),
        ask(node, MATTERS_PATH, "wrong"),
        ask(node, DECIDE_PATH, token, {}),
    ):
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.mimetype == "application/json"
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"member":5}', b'{"member":"12a45"}', b'{"member":"12345\\n"}', b"\xff\xfe"]
)
def test_what_cannot_be_read_is_refused_in_json(body: bytes, node: MediatedNode) -> None:
    answer = node.client.post(HELLO_PATH, data=body)
    assert answer.status_code == 422
    assert answer.get_json()["title"] == "That could not be read."


def test_a_body_that_is_too_large_is_refused(node: MediatedNode, amal: str) -> None:
    token = grant(node, amal).token
    for path in (HELLO_PATH, DECIDE_PATH):
        headers = {"Authorization": f"Bearer {token}"}
        assert node.client.post(path, data=b"x" * (MAX_SENT + 1), headers=headers).status_code == 413


def test_more_than_one_answer_holds_waits_for_the_next_time(node: MediatedNode, amal: str) -> None:
    for number in range(60):
        node.doubt(f"linden-bakery.1test/{number}", at=EVENING - number, sealed=b"x" * 12_000)
    answer = ask(node, MATTERS_PATH, grant(node, amal).token)
    found = answer.get_json()
    assert len(answer.data) <= MAX_GIVEN + 100
    assert found["more"] == 60 - len(found["matters"]) > 0
    assert [one["at"] for one in found["matters"]] == sorted(one["at"] for one in found["matters"])


def test_a_bench_that_floods_mediators_keeps_no_other_bench_out(node: MediatedNode, amal: str) -> None:
    for number in range(60):
        node.doubt(f"hostile.1test/{number}", at=EVENING - 9999, sealed=b"x" * 12_000)
    node.doubt("linden-bakery.1test/1", at=EVENING, sealed=b"x" * 12_000)
    found = matters(node, amal)
    assert found[-1]["id"].endswith("linden-bakery.1test/1")
    assert 20 < len(found) < 61


def test_one_matter_is_given_however_large_it_is(node: MediatedNode, amal: str) -> None:
    node.doubt(sealed=b"x" * MAX_GIVEN)
    (found,) = matters(node, amal)
    assert msgspec.convert(found, Waiting).sealed == b"x" * MAX_GIVEN
