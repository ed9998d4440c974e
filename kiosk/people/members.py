"""Members as this device knows them: number, chosen name, PIN hash, mandates."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from kiosk.core.event import Entry
from kiosk.core.mandate import Mandate, Role, held, lapsed
from kiosk.people import places
from kiosk.people.events import Added, BadgeRevoked, Granted, Left, PinSet, Recalled
from kiosk.web.words import gettext as _

SCHEMA = (
    """
CREATE TABLE members (
  id TEXT PRIMARY KEY, name TEXT NOT NULL, pin TEXT NOT NULL DEFAULT '',
  void_before INTEGER NOT NULL DEFAULT 0
) WITHOUT ROWID""",
    "CREATE TABLE former_members (id TEXT PRIMARY KEY) WITHOUT ROWID",
    """
CREATE TABLE mandates (
  member TEXT NOT NULL, role TEXT NOT NULL, bench TEXT NOT NULL,
  begins INTEGER NOT NULL, ends INTEGER NOT NULL, recalled INTEGER,
  PRIMARY KEY (member, role, bench, begins)
) WITHOUT ROWID""",
)

_NAME = "INSERT INTO members (id, name) VALUES (?, ?) ON CONFLICT DO UPDATE SET name = excluded.name"
_PIN = "INSERT INTO members (id, name, pin) VALUES (?, '', ?) ON CONFLICT DO UPDATE SET pin = excluded.pin"
_VOID = (
    "INSERT INTO members (id, name, void_before) VALUES (?, '', ?)"
    " ON CONFLICT DO UPDATE SET void_before = max(void_before, excluded.void_before)"
)
_RECALL = (
    "UPDATE mandates SET recalled = min(coalesce(recalled, ends), ?1)"
    " WHERE member = ?2 AND role = ?3 AND ends > ?1"
)
_MEMBERS = "SELECT id, name, pin, void_before FROM members WHERE name <> ''"


@dataclass(frozen=True)
class Member:
    """A member; `pin` is an argon2id hash, or "" when none is set."""

    id: str
    name: str
    pin: str
    void_before: int


@dataclass(frozen=True)
class Standing:
    """What a member is at a moment: the mandate in force for a role, or the last one that ended."""

    mandate: Mandate | None
    lapsed: Mandate | None

    @property
    def on_duty(self) -> bool:
        """Whether a mandate is in force."""
        return self.mandate is not None


def apply(db: sqlite3.Connection, entries: Sequence[Entry]) -> None:
    """Bring members and mandates up to date.

    What was erased may come back later than what followed it, or not at all: so a name or a PIN counts only
    when it is the newest, a PIN may come before its member's name, and who has left stays away.
    """
    for entry in entries:
        change = _CHANGES.get(type(entry.data))
        if change is None or (change is not _left and _has_left(db, entry.data.member)):
            continue
        if change not in (_added, _pin_set) or places.is_newest(db, entry):
            change(db, entry.data)


def _added(db: sqlite3.Connection, data: Added) -> None:
    db.execute(_NAME, (data.member, data.name))


def _left(db: sqlite3.Connection, data: Left) -> None:
    db.execute("INSERT OR IGNORE INTO former_members VALUES (?)", (data.member,))
    db.execute("DELETE FROM members WHERE id = ?", (data.member,))
    db.execute("DELETE FROM mandates WHERE member = ?", (data.member,))


def _pin_set(db: sqlite3.Connection, data: PinSet) -> None:
    db.execute(_PIN, (data.member, data.hash))


def _badge_revoked(db: sqlite3.Connection, data: BadgeRevoked) -> None:
    db.execute(_VOID, (data.member, data.before))


def _granted(db: sqlite3.Connection, data: Granted) -> None:
    row = (data.member, data.role, data.bench or "", data.begins, data.ends)
    db.execute("INSERT OR REPLACE INTO mandates VALUES (?, ?, ?, ?, ?, NULL)", row)


def _recalled(db: sqlite3.Connection, data: Recalled) -> None:
    db.execute(_RECALL, (data.at, data.member, data.role))


_CHANGES: dict[type, Callable[[sqlite3.Connection, Any], None]] = {
    Added: _added,
    Left: _left,
    PinSet: _pin_set,
    BadgeRevoked: _badge_revoked,
    Granted: _granted,
    Recalled: _recalled,
}


def find(db: sqlite3.Connection, number: str) -> Member | None:
    """The member with this number."""
    row = db.execute(_MEMBERS + " AND id = ?", (number,)).fetchone()
    return None if row is None else Member(*row)


def everyone(db: sqlite3.Connection) -> list[Member]:
    """All members, by number."""
    return [Member(*row) for row in db.execute(_MEMBERS + " ORDER BY id")]


def is_free(db: sqlite3.Connection, number: str) -> bool:
    """Whether nobody has or had this number: an old badge must never become somebody else's."""
    query = "SELECT 1 FROM members WHERE id = ?1 UNION ALL SELECT 1 FROM former_members WHERE id = ?1"
    return db.execute(query, (number,)).fetchone() is None


def badge_is_void(db: sqlite3.Connection, number: str, issued: int) -> bool:
    """Whether a badge made at POSIX second `issued` was called back, or its member has left."""
    member = find(db, number)
    if member is not None:
        return member.void_before > issued
    return _has_left(db, number)


def _has_left(db: sqlite3.Connection, number: str) -> bool:
    return db.execute("SELECT 1 FROM former_members WHERE id = ?", (number,)).fetchone() is not None


def called(db: sqlite3.Connection, words: str) -> list[Member]:
    """The members whose number or name (in any case) this is."""
    number = find(db, words)
    if number is not None:
        return [number]
    return [member for member in everyone(db) if member.name.casefold() == words.casefold()]


def names(db: sqlite3.Connection) -> list[str]:
    """The display names and the numbers of all members that this device knows."""
    return [text for row in db.execute("SELECT id, name FROM members ORDER BY id") for text in row]


def name_of(db: sqlite3.Connection, number: str) -> str:
    """The display name of a number; "a neighbour" when this device does not know it."""
    member = find(db, number)
    return _("a neighbour") if member is None else member.name


def mandates(db: sqlite3.Connection, number: str) -> list[Mandate]:
    """All mandates of a member that this device knows of."""
    rows = db.execute(
        "SELECT member, role, begins, ends, bench, recalled FROM mandates WHERE member = ?", (number,)
    )
    return [
        Mandate(member, Role(role), begins, ends, bench or None, recalled)
        for member, role, begins, ends, bench, recalled in rows
    ]


def standing(db: sqlite3.Connection, number: str, role: Role, at: int, bench: str | None = None) -> Standing:
    """What the member is at POSIX second `at`, by the mandates that this device knows of."""
    listed = mandates(db, number)
    return Standing(held(listed, role, at, bench), lapsed(listed, role, at))
