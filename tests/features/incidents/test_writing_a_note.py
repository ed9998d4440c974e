"""Writing a note at the bench, from the first question to the last."""

from __future__ import annotations

import re
import threading

import pytest

from kiosk.core.errors import NotSaved
from kiosk.core.mandate import Role
from kiosk.features.incidents.events import Ended, Outside, Tried, What
from kiosk.people.events import DESCRIBED
from tests.features.incidents.steward import ANSWERS, Steward
from tests.support import PIN, Bench
from tests.support.sample import sample


@pytest.fixture
def ines(bench: Bench) -> Steward:
    return Steward(bench)


def test_without_a_pin_nobody_writes(bench: Bench):
    assert bench.client.get("/incidents/new").location == "/sign-in?next=/incidents/new"
    assert bench.client.post("/incidents/new", data={"step": "asked", "asked": "true"}).status_code == 303
    assert bench.client.post("/incidents/keep").location.startswith("/sign-in")


def test_a_neighbour_without_a_role_reads_why_not(bench: Bench):
    bench.member("22222", "Nika")
    client = bench.client
    page = client.post(
        "/sign-in", data={"who": "nika", "pin": PIN, "next": "/incidents/new"}, follow_redirects=True
    )
    assert page.status_code == 403


def test_one_question_a_screen_and_the_sentence_grows(ines: Steward):
    assert "Did someone ask for help, or was someone being hurt?" in ines.page.text
    assert "Your note will grow here." in ines.page.text
    ines.answer("asked", "true")
    assert "What happened?" in ines.page.text
    ines.answer("what", "argument")
    assert "<b>Loud argument</b>" in ines.page.text
    ines.answer("where", "station")
    assert "<b>at the station</b>" in ines.page.text
    ines.answer("when", "now")
    assert "<b>about 21:30</b>" in ines.page.text
    assert ines.page.text.count("<h1") == 1


def test_the_shortest_path_is_eight_taps(ines: Steward):
    ines.answer_all()
    assert "Read it once more" in ines.page.text
    taps_for_cards, next_and_keep, second_tick = len(ANSWERS), 2, 1
    assert taps_for_cards + next_and_keep == 8
    assert len(ANSWERS[4][1]) == 1 + second_tick


def test_what_is_kept_is_what_was_tapped(ines: Steward):
    ines.answer_all()
    ines.keep("  They shook hands.  ")
    ines.alone("keep")
    assert "Kept. Thank you, Ines." in ines.page.text
    assert "Loud argument at Market corner, about 21:30." in ines.page.text
    assert "at 07:00, the sentence is published, without your name" in ines.page.text
    (note,) = ines.notes
    assert (note.member, note.what, note.where, note.ended) == (
        "12345",
        What.ARGUMENT,
        "market",
        Ended.CALMED,
    )
    assert note.tried == (Tried.LISTENED, Tried.DRINK)
    assert (note.outside, note.about) == ((), False)
    (words,) = ines.words
    assert words.words == "They shook hands."


def test_words_are_optional_and_leave_nothing_when_empty(ines: Steward):
    ines.answer_all()
    ines.keep(" \n ")
    assert len(ines.notes) == 1
    assert ines.words == []


def test_outside_help_is_asked_for_by_kind(ines: Steward):
    for step, value in ANSWERS[:4]:
        ines.answer(step, value)
    ines.answer("tried", ["waited", "outside-called"])
    assert "Which help was called?" in ines.page.text
    ines.answer("outside", ["medical", "police"])
    ines.answer("ended", "help-came")
    ines.keep()
    assert ines.notes[0].outside == (Outside.MEDICAL, Outside.POLICE)


def test_help_that_came_without_a_call_is_asked_about_and_none_is_an_answer(ines: Steward):
    for step, value in ANSWERS[:-1]:
        ines.answer(step, value)
    ines.answer("ended", "help-came")
    assert "Which help was called?" in ines.page.text
    ines.answer("outside", [])
    ines.keep()
    assert ines.notes[0].outside == ()


def test_an_hour_of_the_evening_is_only_about(ines: Steward):
    for step, value in ANSWERS[:3]:
        ines.answer(step, value)
    hour = re.findall(r'name="when" value="(\d+)"', ines.page.text)[1]
    ines.answer("when", hour)
    assert "some time around 20:00" in ines.page.text
    for step, value in ANSWERS[4:]:
        ines.answer(step, value)
    ines.keep()
    assert ines.notes[0].about
    assert ines.notes[0].when == int(hour)


def test_where_nobody_asked_and_nobody_was_hurt_there_is_nothing_to_write(ines: Steward):
    ines.answer("asked", "false")
    assert "Then there is nothing to write." in ines.page.text
    ines.answer("asked", "true")
    assert "What happened?" in ines.page.text
    assert ines.notes == []


def test_back_shows_what_was_chosen_and_an_answer_can_be_changed(ines: Steward):
    ines.answer_all()
    ines.page = ines.client.get(ines.action.replace("/keep", "/change"))
    assert "What is to be changed?" in ines.page.text
    where = re.search(r'href="(/incidents/new[^"]+step=where)"', ines.page.text)
    assert where is not None
    ines.page = ines.client.get(where[1].replace("&amp;", "&"))
    assert 'value="market" aria-pressed="true"' in ines.page.text
    ines.answer("where", "elsewhere")
    assert "Loud argument somewhere else" in ines.page.text
    assert "Read it once more" in ines.page.text


def test_thrown_away_means_gone(ines: Steward):
    ines.answer_all()
    ines.page = ines.client.post("/incidents/throw-away")
    assert "The note is gone." in ines.page.text
    assert ines.notes == []
    assert "Did someone ask for help" in ines.client.get("/incidents/new").text


def test_keep_twice_keeps_once(ines: Steward):
    ines.answer_all()
    action = ines.action
    for _again in range(3):
        answer = ines.client.post(action, data={"words": ""})
        assert answer.location == "/incidents/kept"
    assert len(ines.notes) == 1


def test_two_taps_at_once_keep_once(ines: Steward):
    ines.answer_all()
    action = ines.action

    def tap() -> None:
        ines.client.post(action, data={"words": ""})

    taps = [threading.Thread(target=tap) for _ in range(4)]
    for one in taps:
        one.start()
    for one in taps:
        one.join()
    assert len(ines.notes) == 1


def test_a_second_note_is_a_second_note(ines: Steward):
    for _note in range(2):
        ines.answer_all()
        ines.keep()
        ines.page = ines.client.get("/incidents/new")
    assert len(ines.notes) == 2


def test_an_unfinished_note_cannot_be_kept(ines: Steward):
    ines.answer("asked", "true")
    answer = ines.client.post(ines.action.replace("/new", "/keep"), data={})
    assert answer.location.startswith("/incidents/new")
    assert ines.notes == []


def test_words_that_are_too_long_are_still_there_to_be_made_shorter(ines: Steward):
    ines.answer_all()
    long = "It was a long evening. " * 13
    ines.keep(long)
    assert ines.page.status_code == 422
    assert "longer than 280 letters" in ines.page.text
    assert long.strip() in ines.page.text
    assert ines.notes == []
    ines.keep("x" * 280)
    ines.alone("keep")
    assert len(ines.words[0].words) == 280


@pytest.mark.parametrize(
    ("step", "value"),
    [
        ("what", "suspicious-person"),
        ("what", ""),
        ("what", "argument\x00"),
        ("what", "x" * 5000),
    ],
)
def test_an_answer_that_is_on_no_card_is_asked_for_again(ines: Steward, step: str, value: str):
    ines.answer("asked", "true")
    ines.page = ines.client.post(ines.action, data={"step": step, step: value})
    if value == "argument\x00":  # a control character is cleaned away, and what is left is a card
        assert ines.page.status_code == 303
        return
    assert ines.page.status_code == 422
    assert "Please tap one of these." in ines.page.text


def test_a_zone_that_is_not_in_the_list_is_refused(ines: Steward):
    for step, value in ANSWERS[:2]:
        ines.answer(step, value)
    for where in ("12-elm-street", "'; --", "Market corner"):
        page = ines.client.post(ines.action, data={"step": "where", "where": where})
        assert page.status_code == 422


def test_zones_are_offered_and_read_back_in_the_writers_language(ines: Steward):
    ines.bench.from_node((DESCRIBED, sample()))
    ines.client.get("/display?lang=es")
    for step, value in ANSWERS[:2]:
        ines.answer(step, value)
    assert "<span>La esquina del mercado</span>" in ines.page.text
    ines.answer("where", "market")
    assert "<b>en la esquina del mercado</b>" in ines.page.text
    assert "Market" not in ines.page.text


def test_a_zone_that_has_no_name_in_the_writers_language_is_marked_as_its_own(ines: Steward):
    ines.client.get("/display?lang=ar")
    for step, value in ANSWERS[:2]:
        ines.answer(step, value)
    assert '<span><bdi lang="en" dir="ltr">Market corner</bdi></span>' in ines.page.text


def test_an_answer_to_a_question_that_has_not_come_yet_answers_nothing(ines: Steward):
    page = ines.client.post(ines.action, data={"step": "ended", "ended": "calmed"})
    assert page.status_code == 422
    assert "Did someone ask for help" in page.text


def test_a_form_without_its_step_gets_a_plain_answer(ines: Steward):
    assert ines.client.post(ines.action, data={}).status_code == 422
    assert ines.client.post(ines.action, data={"step": "x" * 100}).status_code == 422


def test_script_in_the_own_words_is_inert(ines: Steward):
    ines.answer_all()
    ines.keep("<script>alert(1)</script>" * 20)
    assert "<script>alert" not in ines.page.text
    assert "&lt;script&gt;alert" in ines.page.text


def test_an_idle_session_loses_the_draft_and_says_so(ines: Steward):
    ines.answer_all()
    action = ines.action
    ines.bench.time.pass_seconds(3600)
    answer = ines.client.post(action.replace("/keep", "/new"), data={"step": "ended", "ended": "left"})
    assert answer.location.startswith("/sign-in?next=/incidents/new")
    data = {"who": "ines", "pin": PIN, "next": action.replace("/keep", "/new")}
    page = ines.client.post("/sign-in", data=data, follow_redirects=True)
    assert "Your note was cleared" in page.text
    assert ines.notes == []


def test_hide_shows_the_first_screen_and_asks_for_the_pin_before_the_draft(ines: Steward):
    ines.answer_all()
    answer = ines.client.post("/incidents/hide", data={"words": "Half a word"})
    assert answer.location == "/"
    assert ines.client.get("/incidents/new").location.startswith("/sign-in")
    ines.sign_in("ines")
    assert "Read it once more" in ines.page.text
    assert "Half a word" in ines.page.text


def test_hide_drops_the_draft_where_its_author_chose_so(ines: Steward):
    ines.answer_all()
    for drops in ("true", "false", "true"):
        answer = ines.client.post(f"/incidents/hiding?note={ines.token}", data={"drops": drops})
        assert answer.location.startswith("/incidents/new?note=")
    ines.client.post("/incidents/hide", data={"words": "Half a word"})
    ines.sign_in("ines")
    assert "Did someone ask for help" in ines.page.text
    assert "keeps this note" in ines.page.text


def test_nobody_else_sees_a_draft_that_was_hidden(ines: Steward):
    ines.bench.member("33333", "Teo", Role.STEWARD)
    ines.answer_all()
    ines.client.post("/incidents/hide", data={"words": "Half a word"})
    ines.sign_in("teo")
    assert "Did someone ask for help" in ines.page.text
    ines.sign_in("ines")
    assert "Half a word" not in ines.page.text


def test_a_disk_that_refuses_leaves_everything_on_the_page(ines: Steward, monkeypatch: pytest.MonkeyPatch):
    ines.answer_all()

    def refuse(*_facts: object) -> None:
        raise NotSaved("The disk is full, so this was not saved.")

    with monkeypatch.context() as patch:
        patch.setattr(ines.bench.here.journal, "record", refuse)
        ines.keep("Still here.")
        ines.alone("keep")
    assert ines.page.status_code == 507
    assert "The disk is full" in ines.page.text
    assert "Still here." in ines.page.text
    ines.keep("Still here.")
    ines.alone("keep")
    assert "Kept." in ines.page.text
    assert len(ines.notes) == 1


def test_a_bench_that_knows_no_zones_asks_nothing_that_it_cannot_answer(tmp_path):
    from tests.support import make_bench

    ines = Steward(make_bench(tmp_path / "bare", described=False))
    for step, value in ANSWERS[:2]:
        ines.answer(step, value)
    assert "Somewhere else" in ines.page.text
    ines.answer("where", "elsewhere")
    for step, value in ANSWERS[3:]:
        ines.answer(step, value)
    ines.keep()
    assert len(ines.notes) == 1
    ines.bench.here.journal.store.close()


def test_by_a_doubtful_clock_the_page_promises_no_hour(ines: Steward):
    ines.bench.time.boot, ines.bench.time.uptime = "b00700000002", 1000
    ines.sign_in("ines")
    ines.answer_all()
    ines.keep()
    assert "once this bench knows the time" in ines.page.text
    assert ines.notes[0].about
