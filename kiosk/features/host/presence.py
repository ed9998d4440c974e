"""Who is here, worked out from the bench's newest events when the host asks: no table is kept of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kiosk.core.clock import corrected
from kiosk.core.event import Entry, device_of
from kiosk.features.checkin.events import Arrived, Closed, Left, Undone
from kiosk.web.services import Services

MOST_EVENTS = 500


@dataclass(frozen=True)
class Present:
    """Somebody who has come and not gone: since when, in POSIX seconds, and whether on duty."""

    member: str
    on_duty: bool
    since: int


def newest(here: Services) -> list[Entry]:
    """The newest events of this bench, of its former logs too, in the order in which they were written."""
    db, device = here.db, here.device.identity.device
    own = [source.name for source in here.journal.sources(db) if device_of(source.name) == device]
    return [entry for name in own for entry in reversed(here.journal.latest(db, name, MOST_EVENTS))]


def present(entries: Iterable[Entry], began: Mapping[tuple[str, str], int]) -> list[Present]:
    """Who is here after these events of one bench; `began`: when boots began, as in the table `boots`."""
    stays: dict[str, tuple[Entry, str | None]] = {}
    for entry in entries:
        data = entry.data
        if isinstance(data, Arrived):
            stays[entry.place] = (entry, None)
        elif isinstance(data, Left | Closed):
            open_now = {p: one for p, (one, left) in stays.items() if left is None and _is(one, data.member)}
            stays.update({place: (one, entry.place) for place, one in open_now.items()})
        elif isinstance(data, Undone):
            stays.pop(data.of, None)
            back = {place: (one, None) for place, (one, left) in stays.items() if left == data.of}
            stays.update(back)
    return [_present(one, began) for one, left in stays.values() if left is None]


def _is(arrival: Entry, member: str) -> bool:
    return bool(arrival.data.member == member)


def _present(arrival: Entry, began: Mapping[tuple[str, str], int]) -> Present:
    since = corrected(arrival.at, began.get((arrival.source, arrival.boot)), arrival.uptime)
    return Present(arrival.data.member, arrival.data.on_duty, since)


def present_here(here: Services) -> list[Present]:
    """Who is at this bench now, in the order in which they came."""
    rows = here.db.conn.execute("SELECT source, boot, began FROM boots")
    return present(newest(here), {(source, boot): at for source, boot, at in rows})
