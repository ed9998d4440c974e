"""Asking a bench, by way of the node, to check somebody in, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass

from kiosk.core.clock import corrected
from kiosk.core.errors import Refused
from kiosk.core.event import Entry, device_of
from kiosk.core.night import local
from kiosk.core.sentences import N_
from kiosk.features.checkin.events import ARRIVED, LEFT
from kiosk.features.phone import model
from kiosk.features.phone.events import ASKED, Asked, Wants
from kiosk.features.phone.model import Ask
from kiosk.people import neighbourhood
from kiosk.sync import fleet
from kiosk.web.dates import about
from kiosk.web.services import Services
from kiosk.web.words import gettext as _

MOST = 10
PER_SECONDS = 3600
"""A member asks so often in so many seconds at most, whatever phone they use."""
PATIENCE = 600
"""Seconds after which a page says that the bench has not answered."""
SHOWN_SECONDS = 86400
"""For so long a phone is shown what it asked for."""


class TooMany(Refused):
    """Somebody asked too often."""


@dataclass(frozen=True)
class State:
    """How an ask stands: `kind` is waiting, late, in, out, over or refused; a title, and a sentence or two.

    `receipt`: whether there is an event of which a receipt can be had.
    """

    kind: str
    title: str
    lines: tuple[str, ...]
    receipt: bool = False


def ask(here: Services, member: str, bench: str, code: str, wants: Wants) -> str:
    """Ask a bench to check a member in or out; where that stands. TooMany: not so often."""
    now = here.clock.now()
    with here.journal.writing() as db:
        before = model.same(db.conn, member, bench, code, wants)
        if before is not None:
            return before
        if len(model.of_member(db.conn, member, now - PER_SECONDS)) >= MOST:
            raise TooMany(N_("That was asked often within an hour. Use your badge at the bench."))
        return here.journal.record(ASKED, Asked(bench, member, code, wants, now)).place


def is_known(here: Services, bench: str) -> bool:
    """Whether a bench can be asked: one that joined and was not locked out."""
    return bool(fleet.live_keys(here.db, bench))


def state(here: Services, one: Ask) -> State:
    """How an ask stands now. While the bench has not answered, nothing is said of who is there."""
    bench = fleet.name_of(here.db, one.bench)
    if not one.result:
        return _pending(here, one, bench)
    if one.result.startswith("refused:"):
        return State("refused", _("Not confirmed"), (_why(one.result, bench), _use_your_badge()))
    event = recorded(here, one)
    if one.ended:
        return State("over", _("That is over"), (_over(one, bench),), event is not None)
    return _confirmed(here, one, bench, event)


def recorded(here: Services, one: Ask) -> Entry | None:
    """The arrival or leaving of this member that the bench confirmed, while it is kept."""
    entry = here.journal.entry_at(here.db, one.event) if one.event else None
    if entry is None or entry.type not in (ARRIVED.name, LEFT.name):
        return None
    own = entry.data.member == one.member and device_of(entry.source) == one.bench
    return entry if own else None


def written_at(here: Services, entry: Entry) -> tuple[int, bool]:
    """The POSIX second of an event, and whether its clock was right."""
    query = "SELECT began FROM boots WHERE source = ? AND boot = ?"
    row = here.db.conn.execute(query, (entry.source, entry.boot)).fetchone()
    return corrected(entry.at, row and row[0], entry.uptime), row is not None


def _pending(here: Services, one: Ask, bench: str) -> State:
    if here.clock.now() - one.at < PATIENCE:
        words = _("This page looks again by itself. It counts once {bench} has confirmed.")
        return State("waiting", _("Waiting for the bench"), (words.format(bench=bench),))
    words = _("It counts once the bench confirms; if it does not, use your badge.")
    return State("late", _("The bench has not answered"), (words,))


def _confirmed(here: Services, one: Ask, bench: str, event: Entry | None) -> State:
    facts = {"bench": bench, "time": "" if event is None else _time(here, event)}
    if one.wants == "out":
        words = _("You left {bench} at {time}.") if event else _("You’re out at {bench}.")
        return State("out", _("You’re out"), (words.format(**facts),), event is not None)
    words = _("At {bench}, since {time}.") if event else _("At {bench}.")
    return State("in", _("You’re in"), (words.format(**facts),), event is not None)


def _over(one: Ask, bench: str) -> str:
    if one.wants == "out":
        return _("The bench took it back that you left {bench}.").format(bench=bench)
    return _("You left {bench} since, or it was taken back there.").format(bench=bench)


def _time(here: Services, entry: Entry) -> str:
    at, exact = written_at(here, entry)
    return about(local(at, neighbourhood.timezone(here.db.conn)), exact=exact)


def _use_your_badge() -> str:
    return _("Walk up to the bench and use your badge, or your number and PIN.")


def _why(result: str, bench: str) -> str:
    facts = {
        "refused:old": _("The code was on the screen too long ago. Scan it anew, or use your badge."),
        "refused:used": _("The code was used before: it is good once. Scan the new one on the screen."),
        "refused:member": _("{bench} does not know you yet, or your badges were called back."),
        "refused:not-here": _("You were not checked in at {bench}, so there is nothing to check out."),
        "refused:closed": _("{bench} is closed tonight."),
        "refused:clock": _("{bench} is not sure of the time now, so it cannot judge a code."),
    }
    words = facts.get(result, _("{bench} did not show this code. Scan the one that is on the screen now."))
    return words.format(bench=bench)
