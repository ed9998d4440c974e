"""What coordinators see at a glance: benches, members with their roles, the trust list, what lies aside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import tzinfo

from kiosk.adapters import trust
from kiosk.adapters.checkpoints import count_aside
from kiosk.core.event import device_of
from kiosk.core.mandate import Mandate, Role
from kiosk.core.night import local
from kiosk.people import members, neighbourhood, phones
from kiosk.people.roles import role_words
from kiosk.web.dates import clock, date_words, day_words, short_moment_words
from kiosk.web.services import Services
from kiosk.web.words import gettext as _
from kiosk.web.words import ngettext

DAY = 86400
SOON = 7 * DAY
SILENT = 3 * DAY
"""A bench from which nothing was heard for so long is marked."""


@dataclass(frozen=True)
class Bench:
    """A bench: id, name, and in words when it was last heard; `revoked`: it is locked out."""

    id: str
    name: str
    heard: str
    revoked: bool = False
    silent: bool = False


@dataclass(frozen=True)
class Person:
    """A member: number, chosen name, the roles held now, and in words until when, or since when no more."""

    number: str
    name: str
    roles: tuple[Role, ...]
    words: tuple[str, ...]
    soon: bool = False


def benches(here: Services) -> list[Bench]:
    """Every bench that ever joined, those that are locked out last."""
    db, now = here.db.conn, here.clock.now()
    heard: dict[str, int] = {}
    for source, seen in db.execute("SELECT name, seen FROM sources WHERE seen IS NOT NULL"):
        heard[device_of(source)] = max(seen, heard.get(device_of(source), 0))
    query = (
        "SELECT bench, max(name), min(revoked IS NOT NULL) FROM benches"
        " GROUP BY bench ORDER BY 3, 2 COLLATE NOCASE"
    )
    zone = neighbourhood.timezone(db)
    return [
        Bench(bench, name, _heard(heard.get(bench), now, zone), bool(revoked), _silent(heard.get(bench), now))
        for bench, name, revoked in db.execute(query)
    ]


def live_benches(here: Services) -> list[Bench]:
    """Every bench that is not locked out."""
    return [bench for bench in benches(here) if not bench.revoked]


def _silent(seen: int | None, now: int) -> bool:
    return seen is None or now - seen > SILENT


def _heard(seen: int | None, now: int, zone: tzinfo) -> str:
    if seen is None:
        return _("never heard of yet")
    at = local(seen, zone)
    if local(now, zone).date() == at.date():
        return _("heard of today at {time}").format(time=clock(at))
    return _("heard of on {day} at {time}").format(day=day_words(at.date()), time=clock(at))


def people(here: Services) -> list[Person]:
    """Every member, by name."""
    known = sorted(members.everyone(here.db.conn), key=lambda one: (one.name.casefold(), one.id))
    return [person(here, one) for one in known]


def person(here: Services, member: members.Member) -> Person:
    """A member with the roles that they hold, or held."""
    db, now = here.db.conn, here.clock.now()
    zone = neighbourhood.timezone(db)
    newest = _newest(members.mandates(db, member.id))
    held = [mandate for mandate in newest if mandate.holds(now)]
    words = tuple(_role(mandate, now, zone) for mandate in newest) or (_("no role"),)
    soon = any(mandate.until - now < SOON for mandate in held)
    return Person(member.id, member.name, tuple(dict.fromkeys(m.role for m in held)), words, soon)


def phones_of(here: Services, number: str) -> list[tuple[str, str]]:
    """The phones of a member that count at the node: where each stands, and in words since when."""
    zone = neighbourhood.timezone(here.db.conn)
    found = [(one.place, local(one.since, zone)) for one in phones.of_member(here, number)]
    return [(place, _("since {when}").format(when=short_moment_words(at))) for place, at in found]


def _newest(mandates: Sequence[Mandate]) -> list[Mandate]:
    """Of each role and bench the mandate that ends last."""
    found: dict[tuple[Role, str], Mandate] = {}
    for mandate in sorted(mandates, key=lambda one: one.until):
        found[mandate.role, mandate.bench or ""] = mandate
    return [found[key] for key in sorted(found)]


def _role(mandate: Mandate, now: int, zone: tzinfo) -> str:
    until = local(mandate.until, zone)
    words = _("{role} until {day}, {time}") if mandate.holds(now) else _("{role} no more since {day}, {time}")
    day = day_words(until.date())
    said = words.format(role=role_words(mandate.role), day=day, time=clock(until))
    return said if mandate.bench is None else _("{said}, at {bench}").format(said=said, bench=mandate.bench)


def facts(here: Services) -> list[tuple[str, str, str]]:
    """Shape, name and value of what is good to know."""
    return [
        ("lock", _("Trust list"), _trust(here)),
        ("envelope", _("Refused and set aside"), _aside(here)),
    ]


def _trust(here: Services) -> str:
    listed = trust.load(here.db)
    if listed is None:
        return _("There is none yet: notes cannot be sealed.")
    zone = neighbourhood.timezone(here.db.conn)
    day = date_words(local(listed.ends, zone).date())
    if listed.is_over(here.clock.now()):
        return _("Version {version} ended on {day}: its roots must sign a new one.").format(
            version=listed.version, day=day
        )
    return _("Version {version}, until {day}.").format(version=listed.version, day=day)


def _aside(here: Services) -> str:
    batches = count_aside(here.db)
    unread = int(here.db.conn.execute("SELECT count(*) FROM quarantine").fetchone()[0])
    if not batches and not unread:
        return _("Nothing.")
    waiting = ngettext(
        "{count} batch waits for a person to judge.", "{count} batches wait for a person to judge.", batches
    )
    broken = ngettext("{count} record could not be read.", "{count} records could not be read.", unread)
    said = [(waiting, batches), (broken, unread)]
    return " ".join(words.format(count=count) for words, count in said if count)
