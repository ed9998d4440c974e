"""Access rules about people: a steward or the host at a bench, a coordinator at the node."""

from __future__ import annotations

import sqlite3

from flask import redirect, request, url_for
from flask.typing import ResponseReturnValue

from kiosk.core.mandate import Role
from kiosk.people import members, passphrases, phones, sessions
from kiosk.web import errors
from kiosk.web.services import Services, services
from kiosk.web.words import gettext as _


def sitting() -> ResponseReturnValue | None:
    """A member who gave their PIN and has not left since; others are asked for it first."""
    session = sessions.current()
    if session is not None and session.member and members.find(services().db.conn, session.member):
        return None
    return redirect(url_for("signin.ask", next=request.full_path.rstrip("?")), 303)


def steward() -> ResponseReturnValue | None:
    """A member on duty, or a host: who may write notes and read tonight's sentences."""
    return sitting() or _with_role(Role.STEWARD, Role.HOST)


def host() -> ResponseReturnValue | None:
    """The host of this bench."""
    return sitting() or _with_role(Role.HOST)


def coordinator() -> ResponseReturnValue | None:
    """A coordinator who signed in at the node, while their mandate runs."""
    return coordinator_or_lapsed() or _on_duty()


def coordinator_or_lapsed() -> ResponseReturnValue | None:
    """A coordinator who signed in at the node, or who was one until their mandate ran out.

    Nothing else opens for the latter but what an assembly is recorded with.
    """
    session = sessions.current()
    if session is not None and passphrases.holds(services().db, session.member, session.credential):
        return None
    to = request.full_path.rstrip("?") if request.method == "GET" else None
    return redirect(url_for("desk_signin.ask", next=to), 303)


def introduced() -> ResponseReturnValue | None:
    """A phone that was introduced here: it may ask to be checked in, and see what came of that."""
    return None if phones.find(services(), phones.carried()) else redirect("/phone", 303)


def _on_duty() -> ResponseReturnValue | None:
    return None if has_role(Role.COORDINATOR) else redirect(url_for("desk_signin.lapsed"), 303)


def has_role(*roles: Role) -> bool:
    """Whether the signed-in member holds one of these roles now, here."""
    session = sessions.current()
    if session is None or not session.member:
        return False
    here = services()
    return any(standing(here, here.db.conn, session.member, role).on_duty for role in roles)


def standing(here: Services, db: sqlite3.Connection, member: str, role: Role) -> members.Standing:
    """What a member is here now.

    A clock that is not verified may lag behind: then a role whose grant has arrived counts as begun, so
    that a new host can set the clock right.
    """
    at = here.clock.lapse_time()
    if not here.clock.verified:
        at = max([at, *(held.begins for held in members.mandates(db, member) if held.role == role)])
    return members.standing(db, member, role, at, here.device.identity.device)


def _with_role(*roles: Role) -> ResponseReturnValue | None:
    if has_role(*roles):
        return None
    sentence = _("Your role here has ended, or this page is for somebody else.")
    todo = _("You can still read everything that is public. Roles are renewed at the next assembly.")
    return errors.page(403, sentence, todo)
