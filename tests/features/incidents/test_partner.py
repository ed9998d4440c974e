"""The writer's own words: checked at once, read by the partner, and published only then."""

from __future__ import annotations

import threading

import pytest

from kiosk.core.errors import NotSaved
from kiosk.core.mandate import Role
from kiosk.people import pins
from tests.features.incidents.steward import ANSWERS, Steward
from tests.support import EVENING, PIN, Bench

WORDS = "They shook hands and went home."


@pytest.fixture
def ines(bench: Bench) -> Steward:
    """Ines has answered all; Teo is her partner, Lea has no role, Oskar is the host."""
    made = Steward(bench)
    bench.member("33333", "Teo", Role.STEWARD)
    bench.member("34567", "Lea")
    bench.member("23456", "Oskar", Role.HOST)
    made.answer_all()
    return made


def test_words_go_to_the_partner_before_anything_is_kept(ines: Steward):
    ines.keep(WORDS)
    assert "Hand the tablet to your partner" in ines.page.text
    assert WORDS in ines.page.text
    assert "Loud argument at Market corner" in ines.page.text
    assert ines.notes == []
    page = ines.client.get(ines.read_action().replace("?", "/sign?"))
    assert "Who are you?" in page.text


@pytest.mark.parametrize(("who", "number"), [("teo", "33333"), ("33333", "33333"), ("oskar", "23456")])
def test_the_partner_reads_and_it_is_kept_as_read(ines: Steward, who: str, number: str):
    ines.keep(WORDS)
    ines.partner_reads(who)
    assert "Kept. Thank you, Ines." in ines.page.text
    assert "Your partner has read your words." in ines.page.text
    (words,) = ines.words
    assert (words.words, words.read_by) == (WORDS, number)


def test_the_partners_pin_signs_nobody_in_or_out(ines: Steward):
    ines.keep(WORDS)
    cookie = ines.client.get_cookie("sitting")
    assert cookie is not None
    ines.partner_reads()
    assert ines.client.get_cookie("sitting") == cookie
    assert "Thank you, Ines." in ines.client.get("/incidents/kept").text
    ines.page = ines.client.get("/incidents/new")
    ines.answer_all()
    ines.keep()
    assert [note.member for note in ines.notes] == ["12345", "12345"]


def test_neither_the_author_nor_somebody_without_a_role_is_a_partner_and_it_is_not_said_why(ines: Steward):
    ines.bench.member("44444", "Sam", Role.STEWARD, ends=EVENING - 60)
    ines.keep(WORDS)
    answers = set()
    for who, pin in (("ines", PIN), ("lea", PIN), ("sam", PIN), ("teo", "000000"), ("nobody", PIN)):
        ines.partner_reads(who, pin)
        assert ines.page.status_code == 422
        answers.add(ines.page.text.replace(f'value="{who}"', ""))
    assert len(answers) == 1
    assert "That is not the name or number and the PIN of a partner" in answers.pop()
    assert ines.notes == []


def test_guessing_a_partners_pin_is_throttled_as_ever(ines: Steward):
    ines.keep(WORDS)
    for _try in range(3):
        ines.partner_reads("teo", "000000")
    ines.partner_reads("teo")
    assert "Too many tries for this name." in ines.page.text
    with pytest.raises(pins.Waiting):
        pins.check(ines.bench.here, "teo", PIN)
    assert ines.notes == []


@pytest.mark.parametrize("pin", ["", "12", "abcdef", "1234567"])
def test_a_pin_of_another_shape_is_asked_for_again(ines: Steward, pin: str):
    ines.keep(WORDS)
    ines.partner_reads("teo", pin)
    assert ines.page.status_code == 422
    assert "A PIN has six digits." in ines.page.text
    assert 'value="teo"' in ines.page.text


def test_not_like_this_leads_back_with_the_words_still_there(ines: Steward):
    ines.keep(WORDS)
    page = ines.client.get(f"/incidents/new?note={ines.token}")
    assert "Read it once more" in page.text
    assert WORDS in page.text


def test_alone_only_the_sentence_is_kept_and_the_words_are_dropped(ines: Steward):
    ines.keep(WORDS)
    page = ines.client.get(f"/incidents/alone?note={ines.token}")
    assert "Then only the sentence is published." in page.text
    ines.alone()
    assert "Kept." in ines.page.text
    assert len(ines.notes) == 1
    assert ines.words == []


def test_alone_the_words_may_stay_here_unpublished(ines: Steward):
    ines.keep(WORDS)
    ines.alone("keep")
    assert "They are not published." in ines.page.text
    (words,) = ines.words
    assert (words.words, words.read_by) == (WORDS, None)


def test_an_answer_that_is_on_no_card_keeps_nothing(ines: Steward):
    ines.keep(WORDS)
    action = f"/incidents/alone?note={ines.token}"
    assert ines.client.post(action, data={"words": "publish"}).status_code == 422
    assert ines.notes == []


def test_words_that_tell_who_somebody_is_come_back_with_the_piece_named(ines: Steward):
    typed = "A tall one left. Ring 0176 123 456."
    ines.keep(typed)
    assert ines.page.status_code == 422
    assert "“tall” says what somebody looked like. Say “a person” instead." in ines.page.text
    assert "“0176 123 456” may be a phone number. Leave the number out." in ines.page.text
    assert typed in ines.page.text
    assert ines.notes == []
    ines.keep("A person left.")
    assert "Hand the tablet to your partner" in ines.page.text


def test_a_members_name_in_the_words_is_refused(ines: Steward):
    ines.keep("Oskar opened the door.")
    assert "“Oskar” may be somebody&#39;s name." in ines.page.text


def test_unchecked_words_that_a_hidden_page_kept_are_not_shown_to_a_partner(ines: Steward):
    keep = ines.action
    ines.client.post("/incidents/hide", data={"words": "A tall one left."})
    ines.sign_in("ines")
    for page in ("partner", "alone"):
        where = keep.replace("/keep", f"/{page}")
        assert ines.client.get(where).location.startswith("/incidents/new")
        assert ines.client.post(where, data={"who": "teo", "pin": PIN}).location.startswith("/incidents/new")
    assert ines.notes == []


def test_an_unfinished_note_has_no_partners_page(ines: Steward):
    ines.client.post("/incidents/throw-away")
    ines.page = ines.client.get("/incidents/new")
    ines.answer(*ANSWERS[0])
    answer = ines.client.post(ines.action.replace("/new", "/keep"), data={"words": WORDS})
    assert ines.client.get(answer.location).location.startswith("/incidents/new")


def test_two_taps_of_the_partner_keep_once(ines: Steward):
    ines.keep(WORDS)
    action = ines.read_action()

    def tap() -> None:
        ines.client.post(action, data={"who": "teo", "pin": PIN})

    taps = [threading.Thread(target=tap) for _ in range(3)]
    for one in taps:
        one.start()
    for one in taps:
        one.join()
    assert len(ines.notes) == len(ines.words) == 1
    assert ines.client.post(action, data={"who": "teo", "pin": PIN}).location == "/incidents/kept"
    assert ines.client.post(action.replace("/partner", "/alone")).location == "/incidents/kept"


def test_a_disk_that_refuses_after_the_reading_leaves_everything(
    ines: Steward, monkeypatch: pytest.MonkeyPatch
):
    def refuse(*_facts: object) -> None:
        raise NotSaved("The disk is full, so this was not saved.")

    ines.keep(WORDS)
    with monkeypatch.context() as patch:
        patch.setattr(ines.bench.here.journal, "record", refuse)
        ines.partner_reads()
    assert ines.page.status_code == 507
    assert WORDS in ines.page.text


def test_what_was_changed_after_the_reading_is_read_once_more(ines: Steward):
    ines.keep(WORDS)
    action = ines.read_action()
    ines.client.post(f"/incidents/keep?note={ines.token}", data={"words": "Something else by now."})
    page = ines.client.post(action, data={"who": "teo", "pin": PIN})
    assert page.status_code == 409
    assert "Something else by now." in page.text
    assert "Hand the tablet to your partner" in ines.client.get(action.replace("?", "/sign?")).text
    assert (ines.notes, ines.words) == ([], [])
    ines.partner_reads()
    assert [words.words for words in ines.words] == ["Something else by now."]


def test_no_words_need_no_partner(ines: Steward):
    ines.keep()
    assert "Kept." in ines.page.text
    assert len(ines.notes) == 1
