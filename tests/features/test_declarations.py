"""Every type of event declares for how long it is kept, and none for longer than DESIGN 8 allows."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec
import pytest
from msgspec import inspect

from kiosk.composition import ALL
from kiosk.core.event import EventType, Writer
from kiosk.core.feature import registry_of
from kiosk.features.exempt.events import MOST_DAYS as HELD_DAYS
from kiosk.people.badges import VALID_DAYS
from kiosk.people.events import MemberId
from kiosk.people.places import SPENT
from tests.features.holds.test_holds import fields

TYPES = registry_of(ALL).types
MOST_DAYS, MOST_SEALED_DAYS = 28, 90
ROSTER = {"member.left"} | SPENT
"""Who belongs to the patrol, by number: erased when it is of no more use, not after so many days."""
HOLDS = {"hold.asked", "hold.confirmed", "hold.released"}
"""Which coordinators had records held: they answer for it for as long as it runs, and the cycle after."""
PHONES = {"phone.introduced", "phone.revoked"}
"""Which phones may check a member in, until they revoke it: as long as a badge lasts, and no longer."""
LASTING = {
    "epoch.opened": "that a log began",
    "clock.corrected": "when a tablet was started",
    "bench.enrolled": "a bench's key",
    "bench.revoked": "a bench's key",
    "bench.trusted": "a bench's key",
    "log.notes_settled": "places of notes, so that none comes out a second time",
    "claim.made": "that a sentence was called wrong, by nobody who is named",
    "claim.answered": "what became of that",
}
"""What is kept for good though it is not public, and what it is."""


class Named(msgspec.Struct):
    """A member by number."""

    member: MemberId


def _parts(kind: inspect.Type) -> Iterator[inspect.Type]:
    """A declared shape and everything that it is made of."""
    yield kind
    inner = [field.type for field in getattr(kind, "fields", ())]
    inner += [getattr(kind, part) for part in ("item_type", "key_type", "value_type") if hasattr(kind, part)]
    for one in [*inner, *getattr(kind, "item_types", ()), *getattr(kind, "types", ())]:
        yield from _parts(one)


def _names_a_member(kind: EventType) -> bool:
    (number,) = (part for part in _parts(inspect.type_info(Named)) if isinstance(part, inspect.StrType))
    return any(part == number for part in _parts(inspect.type_info(kind.data)))


def _is_sealed(kind: EventType) -> bool:
    return "sealed" in set(fields(inspect.type_info(kind.data)))


@pytest.mark.parametrize("kind", TYPES.values(), ids=lambda kind: kind.name)
def test_no_type_is_kept_for_longer_than_it_may(kind: EventType) -> None:
    if kind.name in ROSTER:
        assert kind.writers == {Writer.CENTRAL}
    elif kind.name in HOLDS:
        assert kind.writers == {Writer.CENTRAL}
        assert kind.keep_days == MOST_DAYS + HELD_DAYS
    elif kind.name in PHONES:
        assert kind.scope == "bench"
        assert kind.keep_days == VALID_DAYS
    elif _is_sealed(kind):
        assert kind.keep_days is not None
        assert kind.keep_days <= MOST_SEALED_DAYS
    elif _names_a_member(kind):
        assert kind.keep_days is not None
        assert kind.keep_days <= MOST_DAYS
        assert kind.scope != "public"
    elif kind.scope != "public" and kind.name not in LASTING:
        assert kind.keep_days is not None


def test_only_what_is_declared_is_named_here() -> None:
    assert (set(LASTING) | ROSTER | HOLDS | PHONES) <= set(TYPES)


def test_a_type_that_names_members_deep_down_would_be_found() -> None:
    class Deep(msgspec.Struct):
        by: dict[str, list[Named | None]]

    assert _names_a_member(EventType("a.b", Deep, frozenset(Writer), "bench", None))


@pytest.mark.parametrize("kind", TYPES.values(), ids=lambda kind: kind.name)
def test_only_the_node_writes_for_one_bench_and_says_which_in_its_data(kind: EventType) -> None:
    if kind.addressee is not None:
        assert kind.writers == {Writer.CENTRAL}
        assert kind.scope == "bench"
        assert kind.addressee in kind.data.__struct_fields__
