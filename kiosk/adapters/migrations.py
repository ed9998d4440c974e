"""The journal's own tables, as named steps in order. Read-models are not here: see `journal.rebuild`."""

from __future__ import annotations

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from kiosk.core.errors import Refused

journal = Migrations("safe-bench")

EVENTS = """
CREATE TABLE events (
  id INTEGER PRIMARY KEY,      -- the order in which events were taken in here
  source INTEGER NOT NULL REFERENCES sources(id),
  seq INTEGER NOT NULL,
  salt BLOB, body BLOB,        -- whole, or
  leaf BLOB,                   -- its 32 bytes
  CHECK ((body IS NULL) = (salt IS NULL) AND (body IS NULL) <> (leaf IS NULL))
)"""

SOURCES = """
CREATE TABLE sources (
  id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE,
  size INTEGER NOT NULL DEFAULT 0,
  stack BLOB NOT NULL DEFAULT x'',       -- subtree roots, largest first
  counter INTEGER NOT NULL DEFAULT 0,    -- of the last exchange taken from this source
  acked INTEGER NOT NULL DEFAULT 0,      -- how much of it the node is known to hold
  lent INTEGER,                          -- first event that another device gave back as 32 bytes
  forked INTEGER NOT NULL DEFAULT 0      -- 1: the node has another history of it
)"""

CHECKPOINTS = """
CREATE TABLE checkpoints (
  id INTEGER PRIMARY KEY,
  source INTEGER NOT NULL REFERENCES sources(id),
  size INTEGER NOT NULL,
  note TEXT NOT NULL,          -- signed by the source
  stack BLOB NOT NULL DEFAULT x'',       -- the tree's, at this size
  UNIQUE (source, size)
)"""

COSIGNATURES = """
CREATE TABLE cosignatures (
  source INTEGER NOT NULL REFERENCES sources(id),
  size INTEGER NOT NULL,
  cosigner TEXT NOT NULL,
  line TEXT NOT NULL,
  PRIMARY KEY (source, size, cosigner)
) WITHOUT ROWID"""


REPORTED = """
CREATE TABLE reported (        -- events of this device that the node put in quarantine
  source TEXT NOT NULL, seq INTEGER NOT NULL, reason TEXT NOT NULL,
  PRIMARY KEY (source, seq)
) WITHOUT ROWID"""

ENROLMENTS = """
CREATE TABLE enrolments (
  secret BLOB PRIMARY KEY,     -- the SHA-256 of what the code carries
  bench TEXT NOT NULL, name TEXT NOT NULL,
  ends INTEGER NOT NULL,       -- POSIX seconds
  key BLOB                     -- of the device that used it
) WITHOUT ROWID"""

PASSPHRASES = """
CREATE TABLE passphrases (
  member TEXT PRIMARY KEY,
  hash TEXT NOT NULL,          -- argon2id, in PHC form
  secret TEXT NOT NULL,        -- of the codes (RFC 6238), base32
  used INTEGER NOT NULL        -- the newest step whose code was taken
) WITHOUT ROWID"""

INTRODUCTIONS = """
CREATE TABLE introductions (
  member TEXT PRIMARY KEY,
  secret BLOB NOT NULL,        -- the SHA-256 of what the link carries
  source TEXT NOT NULL,        -- the log of the node that made it
  ends INTEGER NOT NULL        -- POSIX seconds
) WITHOUT ROWID"""


@journal()
def first_tables(db: Database) -> None:
    """Events, sources, checkpoints, cosignatures, and what could not be applied."""
    for statement in (SOURCES, EVENTS, CHECKPOINTS, COSIGNATURES, REPORTED, ENROLMENTS):
        db.execute(statement)
    db.execute("CREATE UNIQUE INDEX events_place ON events (source, seq)")
    db.execute(
        "CREATE TABLE quarantine (source INTEGER NOT NULL, seq INTEGER NOT NULL, reason TEXT NOT NULL,"
        " PRIMARY KEY (source, seq)) WITHOUT ROWID"
    )
    db.execute(
        "CREATE TABLE forks (id INTEGER PRIMARY KEY, source TEXT NOT NULL, found INTEGER NOT NULL,"
        " reason TEXT NOT NULL, batch BLOB NOT NULL)"
    )
    db.execute(
        "CREATE TABLE pin_attempts (member TEXT PRIMARY KEY, failures INTEGER NOT NULL, boot TEXT NOT NULL,"
        " uptime INTEGER NOT NULL) WITHOUT ROWID"
    )
    db.execute("CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID")


@journal()
def trust_lists(db: Database) -> None:
    """The signed trust lists that were taken, oldest first."""
    db.execute("CREATE TABLE trust_lists (version INTEGER PRIMARY KEY, note TEXT NOT NULL)")


@journal()
def passphrases(db: Database) -> None:
    """What coordinators sign in with at the node; on a bench it stays empty."""
    db.execute(PASSPHRASES)


@journal()
def quarantine_since(db: Database) -> None:
    """When (POSIX seconds, by a verified clock) an event in quarantine was first looked at."""
    db.execute("ALTER TABLE quarantine ADD COLUMN since INTEGER")


@journal()
def last_contacts(db: Database) -> None:
    """When the device that writes a source last spoke with the node, POSIX seconds; for coordinators."""
    db.execute("ALTER TABLE sources ADD COLUMN seen INTEGER")


@journal()
def erased_events(db: Database) -> None:
    """Which events were erased here, so that they are not taken back from who still has them."""
    db.execute("ALTER TABLE events ADD COLUMN erased INTEGER NOT NULL DEFAULT 0")


@journal()
def introductions(db: Database) -> None:
    """Links that introduce a phone at the node; on a bench it stays empty."""
    db.execute(INTRODUCTIONS)


def migrate(db: Database) -> None:
    """Bring the database up to this program's tables; Refused, and nothing touched, when it is newer."""
    known = [step.name for step in journal._migrations]
    applied = {step.name for step in journal.applied(db)} if db["_sqlite_migrations"].exists() else set()
    if applied - set(known):
        raise Refused("A newer Safe Bench wrote this data. Install that version; nothing was changed.")
    if applied != set(known):
        journal.apply(db)
