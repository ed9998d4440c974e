"""How a bench stands: what `safe-bench bench status` prints."""

from __future__ import annotations

import shutil
from pathlib import Path

import msgspec
from sqlite_utils import Database

from kiosk.adapters import trust
from kiosk.adapters.clock import machine_tick
from kiosk.adapters.datadir import DataDir
from kiosk.adapters.meta import get_meta
from kiosk.composition import looking_at
from kiosk.core.clock import ClockState, read
from kiosk.core.errors import Refused
from kiosk.core.night import utc
from kiosk.sync.state import sync_status


class Standing(msgspec.Struct, frozen=True):
    """`pending`: own events that the node has not cosigned. `last_sync`: RFC 3339. `disk_free`: bytes.

    `quarantined`: events that could not be applied; `aside`: batches that were refused and kept. `trust`: the
    version of the trust list, nought when there is none yet, and `trust_ends` when it is over.
    """

    bench: str
    name: str
    network: str
    source: str
    pending: int
    last_sync: str | None
    last_error: str
    clock_verified: bool
    disk_free: int
    quarantined: int
    aside: int
    trust: int
    trust_ends: str | None

    def lines(self) -> list[str]:
        """The same in words, a line each."""
        contact = f"last sync {self.last_sync}" if self.last_sync else "never synced"
        return [
            f"{self.name} ({self.bench}) of {self.network}, log {self.source}",
            f"Pending: {self.pending}",
            f"Node: {contact}" + (f"; {self.last_error}" if self.last_error else ""),
            f"Clock: {'verified' if self.clock_verified else 'not verified; a sync or the host sets it'}",
            f"Disk: {self.disk_free // (1 << 20)} MB free",
            f"Quarantine: {self.quarantined}",
            f"Set aside: {self.aside}",
            f"Trust list: version {self.trust}, until {self.trust_ends}"
            if self.trust
            else "Trust list: none yet",
        ]


def standing_of(data: Path) -> Standing:
    """How the bench in `data` stands, whether its app runs or not; Refused if it is a node's data."""
    with looking_at(DataDir(data)) as (db, device):
        if device.is_central:
            raise Refused(f"{data} is the data of a central node.")
        listed = trust.load(db)
        stands = sync_status(db, device.identity.source)
        return Standing(
            bench=device.identity.device,
            name=device.identity.name,
            network=device.identity.network,
            source=device.identity.source,
            pending=stands.pending,
            last_sync=None if stands.last_sync is None else utc(stands.last_sync),
            last_error=stands.last_error,
            clock_verified=_clock_verified(db),
            disk_free=shutil.disk_usage(data).free,
            quarantined=stands.quarantined,
            aside=stands.aside,
            trust=0 if listed is None else listed.version,
            trust_ends=None if listed is None else utc(listed.ends),
        )


def _clock_verified(db: Database) -> bool:
    kept = get_meta(db, "clock")
    return kept is not None and read(msgspec.json.decode(kept, type=ClockState), machine_tick()).verified
