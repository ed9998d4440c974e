"""Members as this device knows them: number, chosen name, PIN hash, mandates."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass

from kiosk.core.event import Entry
from kiosk.core.mandate import Mandate, Role, held, lapsed
from kiosk.people.events import Added, BadgeRevoked, Granted, Left, PinSet, Recalled

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
    """Bring members and mandates up to date."""
    for entry in entries:
        data = entry.data
        if isinstance(data, Added):
            db.execute(
                "INSERT INTO members (id, name) VALUES (?, ?) ON CONFLICT DO UPDATE SET name = excluded.name",
                (data.member, data.name),
            )
        elif isinstance(data, Left):
            db.execute("INSERT OR IGNORE INTO former_members VALUES (?)", (data.member,))
            db.execute("DELETE FROM members WHERE id = ?", (data.member,))
            db.execute("DELETE FROM mandates WHERE member = ?", (data.member,))
        elif isinstance(data, PinSet):
            db.execute("UPDATE members SET pin = ? WHERE id = ?", (data.hash, data.member))
        elif isinstance(data, BadgeRevoked):
            db.execute(
                "UPDATE members SET void_before = max(void_before, ?) WHERE id = ?",
                (data.before, data.member),
            )
        elif isinstance(data, Granted):
            row = (data.member, data.role, data.bench or "", data.begins, data.ends)
            db.execute("INSERT OR REPLACE INTO mandates VALUES (?, ?, ?, ?, ?, NULL)", row)
        elif isinstance(data, Recalled):
            db.execute(
                "UPDATE mandates SET recalled = min(coalesce(recalled, ends), ?)"
                " WHERE member = ? AND role = ? AND ends > ?",
                (data.at, data.member, data.role, data.at),
            )


def find(db: sqlite3.Connection, number: str) -> Member | None:
    """The member with this number."""
    row = db.execute("SELECT id, name, pin, void_before FROM members WHERE id = ?", (number,)).fetchone()
    return None if row is None else Member(*row)


def everyone(db: sqlite3.Connection) -> list[Member]:
    """All members, by number."""
    return [Member(*row) for row in db.execute("SELECT id, name, pin, void_before FROM members ORDER BY id")]


def is_free(db: sqlite3.Connection, number: str) -> bool:
    """Whether nobody has or had this number: an old badge must never become somebody else's."""
    query = "SELECT 1 FROM members WHERE id = ?1 UNION ALL SELECT 1 FROM former_members WHERE id = ?1"
    return db.execute(query, (number,)).fetchone() is None


def badge_is_void(db: sqlite3.Connection, number: str, issued: int) -> bool:
    """Whether a badge made at POSIX second `issued` was called back, or its member has left."""
    member = find(db, number)
    if member is not None:
        return member.void_before > issued
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
    return "a neighbour" if member is None else member.name


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
