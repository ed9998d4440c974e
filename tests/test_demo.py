"""What the demo makes up."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from kiosk.adapters.datadir import DataDir
from kiosk.central import init_central
from kiosk.commands.running import alone
from kiosk.demo import coming_sunday, name_assembly
from kiosk.people import assembly, neighbourhood
from kiosk.people.events import DESCRIBED, Assembly, Described
from kiosk.people.written import with_assembly
from tests.support import NEIGHBOURHOOD
from tests.support.sample import sample

SOON = st.datetimes(datetime(2026, 1, 1), datetime(2040, 1, 1), timezones=st.just(ZoneInfo("Europe/Berlin")))  # noqa: DTZ001


@given(SOON)
def test_the_demos_assembly_lies_ahead_on_a_sunday_at_five_within_a_week(now: datetime) -> None:
    at = coming_sunday(now)
    assert (at.isoweekday(), at.hour, at.minute, at.second, at.microsecond) == (7, 17, 0, 0, 0)
    assert timedelta(0) < at - now.replace(tzinfo=None) <= timedelta(days=7)


def published(data: DataDir, known: Described) -> Described:
    """What a demo's node says once it has started, where this was said when it ended."""
    with alone(data, central=True) as here:
        here.journal.record(DESCRIBED, known)
    name_assembly(data)
    with alone(data, central=True) as here:
        found = neighbourhood.described(here.db.conn)
        assert found is not None
        assert not assembly.is_over(found, here.clock.now())
        return found


def test_at_each_start_the_demo_names_an_assembly_if_none_lies_ahead(tmp_path: Path) -> None:
    data = DataDir(tmp_path / "node")
    init_central(data, "Lindenfield", "Sam")
    example = sample().assembly
    assert example is not None
    free_text = msgspec.structs.replace(NEIGHBOURHOOD, assembly=None, next_assembly="Sunday, the hall")
    first = published(data, free_text)
    assert first.assembly is not None
    assert first == with_assembly(free_text, msgspec.structs.replace(example, at=first.assembly.at))
    own = Assembly(datetime.fromisoformat("2020-01-05T11:00"), "our yard", {"es": "nuestro patio"})
    over = published(data, with_assembly(NEIGHBOURHOOD, own))
    assert over == with_assembly(NEIGHBOURHOOD, msgspec.structs.replace(own, at=first.assembly.at))
    assert published(data, sample()) == sample()
