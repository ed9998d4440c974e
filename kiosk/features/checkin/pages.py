"""The words of the check-in's pages: what was recorded, for whom, when, what comes next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import tzinfo

from markupsafe import escape

from kiosk.core.mandate import Mandate, Role
from kiosk.core.night import local
from kiosk.features.checkin import model, rules
from kiosk.features.checkin.desk import Outcome, Result, bench_of
from kiosk.features.checkin.rules import Stay
from kiosk.people import assembly, members, neighbourhood
from kiosk.people import rules as people
from kiosk.web.dates import about, short_moment_words
from kiosk.web.services import Services
from kiosk.web.words import gettext as _
from kiosk.web.words import listed

PARTNERS = 2


@dataclass(frozen=True)
class Page:
    """What a success page says.

    `waits`: whether something was recorded that the node has not acknowledged yet; `undo`: seconds left for
    that, of `whole` unless somebody has more time; `write`: whether to offer a note; `sound`: one of the four
    that say how it ended.
    """

    title: str
    lines: list[str]
    note: str = ""
    waits: bool = False
    undo: int = 0
    whole: int = rules.UNDO_SECONDS
    write: bool = False
    sound: str = ""


def page_of(here: Services, outcome: Outcome, times: int = 1, *, partners: bool = True) -> Page:
    """The page of an outcome, with so many times longer to undo; without `partners` it names nobody else."""
    stay = model.last_stay(here.db.conn, bench_of(here), outcome.member)
    say = _Saying(here, outcome, stay, partners)
    return Page(
        title=say.title(),
        lines=say.lines(),
        note=say.note(),
        waits=say.waits(),
        undo=say.undo(times),
        write=say.write(),
        sound=say.sound(),
    )


def leaving(here: Services, outcome: Outcome) -> str:
    """The question put to somebody who is here already."""
    stay = model.last_stay(here.db.conn, bench_of(here), outcome.member)
    since = _Saying(here, outcome, stay).since()
    return _("You're already here, since %(time)s. Leaving?") % {"time": since}


def name_of(here: Services, member: str) -> str:
    """What a member is called; "neighbour" where this bench does not know them."""
    known = members.find(here.db.conn, member)
    return _("neighbour") if known is None else known.name


@dataclass(frozen=True)
class _Saying:
    here: Services
    outcome: Outcome
    stay: Stay | None
    partners: bool = True

    @property
    def zone(self) -> tzinfo:
        return neighbourhood.timezone(self.here.db.conn)

    def time(self, at: int, exact: bool = True) -> str:
        """A time as people say it; "about" where the clock was doubtful."""
        return about(local(at, self.zone), exact=exact)

    def since(self) -> str:
        return self.time(self.stay.arrived.at, self.stay.arrived.exact) if self.stay else "?"

    def title(self) -> str:
        words = {
            Result.IN: _("You're in, %(name)s."),
            Result.ALREADY_IN: _("You're already in, %(name)s, since %(since)s."),
            Result.OUT: _("Thank you, %(name)s."),
            Result.JUST_LEFT: _("You have left already, %(name)s."),
            Result.IN_UNDONE: _("Undone. You're not checked in."),
            Result.OUT_UNDONE: _("Undone. You're still in, since %(since)s."),
        }.get(self.outcome.result, _("That can no longer be undone."))
        return words % {"name": name_of(self.here, self.outcome.member), "since": self.since()}

    def lines(self) -> list[str]:
        if self.stay is None:
            return []
        if self.outcome.result is Result.IN:
            return self._on_duty(self.stay) if self.stay.on_duty else self._as_neighbour()
        if self.outcome.result is Result.OUT and self.stay.left is not None:
            return self._gone(self.stay, self.stay.left)
        return {
            Result.ALREADY_IN: [_("Nothing was written down twice.")],
            Result.JUST_LEFT: [_("Nothing changed. To come back, show your badge again in a minute.")],
            Result.TOO_LATE: [_("It stands. A further check-in or check-out can be made at any time.")],
        }.get(self.outcome.result, [])

    def _on_duty(self, stay: Stay) -> list[str]:
        words = {"who": self._partners(stay) if self.partners else "", "since": self.since()}
        alone, together = _("On duty since %(since)s."), _("Here since %(since)s. On duty with %(who)s.")
        duty = together if words["who"] else alone
        back = self.time(stay.expects, stay.arrived.exact)
        return [duty % words, _("Back by %(time)s. We'll look out for you.") % {"time": back}]

    def _partners(self, own: Stay) -> str:
        """Names of others on duty here now, two at most, none who is expected back already."""
        now = self.here.clock.now()
        others = [
            stay
            for stay in model.open_stays(self.here.db.conn, bench_of(self.here))
            if stay.on_duty and stay.expects > now and stay.member != own.member
        ]
        names = [name_of(self.here, stay.member) for stay in others[-PARTNERS:]]
        return listed(names)

    def _as_neighbour(self) -> list[str]:
        db, member = self.here.db.conn, self.outcome.member
        lines = [_("Here as a neighbour, not on duty, since %(since)s.") % {"since": self.since()}]
        if members.find(db, member) is None:
            return [*lines, _("This bench does not know your name yet. It learns it from the node.")]
        lapsed = people.standing(self.here, db, member, Role.STEWARD).lapsed
        return [*lines, *self._lapsed(lapsed)] if lapsed else lines

    def _lapsed(self, mandate: Mandate) -> list[str]:
        """Until when, and what to do."""
        ended = min(mandate.ends, mandate.recalled or mandate.ends)
        until = _("Your mandate ran until %(when)s.") % {"when": short_moment_words(local(ended, self.zone))}
        ahead = assembly.ahead(self.here)
        if ahead is None:
            return [until, _("An assembly can renew it. A coordinator knows when the next one is.")]
        return [until, escape(_("The next assembly can renew it: %(when)s.")) % {"when": ahead}]

    def _gone(self, stay: Stay, left: rules.Mark) -> list[str]:
        words = {"since": self.since(), "until": self.time(left.at, self.here.clock.verified)}
        lines = [_("You were here from %(since)s until %(until)s.") % words]
        if stay.on_duty and rules.counted_until(stay.expects, left.at) < left.at:
            expected = self.time(stay.expects, stay.arrived.exact)
            lines.append(_("It counts until %(time)s, when you were expected back.") % {"time": expected})
        return [*lines, _("Get home well.")]

    def sound(self) -> str:
        if self.outcome.result in (Result.IN, Result.ALREADY_IN, Result.OUT_UNDONE):
            return "in"
        return "no" if self.outcome.result is Result.TOO_LATE else "out"

    def note(self) -> str:
        arrived = self.outcome.place and not self.waits()
        return _("Saved on this bench and at the node.") if arrived else ""

    def waits(self) -> bool:
        if not self.outcome.place:
            return False
        source, _slash, seq = self.outcome.place.rpartition("/")
        return self.here.journal.find(self.here.db, source).acked < int(seq)

    def undo(self, times: int) -> int:
        """Seconds that are left."""
        if not self.outcome.place:
            return 0
        gone = (self.here.clock.tick().uptime - self.outcome.uptime) // 1000
        return max(0, rules.UNDO_SECONDS * times - gone)

    def write(self) -> bool:
        on_duty = self.stay is not None and self.stay.on_duty
        return on_duty and self.outcome.result in (Result.IN, Result.ALREADY_IN, Result.OUT)
