"""A device on real files that knows one made-up feature: people say things, aloud or in a whisper."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import msgspec
from sqlite_utils import Database

from kiosk.adapters.checkpoints import keep_checkpoint, keep_cosignature
from kiosk.adapters.datadir import DataDir
from kiosk.adapters.device import DEVICE, Device, Identity, load_identity, save_identity
from kiosk.adapters.epoch import settle
from kiosk.adapters.journal import Journal
from kiosk.adapters.keys import DeviceKey
from kiosk.adapters.readmodels import ReadModels
from kiosk.adapters.store import Store
from kiosk.core.checkpoint import Checkpoint, cosign, sign_checkpoint
from kiosk.core.clock import Tick
from kiosk.core.event import Entry, EventType, Writer
from kiosk.core.feature import Feature
from kiosk.core.note import VerifierKey

NOW = 1_795_466_640
"""2026-11-23 20:44 UTC."""
NETWORK = "lindenfield"
SOURCE = "linden-bakery.1test"


class Said(msgspec.Struct, frozen=True, omit_defaults=True):
    """`times` has no bounds of its own."""

    text: str
    times: int = 1


ALOUD = EventType("talk.said", Said, frozenset(Writer), "public", None)
WHISPERED = EventType("talk.whispered", Said, frozenset({Writer.BENCH}), "bench", 28)


def _apply(db: sqlite3.Connection, entries: Sequence[Entry]) -> None:
    rows = [(e.source, e.seq, e.data.text, e.data.times) for e in entries]
    db.executemany("INSERT INTO talk VALUES (?, ?, ?, ?)", rows)
    db.executemany(
        "INSERT INTO talk_totals VALUES (?, ?) ON CONFLICT DO UPDATE SET times = times + excluded.times",
        [(e.type, e.data.times) for e in entries],
    )


TALK = Feature(
    name="talk",
    events=(ALOUD, WHISPERED),
    schema=(
        "CREATE TABLE talk (source TEXT, seq INTEGER, text TEXT, times INTEGER)",
        "CREATE TABLE talk_totals (type TEXT PRIMARY KEY, times INTEGER)",
        "CREATE VIEW talk_loud AS SELECT text FROM talk JOIN talk_totals USING (times)",
    ),
    apply=_apply,
)
MODELS = ReadModels((DEVICE, TALK))


def tick() -> Tick:
    """A machine that stands still."""
    return Tick(NOW * 1000, 61_000, "b00700000001")


@dataclass
class Kept:
    """An open device."""

    data: DataDir
    store: Store
    journal: Journal
    device: Device

    @property
    def db(self) -> Database:
        return self.store.reading()

    def say(self, *texts: str) -> None:
        """Record each aloud."""
        for text in texts:
            self.journal.record(ALOUD, Said(text))

    def whisper(self, *texts: str) -> None:
        """Record each in a whisper."""
        for text in texts:
            self.journal.record(WHISPERED, Said(text))

    def heard(self) -> list[str]:
        """What the read-model holds."""
        return [text for (text,) in self.db.conn.execute("SELECT text FROM talk ORDER BY source, seq")]

    def signed_up_to(self, size: int) -> Checkpoint:
        """Keep a checkpoint of the own source, signed, at `size`."""
        with self.store.writing() as db:
            source = self.journal.find(db, self.journal.source)
            tree = self.journal.tree_at(db, source, size)
            key = VerifierKey(f"{NETWORK}/{source.name}", self.device.key.public)
            checkpoint = Checkpoint(key.name, size, tree.root())
            keep_checkpoint(db, source, tree, str(sign_checkpoint(checkpoint, key, self.device.key.sign)))
        return checkpoint

    def cosigned_up_to(self, size: int, node: DeviceKey, *, with_checkpoint: bool = True) -> VerifierKey:
        """Keep the node's cosignature on the own source at `size`; the node's key."""
        key = self.device.cosigner_key
        if with_checkpoint:
            checkpoint = self.signed_up_to(size)
        else:
            root = self.journal.root_at(self.db, self.journal.find(self.db, self.journal.source), size)
            checkpoint = Checkpoint(f"{NETWORK}/{self.journal.source}", size, root)
        with self.store.writing() as db:
            line = str(cosign(checkpoint, NOW, key, node.sign))
            keep_cosignature(db, self.journal.find(db, self.journal.source), size, key.name, line)
        return key

    def close(self) -> None:
        """Stop as a device does that is told to."""
        self.store.close()


def device_at(path: Path, node: DeviceKey | None = None, *, source: str = SOURCE) -> Kept:
    """The device whose data is in `path`, made there when there is none; `node` is the one it trusts."""
    data = DataDir(path)
    data.create()
    key = DeviceKey.load_or_create(data.key)
    store = Store(data.database)
    try:
        identity = load_identity(store.reading())
        if identity is None:
            pinned = node.public if node else key.public
            identity = Identity(
                source.split(".", maxsplit=1)[0], NETWORK, "Linden Bakery", source, node_key=pinned
            )
            with store.writing() as db:
                save_identity(db, identity)
        journal = Journal(store, MODELS, source=identity.source, tick=tick, now=lambda: NOW)
        return Kept(data, store, journal, settle(journal, Device(identity, key)))
    except BaseException:
        store.close()
        raise


@contextmanager
def opened(path: Path, node: DeviceKey | None = None) -> Iterator[Kept]:
    """`device_at`, closed at the end."""
    kept = device_at(path, node)
    try:
        yield kept
    finally:
        kept.close()


def tables(db: Database) -> dict[str, list[tuple[object, ...]]]:
    """All rows of all read-models, by table."""
    names = ("boots", "talk", "talk_totals", "quarantine")
    return {name: db.conn.execute(f"SELECT * FROM {name} ORDER BY 1, 2").fetchall() for name in names}  # noqa: S608
