"""What coordinators do about one member or one bench: asked once more where it is dangerous, then done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from kiosk.core.errors import Refused
from kiosk.core.mandate import Role
from kiosk.core.night import local
from kiosk.core.sentences import N_
from kiosk.features.desk import overview
from kiosk.people import members, neighbourhood, operations, phonelinks, phones
from kiosk.people.roles import role_words
from kiosk.sync.enrolling import lock_out, make_code
from kiosk.web.dates import clock, moment_words
from kiosk.web.services import Services
from kiosk.web.words import gettext as _

GIVEN = (Role.STEWARD, Role.HOST)
"""The roles that the desk gives with a new member. That of a coordinator would be given by its holders to
themselves under another name: it comes from the node's own machine, and from assemblies."""


@dataclass(frozen=True)
class Subject:
    """What an action is about: a member's number, perhaps one of their roles or phones, or a bench's id."""

    number: str = ""
    role: str = ""
    bench: str = ""
    phone: str = ""


@dataclass(frozen=True)
class Done:
    """What was done, in words.

    `secrets`: name and value of what is shown this once and kept nowhere; `codes`: of these as codes to scan.
    """

    title: str
    lines: list[str] = field(default_factory=list)
    secrets: list[tuple[str, str]] = field(default_factory=list)
    codes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Action:
    """A question before it, what follows from it, its button, and what does it."""

    ask: Callable[[Services, Subject], str]
    warning: Callable[[], str]
    button: Callable[[], str]
    run: Callable[[Services, Subject], Done]


def add_member(here: Services, name: str, roles: list[str], bench: str) -> Done:
    """A new member; Refused when a role is not the desk's to give, or for a bench that is not there."""
    if set(roles) - set(GIVEN):
        raise Refused(_("The desk gives the roles of steward and host. Others come from an assembly."))
    if bench and bench not in [one.id for one in overview.live_benches(here)]:
        raise Refused(N_("There is no bench {bench}."), bench=bench)
    made = operations.add_member(here, name=name, roles=roles, bench=bench or None)
    until = [
        _("{role} until {when}.").format(role=role_words(Role(role)).capitalize(), when=_day(here, ends))
        for role, ends in made["ends"].items()
    ]
    title = _("{name} is a member.").format(name=members.name_of(here.db.conn, made["member"]))
    lines = [*until, _("Give them both, and a badge. The PIN is kept nowhere but in their head.")]
    return Done(title, lines, [(_("Number"), made["member"]), (_("PIN"), made["pin"])])


def bench_code(here: Services, name: str, minutes: int, bench: str) -> Done:
    """A code that enrols a bench, or a new tablet in the place of the bench with that id."""
    made = make_code(here, name=name, minutes=minutes, bench=bench or None)
    title = _("A code for the bench {bench}").format(bench=made["bench"])
    at = local(made["ends"], neighbourhood.timezone(here.db.conn))
    once = _("Good once, until {time}. On the tablet: safe-bench bench enrol ADDRESS CODE --data FOLDER")
    lines = [once.format(time=clock(at))]
    return Done(title, lines, [(_("Code"), made["code"])])


def _new_pin(here: Services, about: Subject) -> Done:
    made = operations.new_member_pin(here, member=about.number)
    title = _("{name} has a new PIN.").format(name=_name(here, about))
    return Done(title, [_("The one before counts no more, and a lock is lifted.")], [(_("PIN"), made["pin"])])


def _revoke_badges(here: Services, about: Subject) -> Done:
    operations.revoke_badges(here, member=about.number)
    title = _("All badges of {name} are void.").format(name=_name(here, about))
    return Done(title, [_("Benches learn it with their next sync. A badge printed from now on counts.")])


def _leave(here: Services, about: Subject) -> Done:
    name = operations.member_leaves(here, member=about.number)["name"]
    title = _("{name} has left.").format(name=name)
    return Done(title, [_("Name, PIN, badges and roles count no more. The number is given to nobody else.")])


def phone_link(here: Services, number: str, root: str) -> Done:
    """The link by which a member introduces a phone; `root`: the node's address, as coordinators have it."""
    made = phonelinks.make_link(here, member=number)
    link = f"{root.rstrip('/')}/phone/{made['secret']}"
    title = _("A link for a phone of {name}").format(name=made["name"])
    lines = [
        _("Good once, until {when}. A link before it counts no more.").format(when=_day(here, made["ends"])),
        _("Let them scan it, or send it to them alone: whoever opens it first checks in under their name."),
    ]
    return Done(title, lines, [(_("Link"), link)], [link])


def _revoke_phone(here: Services, about: Subject) -> Done:
    found = [one for one in phones.of_member(here, about.number) if one.place == about.phone]
    phones.revoke(here, *found)
    return Done(_("A phone of {name} counts no more.").format(name=_name(here, about)))


def _revoke_phones(here: Services, about: Subject) -> Done:
    made = phonelinks.revoke_all(here, member=about.number)
    title = _("No phone of {name} counts at the node any more.").format(name=made["name"])
    return Done(title, [_("A phone that a bench introduced counts there until the badges are voided.")])


def _recall(here: Services, about: Subject) -> Done:
    made = operations.recall_member(here, member=about.number, role=about.role)
    facts = {"name": made["name"], "role": role_words(Role(about.role)), "when": _day(here, made["ends"])}
    return Done(_("{name} is {role} until {when}, and then no more.").format(**facts))


def _lock_out(here: Services, about: Subject) -> Done:
    pins = lock_out(here, bench=about.bench)["pins"]
    lines = [
        _("Nothing that it sends is taken any more. All PINs are void; hand these out:"),
        _("If it was stolen, ask the roots to have it wiped: then it forgets when it meets a network."),
    ]
    secrets = [(_("{name} ({number})").format(name=name, number=number), pin) for number, name, pin in pins]
    return Done(_("The bench {bench} is locked out.").format(bench=about.bench), lines, secrets)


def _name(here: Services, about: Subject) -> str:
    return members.name_of(here.db.conn, about.number)


def _day(here: Services, at: int) -> str:
    return moment_words(local(at, neighbourhood.timezone(here.db.conn)))


def _asks(words: Callable[[], str]) -> Callable[[Services, Subject], str]:
    """A question with the name of the member, the role and the bench in it."""

    def ask(here: Services, about: Subject) -> str:
        role = role_words(Role(about.role)) if about.role in set(Role) else about.role
        return words().format(name=_name(here, about), role=role, bench=about.bench)

    return ask


ACTIONS: Mapping[str, Action] = {
    "pin": Action(
        _asks(lambda: _("A new PIN for {name}?")),
        lambda: _("The one before counts no more."),
        lambda: _("New PIN"),
        _new_pin,
    ),
    "badges": Action(
        _asks(lambda: _("Void all badges of {name}?")),
        lambda: _("For a badge that was lost or copied. They need a new one."),
        lambda: _("Void the badges"),
        _revoke_badges,
    ),
    "phone": Action(
        _asks(lambda: _("Have this phone of {name} count no more?")),
        lambda: _("For a phone that was lost or sold. They can introduce another."),
        lambda: _("It counts no more"),
        _revoke_phone,
    ),
    "phones": Action(
        _asks(lambda: _("Have no phone of {name} count any more?")),
        lambda: _("Those that were introduced at the node, and a link that is still out."),
        lambda: _("None counts any more"),
        _revoke_phones,
    ),
    "leave": Action(
        _asks(lambda: _("Has {name} left?")),
        lambda: _("Their name is taken off every bench. It cannot be undone: they would join anew."),
        lambda: _("They have left"),
        _leave,
    ),
    "recall": Action(
        _asks(lambda: _("Take the role of {role} back from {name}?")),
        lambda: _("It ends in the morning, never in the middle of a patrol. An assembly can give it anew."),
        lambda: _("Take it back"),
        _recall,
    ),
    "lock-out": Action(
        _asks(lambda: _("Lock the bench {bench} out?")),
        lambda: _("For a tablet that was lost or stolen. Every member gets a new PIN, shown once."),
        lambda: _("Lock it out"),
        _lock_out,
    ),
}


def about_facts(about: Subject) -> dict[str, Any]:
    """The fields of a form that are not empty."""
    return {name: value for name, value in asdict(about).items() if value}
