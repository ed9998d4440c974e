"""When one writer's notes about one zone are so many that somebody should ask."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from kiosk.features.flags.rules import Flag, Noting, flags

LAST = date(2026, 11, 23)


def noted(member: str, count: int, zone: str = "park", ago: int = 0) -> list[Noting]:
    return [Noting(member, zone, LAST - timedelta(days=ago))] * count


def test_five_notes_of_one_writer_about_one_zone_are_enough() -> None:
    assert flags(noted("12345", 4), LAST) == []
    assert flags(noted("12345", 5), LAST) == [Flag("12345", "park", 5, 5)]


@pytest.mark.parametrize(("others", "told"), [(4, True), (5, False), (6, False)])
def test_it_takes_more_than_half_of_the_zones_notes(others: int, told: bool) -> None:
    found = flags(
        noted("12345", 5) + noted("22222", others - others // 2) + noted("33333", others // 2), LAST
    )
    assert bool(found) == told


def test_notes_about_several_zones_do_not_add_up() -> None:
    assert flags(noted("12345", 4) + noted("12345", 4, "market"), LAST) == []


def test_only_the_cycle_of_28_nights_counts() -> None:
    assert flags(noted("12345", 5, ago=27), LAST)
    assert not flags(noted("12345", 5, ago=28), LAST)
    assert not flags(noted("12345", 5, ago=-1), LAST)


def test_the_most_notes_come_first() -> None:
    found = flags(noted("12345", 5) + noted("22222", 7, "market"), LAST)
    assert [one.member for one in found] == ["22222", "12345"]
