"""The draft in the memory of the bench, and writing it down once."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import Any

from sqlite_utils import Database

from kiosk.core.errors import NotSaved
from kiosk.features.incidents import flow, model
from kiosk.features.incidents.events import (
    NOTED,
    SEALED,
    WITHDRAWN,
    WORDS,
    Noted,
    Sealed,
    Withdrawn,
    Words,
)
from kiosk.features.incidents.flow import Draft
from kiosk.people import sessions
from kiosk.web.services import Services

DRAFT, KEPT, DROPS = "incident", "incident-kept", "incident-drops"
HIDDEN_SECONDS = 300
"""How long a draft that was hidden waits for its author."""


@dataclass(frozen=True)
class Kept:
    """A note that was recorded from the draft of this token; `readers`: who can read its details.

    `words`: whether it has words of the writer's own; `read`: whether a partner has read them.
    """

    token: str
    note: Noted
    readers: tuple[str, ...] = ()
    words: bool = False
    read: bool = False


def current() -> Draft | None:
    """The signed-in member's draft; one that somebody else left behind is dropped."""
    session, held = sessions.signed_in(), sessions.draft()
    draft: Draft | None = held.get(DRAFT)
    if draft is not None and draft.member != session.member:
        held.pop(DRAFT)
        draft = None
    return draft


def found(token: str | None) -> Draft | None:
    """The signed-in member's draft, if it is the one of this token, or none is asked for."""
    draft = current()
    return draft if draft is not None and token in (None, draft.token) else None


def begin() -> Draft:
    """A new draft in place of any before it."""
    draft = Draft(secrets.token_urlsafe(9), sessions.signed_in().member)
    sessions.draft()[DRAFT] = draft
    return draft


def put(draft: Draft) -> None:
    """Keep the draft until the next answer."""
    sessions.draft()[DRAFT] = draft


def drop() -> None:
    """Throw the draft away."""
    sessions.draft().pop(DRAFT, None)


def drops() -> bool:
    """Whether Quick hide is to drop the draft; else it waits for its author."""
    return bool(sessions.draft().get(DROPS))


def choose(*, drops: bool) -> None:
    """What Quick hide is to do with drafts of the present session."""
    sessions.draft()[DROPS] = drops


def kept() -> Kept | None:
    """What this person has kept last."""
    found: Kept | None = sessions.draft().get(KEPT)
    return found if found is not None and found.note.member == sessions.signed_in().member else None


def keep(here: Services, token: str, words: str = "", read_by: str | None = None) -> Kept | None:
    """Record the draft of this token, once; None when there is no such draft, or it is not complete.

    `words`: the writer's own, which the partner `read_by` has read, or nobody.
    """
    held = sessions.draft()
    try:
        with here.journal.writing() as db:
            before: Kept | None = held.get(KEPT)
            if before is not None and before.token == token:
                return before
            draft = _complete(held, token)
            return None if draft is None else _record(here, db, draft, words, read_by)
    except NotSaved:
        _forget(held, token)
        raise


def _complete(held: dict[str, Any], token: str) -> Draft | None:
    draft: Draft | None = held.get(DRAFT)
    return draft if draft is not None and draft.token == token and draft.asked else None


def _record(here: Services, db: Database, draft: Draft, words: str, read_by: str | None) -> Kept | None:
    reading = here.clock.read()
    note = flow.noted(draft, reading.now // 1000, verified=reading.verified)
    if note is None:
        return None
    if model.is_own(db.conn, draft.member, here.device.identity.device, draft.amends):
        here.journal.record(WITHDRAWN, Withdrawn(draft.member, draft.amends))
    entry = here.journal.record(NOTED, note)
    if words:
        here.journal.record(WORDS, Words(entry.place, words, read_by))
    if draft.sealed:
        here.journal.record(SEALED, Sealed(entry.place, draft.sealed, draft.proof))
    kept = Kept(draft.token, note, draft.readers, bool(words), read_by is not None)
    sessions.draft()[KEPT] = kept
    return kept


def _forget(held: dict[str, Any], token: str) -> None:
    """The disk refused: this token has not been kept after all."""
    if KEPT in held and held[KEPT].token == token:
        del held[KEPT]
