"""What a bench makes of check-ins that somebody asked for at the node, by phone."""

from __future__ import annotations

import pytest

from kiosk.core.mandate import Role
from kiosk.features.checkin import asked, codes, desk, model
from kiosk.features.host.events import CLOSED, ClosedTonight
from kiosk.features.phone.events import ANSWERED, ASKED, Answered, Asked, Wants
from kiosk.people import events
from kiosk.serving import do_chores
from tests.features.checkin.test_model import NIGHT
from tests.features.checkin.walk_in import shown
from tests.support import EVENING, Bench

INES, TEO = "12345", "22222"


@pytest.fixture
def there(bench: Bench) -> Bench:
    """A bench that knows Ines and Teo."""
    bench.member(INES, "Ines", Role.STEWARD)
    bench.member(TEO, "Teo", Role.STEWARD)
    return bench


def ask(bench: Bench, code: str, member: str = INES, wants: Wants = "in", at: int | None = None) -> None:
    """What the node wrote, at this bench by now."""
    now = bench.time.system // 1000 if at is None else at
    bench.from_node((ASKED, Asked("linden-bakery", member, code, wants, now)))


def answers(bench: Bench) -> list[Answered]:
    asked.answer_open(bench.here)
    return [entry.data for entry in bench.here.journal.entries(bench.here.db, [ANSWERED])]


def results(bench: Bench) -> list[str]:
    return [one.result for one in answers(bench)]


def test_an_ask_with_the_code_on_the_screen_checks_in(there: Bench) -> None:
    ask(there, shown(there))
    [answer] = answers(there)
    assert answer.result == "in"
    stay = model.last_stay(there.here.db.conn, "linden-bakery", INES)
    assert stay is not None
    assert answer.event == stay.place
    assert answer.ask == "central.1test/8"


def test_the_chores_answer_too_and_each_ask_is_answered_once(there: Bench) -> None:
    ask(there, shown(there))
    for _turn in range(3):
        do_chores(there.here, there.data)
        asked.answer_open(there.here)
    assert results(there) == ["in"]
    with there.here.journal.writing() as db:
        there.here.journal.models.rebuild(db)
    assert results(there) == ["in"]


def test_who_is_in_already_hears_so_and_who_leaves_is_out(there: Bench) -> None:
    desk.come(there.here, INES, "badge")
    there.time.pass_seconds(3600)
    code = shown(there)
    ask(there, code)
    ask(there, code, wants="out")
    assert results(there) == ["already", "out"]


def test_who_never_came_cannot_leave(there: Bench) -> None:
    ask(there, shown(there), wants="out")
    assert results(there) == ["refused:not-here"]
    assert model.last_stay(there.here.db.conn, "linden-bakery", INES) is None


def test_of_two_who_ask_with_one_code_the_second_is_refused(there: Bench) -> None:
    code = shown(there)
    ask(there, code)
    ask(there, code, TEO)
    assert results(there) == ["in", "refused:used"]


def test_a_code_that_was_used_in_the_benchs_wifi_is_used_at_the_node_too(there: Bench) -> None:
    code = shown(there)
    desk.come(there.here, TEO, "phone", code)
    ask(there, code)
    assert results(there) == ["refused:used"]


@pytest.mark.parametrize("code", ["A" * 24, "mS4Bx0AAB9AD0123456789-_", "abcdefgh"])
def test_a_code_that_the_bench_never_showed_is_refused(there: Bench, code: str) -> None:
    ask(there, code)
    assert results(there) == ["refused:code"]


@pytest.mark.parametrize(
    ("seconds", "result"),
    [(-11, "refused:clock"), (-10, "in"), (0, "in"), (59, "in"), (69, "in"), (70, "refused:old")],
)
def test_the_node_must_have_been_asked_while_the_code_was_shown(
    there: Bench, seconds: int, result: str
) -> None:
    code = shown(there)  # of the step that begins now, at 60 s of uptime
    there.time.pass_seconds(120)
    ask(there, code, at=EVENING + seconds)
    assert results(there) == [result]


def test_a_photograph_of_the_screen_is_worth_nothing_a_little_later(there: Bench) -> None:
    code = shown(there)
    there.time.pass_seconds(90)
    ask(there, code)
    assert results(there) == ["refused:old"]


def test_a_code_from_before_a_power_cut_still_counts(there: Bench) -> None:
    code = shown(there)
    ask(there, code)
    there.time.pass_seconds(180)
    there.time.boot, there.time.uptime = "b00700000002", 20_000
    there.here.clock.confirm(there.time.system)
    assert results(there) == ["in"]


def test_an_ask_that_comes_after_a_quarter_of_an_hour_is_not_recorded_as_now(there: Bench) -> None:
    ask(there, shown(there))
    there.time.pass_seconds(asked.LATE + 1)
    assert results(there) == ["refused:old"]
    assert model.last_stay(there.here.db.conn, "linden-bakery", INES) is None


def test_an_ask_waits_for_the_clock_and_is_told_when_it_stays_unsure(there: Bench) -> None:
    there.time.boot, there.time.uptime = "b00700000002", 60_000
    assert not there.here.clock.verified
    code = shown(there)
    ask(there, code)
    assert results(there) == []
    there.time.pass_seconds(asked.PATIENCE / 1000)
    assert results(there) == ["refused:clock"]


def test_an_ask_that_waited_is_answered_once_the_clock_is_right(there: Bench) -> None:
    there.time.boot, there.time.uptime = "b00700000002", 60_000
    ask(there, shown(there))
    assert results(there) == []
    there.here.clock.confirm(there.time.system)
    assert results(there) == ["in"]


def test_who_left_or_is_unknown_is_refused(there: Bench) -> None:
    there.from_node((events.LEFT, events.Left(TEO)))
    ask(there, shown(there), TEO)
    ask(there, shown(there), "99999")
    assert results(there) == ["refused:member", "refused:member"]


def test_a_bench_that_is_closed_tonight_says_so(there: Bench) -> None:
    there.here.journal.record(CLOSED, ClosedTonight(NIGHT))
    ask(there, shown(there))
    assert results(there) == ["refused:closed"]


def test_an_ask_of_another_bench_is_left_alone(there: Bench) -> None:
    other = Asked("station-kiosk", INES, shown(there), "in", EVENING)
    there.from_node((ASKED, other))
    assert results(there) == []


def test_a_code_of_another_bench_in_an_ask_of_this_one_is_refused(there: Bench) -> None:
    ask(there, codes.make(there.here.device.key.derive, "station-kiosk", there.time.boot, 2, 0))
    assert results(there) == ["refused:code"]


def test_who_came_and_went_by_badge_meanwhile_is_not_checked_in_by_the_late_answer(there: Bench) -> None:
    ask(there, shown(there))
    there.time.pass_seconds(20)
    desk.come(there.here, INES, "badge")
    there.time.pass_seconds(120)
    desk.go(there.here, INES, "badge")
    assert results(there) == ["refused:old"]
    stay = model.last_stay(there.here.db.conn, "linden-bakery", INES)
    assert stay is not None
    assert stay.left is not None


def test_who_came_by_badge_after_asking_to_leave_is_not_checked_out_by_the_late_answer(there: Bench) -> None:
    desk.come(there.here, INES, "badge")
    there.time.pass_seconds(3600)
    ask(there, shown(there), wants="out")
    there.time.pass_seconds(20)
    desk.go(there.here, INES, "badge")
    there.time.pass_seconds(120)
    desk.come(there.here, INES, "badge")
    assert results(there) == ["refused:old"]


def test_who_did_by_badge_what_they_had_asked_for_hears_that_it_is_so(there: Bench) -> None:
    ask(there, shown(there))
    there.time.pass_seconds(20)
    desk.come(there.here, INES, "badge")
    there.time.pass_seconds(120)
    assert results(there) == ["already"]


def test_two_asks_that_are_answered_late_and_together_count_in_their_order(there: Bench) -> None:
    ask(there, shown(there))
    there.time.pass_seconds(120)
    ask(there, shown(there), wants="out")
    there.time.pass_seconds(300)
    assert results(there) == ["in", "out"]


def test_a_clock_that_was_wrong_meanwhile_does_not_hide_that_somebody_went(there: Bench) -> None:
    """The times of a stay are those of the clock of then; uptime tells which was first."""
    ask(there, shown(there))
    there.time.system -= 40 * 86_400_000
    desk.come(there.here, INES, "badge")
    there.time.pass_seconds(120)
    desk.go(there.here, INES, "badge")
    there.time.system += 40 * 86_400_000
    there.here.clock.confirm(there.time.system)
    assert results(there) == ["refused:old"]


def test_what_was_asked_before_all_badges_were_voided_counts_no_more(there: Bench) -> None:
    ask(there, shown(there))
    there.time.pass_seconds(30)
    there.from_node((events.BADGE_REVOKED, events.BadgeRevoked(INES, there.time.system // 1000)))
    assert results(there) == ["refused:member"]
