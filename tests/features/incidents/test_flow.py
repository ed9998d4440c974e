"""Which question comes next, and what an answer does to the draft."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from kiosk.features.incidents import flow
from kiosk.features.incidents.events import Ended, Outside, Tried, What
from kiosk.features.incidents.flow import BY_NAME, REVIEW, Draft
from kiosk.features.incidents.pages import Around, page_of
from kiosk.people.texts import Text
from tests.support import EVENING

BERLIN = ZoneInfo("Europe/Berlin")
EMPTY = Draft("token", "12345")
WHOLE = Draft(
    "token", "12345", asked=True, what=What.NOISE, where="park", when=EVENING, tried=(), ended=Ended.LEFT
)  # fmt: skip


def test_questions_come_one_after_the_other():
    assert flow.next_step(EMPTY) == "asked"
    assert flow.next_step(Draft("t", "12345", asked=True)) == "what"
    assert flow.next_step(WHOLE) == REVIEW


def test_outside_help_is_asked_about_only_when_some_was_called_or_came():
    assert flow.next_step(flow._with(WHOLE, called=True)) == "outside"
    assert flow.next_step(flow._with(WHOLE, ended=Ended.HELP_CAME)) == "outside"
    assert flow.next_step(flow._with(WHOLE, ended=Ended.HELP_CAME, outside=())) == REVIEW


def test_no_question_can_be_jumped_over():
    assert flow.reachable(EMPTY, "ended") == "asked"
    assert flow.reachable(EMPTY, REVIEW) == "asked"
    assert flow.reachable(WHOLE, "where") == "where"
    assert flow.reachable(WHOLE, "outside") == REVIEW
    assert flow.reachable(WHOLE, "'; DROP TABLE") == REVIEW


def test_back_leads_to_the_question_before():
    assert flow.before(EMPTY, "asked") is None
    assert flow.before(WHOLE, "ended") == "tried"
    assert flow.before(flow._with(WHOLE, called=True), "ended") == "outside"


def test_the_bar_only_ever_grows_and_ends_full():
    steps = [flow.progress(name) for name in [*BY_NAME, REVIEW]]
    assert steps == sorted(steps)
    assert steps[-1][0] == steps[-1][1]


def test_now_is_rounded_down_to_the_quarter_hour():
    draft = BY_NAME["when"].take(EMPTY, flow.WhenAnswer("now"), EVENING)
    assert draft.when is not None
    assert EVENING - 900 < draft.when <= EVENING
    assert draft.when % 900 == 0
    assert not draft.about


@pytest.mark.parametrize("when", [str(EVENING + 3600), str(EVENING - 25 * 3600), "999999999999"])
def test_a_time_to_come_or_long_past_is_refused(when):
    with pytest.raises(ValueError, match="last day"):
        BY_NAME["when"].take(EMPTY, flow.WhenAnswer(when), EVENING)


def test_the_hours_offered_are_full_ones_before_now_even_when_the_clocks_change():
    begin_of_summer_time = 1_806_195_600
    for now in (EVENING, begin_of_summer_time + 1800, begin_of_summer_time + 7200):
        hours = flow.hours(now, BERLIN)
        assert len(hours) == flow.HOURS_BACK
        assert all(hour <= now and hour % 3600 == 0 for hour in hours)
        assert hours == sorted(set(hours), reverse=True)


@pytest.mark.parametrize(
    ("after", "card"),
    [
        (0, ("About 21:00 this evening", "moon")),
        (0, ("About 16:00", "sun")),
        (4 * 3600, ("About 01:00", "moon")),
        (4 * 3600, ("About 23:00 last night", "moon")),
        (4 * 3600, ("About 17:00 yesterday", "sun")),
    ],
)
def test_an_hour_says_which_day_it_was_and_whether_it_was_dark(after, card):
    page = page_of("when", EMPTY, Around({}, EVENING + after, BERLIN))
    assert card in [(one.label, one.shape) for one in page.cards]


def test_ticking_no_outside_help_any_more_forgets_which_it_was():
    draft = flow._with(WHOLE, called=True, outside=(Outside.FIRE,))
    draft = BY_NAME["tried"].take(draft, flow.TriedAnswer(["waited", "waited"]), EVENING)
    assert draft.tried == (Tried.WAITED,)
    assert draft.called_kinds == ()


def test_a_code_that_is_not_in_the_list_is_refused():
    with pytest.raises(ValueError, match="fled"):
        BY_NAME["tried"].take(EMPTY, flow.TriedAnswer(["fled"]), EVENING)


def test_only_a_complete_draft_is_a_note():
    assert flow.noted(WHOLE, EVENING, verified=True) is not None
    for missing in ("what", "where", "when", "tried", "ended"):
        assert flow.noted(flow._with(WHOLE, **{missing: None}), EVENING, verified=True) is None
    assert flow.noted(flow._with(WHOLE, called=True), EVENING, verified=True) is None


def test_a_doubtful_clock_makes_the_time_only_about():
    note = flow.noted(WHOLE, EVENING, verified=False)
    assert note is not None
    assert note.about


def test_a_clock_that_was_set_right_meanwhile_moves_the_note_to_about_now():
    for now in (EVENING - 40 * 86400, EVENING + 40 * 86400):
        note = flow.noted(WHOLE, now, verified=True)
        assert note is not None
        assert now - 900 < note.when <= now
        assert note.about


@pytest.mark.parametrize("name", BY_NAME)
def test_every_question_has_cards_that_its_form_takes(name):
    around = Around({"park": Text("Linden park")}, EVENING, BERLIN)
    page = page_of(name, WHOLE, around)
    assert page.title
    assert 2 <= len(page.cards) <= 12
    assert len({card.value for card in page.cards}) == len(page.cards)
    assert all(card.label and card.shape for card in page.cards)
