"""Which trust lists a device keeps."""

from __future__ import annotations

import pytest

from kiosk.adapters import trust
from kiosk.core.errors import Untrusted
from tests.support import NETWORK, Bench
from tests.support.roots import YEAR, Roots


@pytest.fixture
def roots() -> Roots:
    return Roots()


def _now(bench: Bench) -> int:
    return bench.time.system // 1000


def _versions(bench: Bench, roots: Roots, *versions: int, days: int = 365) -> list[str]:
    ends = _now(bench) + days * 86400
    return [roots.signed(roots.listed(version, ends, [bench.node.public])) for version in versions]


def _take(bench: Bench, notes: list[str]) -> int:
    with bench.here.journal.writing() as db:
        listed = trust.take(db, NETWORK, notes, _now(bench))
    return 0 if listed is None else listed.version


def test_lists_are_kept_in_their_order_and_taken_once(bench: Bench, roots: Roots) -> None:
    assert trust.load(bench.here.db) is None
    notes = _versions(bench, roots, 1, 2, 5)
    assert _take(bench, notes[:1]) == 1
    assert _take(bench, notes) == 5
    assert _take(bench, notes) == 5
    assert trust.history(bench.here.db) == notes
    assert trust.history(bench.here.db, 1) == notes[1:]


def test_an_older_list_or_another_of_the_same_version_changes_nothing(bench: Bench, roots: Roots) -> None:
    _take(bench, _versions(bench, roots, 3))
    for wrong in (_versions(bench, roots, 2), _versions(bench, roots, 3, days=30)):
        with pytest.raises(Untrusted):
            _take(bench, wrong)
    assert trust.history(bench.here.db) == _versions(bench, roots, 3)


def test_of_several_all_are_taken_or_none(bench: Bench, roots: Roots) -> None:
    good, stranger = _versions(bench, roots, 1), _versions(bench, Roots(), 2)
    with pytest.raises(Untrusted):
        _take(bench, [*good, *stranger])
    assert trust.history(bench.here.db) == []


def test_a_list_that_is_over_is_not_taken_but_may_stand_before_one_that_is_not(
    bench: Bench, roots: Roots
) -> None:
    over, good = _versions(bench, roots, 1, days=-1), _versions(bench, roots, 2)
    with pytest.raises(Untrusted, match="over"):
        _take(bench, over)
    assert _take(bench, [*over, *good]) == 2


def test_a_list_that_is_held_stays_when_it_is_over(bench: Bench, roots: Roots) -> None:
    _take(bench, _versions(bench, roots, 1))
    bench.time.pass_seconds(2 * YEAR)
    assert _take(bench, _versions(bench, roots, 1, days=365 - 730)) == 1
    listed = trust.load(bench.here.db)
    assert listed is not None
    assert listed.is_over(_now(bench))
