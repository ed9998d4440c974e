"""What a device knows of itself: its name, network, epoch, key and (on a bench) its pinned node.

It also declares the two events that a device writes about itself.
"""

from __future__ import annotations

import secrets
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import msgspec
from sqlite_utils import Database

from kiosk.adapters.keys import DeviceKey
from kiosk.adapters.meta import get_meta, set_meta
from kiosk.core.clock import LATEST
from kiosk.core.errors import Refused
from kiosk.core.event import CENTRAL_ID, Entry, EventType, Writer
from kiosk.core.feature import AS_LONG_AS_THE_LOG, Feature, Holding, Names
from kiosk.core.note import COSIGNATURE, VerifierKey
from kiosk.core.sentences import N_

_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"
_BOTH = frozenset(Writer)


class Identity(msgspec.Struct, frozen=True, omit_defaults=True):
    """Kept in the database. `node_key` (32 bytes), `node_url`, `node_ca`: a bench's pinned node."""

    device: str
    network: str
    name: str
    source: str
    node_key: bytes = b""
    node_url: str = ""
    node_ca: str = ""
    machine: str = ""

    @property
    def origin(self) -> str:
        """The origin line of this device's checkpoints, and the name of its checkpoint key."""
        return f"{self.network}/{self.source}"


@dataclass(frozen=True)
class Device:
    """An identity with its key."""

    identity: Identity
    key: DeviceKey

    @property
    def is_central(self) -> bool:
        """Whether this is the central node."""
        return self.identity.device == CENTRAL_ID

    @property
    def checkpoint_key(self) -> VerifierKey:
        """What this device signs its checkpoints with."""
        return VerifierKey(self.identity.origin, self.key.public)

    @property
    def node_public(self) -> bytes:
        """The node's 32 public bytes: pinned on a bench, its own on the node."""
        return self.key.public if self.is_central else self.identity.node_key

    @property
    def cosigner_key(self) -> VerifierKey:
        """What the node cosigns with."""
        return cosigner(self.identity.network, self.node_public)


def cosigner(network: str, public: bytes) -> VerifierKey:
    """The node's cosigning key: named `<network>/central`."""
    return VerifierKey(f"{network}/{CENTRAL_ID}", public, COSIGNATURE)


def new_source(device: str, before: str | None = None) -> str:
    """The next epoch of a device: `linden-bakery.1k7qx`, then `linden-bakery.2…`."""
    number = 1 + (0 if before is None else int(before.rpartition(".")[2][:-4]))
    return f"{device}.{number}" + "".join(secrets.choice(_ALPHABET) for _ in range(4))


def machine_id() -> str:
    """What tells this machine from another that has a copy of the data; "" where there is none."""
    try:
        return Path("/etc/machine-id").read_text().strip()
    except OSError:
        return ""


def load_identity(db: Database) -> Identity | None:
    """The identity that the database keeps; None before init or enrolment."""
    kept = get_meta(db, "identity")
    return None if kept is None else msgspec.json.decode(kept, type=Identity)


def save_identity(db: Database, identity: Identity) -> None:
    """Keep the identity; inside a transaction of the store."""
    set_meta(db, "identity", msgspec.json.encode(identity).decode())


def require_identity(db: Database, path: Path) -> Identity:
    """The identity; Refused with what to do when there is none."""
    identity = load_identity(db)
    if identity is None:
        raise Refused(f"{path} has no identity yet: enrol the bench, or init the node.")
    return identity


class Opened(msgspec.Struct, frozen=True, omit_defaults=True):
    """A new epoch began: `former` is the source before it, `size` how much of that was known."""

    reason: Annotated[str, msgspec.Meta(max_length=200)]
    former: Annotated[str, msgspec.Meta(max_length=120)] | None = None
    size: int = 0


class Corrected(msgspec.Struct, frozen=True):
    """The POSIX millisecond at which boot `boot` began: its events' times are `began` + uptime."""

    boot: Annotated[str, msgspec.Meta(max_length=32)]
    began: Annotated[int, msgspec.Meta(ge=0, le=LATEST)]


OPENED = EventType("epoch.opened", Opened, _BOTH, "network", None)
CORRECTED = EventType("clock.corrected", Corrected, frozenset({Writer.BENCH}), "network", None)

_BOOTS = """
CREATE TABLE boots (
  source TEXT NOT NULL, boot TEXT NOT NULL, began INTEGER NOT NULL, PRIMARY KEY (source, boot)
) WITHOUT ROWID"""


def _apply(db: sqlite3.Connection, entries: Sequence[Entry]) -> None:
    rows = [(e.source, e.data.boot, e.data.began) for e in entries if isinstance(e.data, Corrected)]
    db.executemany("INSERT OR REPLACE INTO boots VALUES (?, ?, ?)", rows)


def _describe(entry: Entry, _names: Names) -> str:
    if isinstance(entry.data, Opened):
        return N_("A new log began.")
    return N_("The clock was set right; the times since the last start follow it.")


DEVICE = Feature(
    name="device",
    events=(OPENED, CORRECTED),
    schema=(_BOOTS,),
    apply=_apply,
    describe=_describe,
    holdings=(Holding("boots", N_("when this tablet was started"), AS_LONG_AS_THE_LOG),),
)
