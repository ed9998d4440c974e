"""Which mediators can be written to."""

from __future__ import annotations

from kiosk.people import mediators
from tests.support import Bench
from tests.support.roots import YEAR, give_mediators


def _numbers(bench: Bench) -> list[str]:
    return [one.member for one in mediators.current(bench.here)]


def test_without_a_trust_list_there_is_nobody(bench: Bench) -> None:
    assert _numbers(bench) == []


def test_those_on_the_list_with_a_mandate_are_there_by_name(bench: Bench) -> None:
    give_mediators(bench, {"30001": "Amal", "30002": "Noor"})
    assert [(one.member, one.name) for one in mediators.current(bench.here)] == [
        ("30001", "Amal"),
        ("30002", "Noor"),
    ]


def test_a_mediator_whose_mandate_ended_is_not_written_to(bench: Bench) -> None:
    give_mediators(bench, {"30001": "Amal"})
    bench.time.pass_seconds(29 * 86400)
    assert _numbers(bench) == []


def test_nobody_is_written_to_by_a_list_that_is_over(bench: Bench) -> None:
    give_mediators(bench, {"30001": "Amal"})
    bench.time.pass_seconds(YEAR + 1)
    assert _numbers(bench) == []
