"""Copies of the database: made while it is in use, kept for seven days, and brought back as a new epoch.

A copy never holds the device key. Bringing one back is committed by one rename (`*.restored`); what a power
cut leaves undone after it is done at the next start (`opening.finish_restore`).
"""

from __future__ import annotations

import re
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import msgspec

from kiosk.adapters.clock import Clock, last_verified
from kiosk.adapters.datadir import DataDir
from kiosk.adapters.device import Device, Identity, load_identity, require_identity
from kiosk.adapters.epoch import open_epoch
from kiosk.adapters.files import in_place_of, sync_directory
from kiosk.adapters.journal import Journal
from kiosk.adapters.keys import DeviceKey
from kiosk.adapters.opening import finish_restore, looking, restored_of
from kiosk.adapters.readmodels import ReadModels
from kiosk.adapters.retention import forget_overdue, forget_spent
from kiosk.adapters.selfcheck import log_findings, page_findings
from kiosk.adapters.store import Store
from kiosk.core.errors import Damaged, Refused

KEPT_DAYS = 7
_DATED = re.compile(r"^(?:safe-bench|aside)-(\d{4}-\d{2}-\d{2})")


def backup(database: Path, out: Path) -> None:
    """Copy the database as it is now to the file `out` (mode 0600), durable on return; an app may run on it.

    Refused when `out` cannot be written.
    """
    try:
        with in_place_of(out) as partial:
            copy_database(database, partial)
    except OSError as error:
        raise Refused(f"{out} cannot be written: {error.strerror}.") from None
    except sqlite3.DatabaseError as error:
        raise Refused(f"The backup {out} was not made: {error}.") from None


def copy_database(database: Path, out: Path) -> None:
    """Copy a database, its write-ahead log included, into the one file `out`. sqlite3.DatabaseError."""
    with looking(database) as db, closing(sqlite3.connect(out)) as copy:
        db.conn.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, with nothing beside it


def keep_backups(data: DataDir, now: int) -> None:
    """Once a day a backup in the data directory, and none older than seven days. `now`: POSIX seconds.

    For a verified clock only: it erases. None is made where it would take half of the room that is left.
    Refused when the disk does not let it.
    """
    try:
        _prune(data, now)
        size, free = data.database.stat().st_size, shutil.disk_usage(data.path).free
    except OSError as error:
        raise Refused(f"The backups in {data.backups} cannot be kept: {error.strerror}.") from None
    out = data.backups / f"safe-bench-{_day(now)}.db"
    if not out.exists() and 2 * size < free:
        backup(data.database, out)


def _prune(data: DataDir, now: int) -> None:
    today = _day(now)
    data.backups.mkdir(mode=0o700, exist_ok=True)
    for path in data.backups.iterdir():
        made = made_on(path)
        if made is not None and not today - timedelta(days=KEPT_DAYS) < made <= today:
            shutil.rmtree(path) if path.is_dir() else path.unlink()


def _day(now: int) -> date:
    return datetime.fromtimestamp(now, UTC).date()


def newest_backup(data: DataDir) -> Path | None:
    """The newest backup in the data directory."""
    found = sorted(data.backups.glob("safe-bench-*.db")) if data.backups.exists() else []
    return found[-1] if found else None


def restore(file: Path, data: DataDir, models: ReadModels) -> Device:
    """Put a backup in the place of the database, as a new epoch; the device as it is now.

    TryLater when an app runs on `data`. Refused, and nothing changed, when the backup is damaged or of
    another device. What was there before is kept aside in the data directory, for seven days like backups.
    """
    data.create()
    with data.locked():
        finish_restore(data.database)
        return _bring_back(file, data, models, f"restored from a backup ({file.name[:80]})")


def recover(data: DataDir, models: ReadModels) -> Device:
    """After `Store` said Damaged: the newest backup instead; the caller holds the lock on `data`.

    Damaged when there is none: then only enrolling again brings back what the node has.
    """
    newest = newest_backup(data)
    if newest is None:
        raise Damaged(f"The database in {data.path} is damaged and there is no backup: enrol anew.")
    return _bring_back(newest, data, models, f"the database was damaged; back to {newest.stem[-10:]}")


def _bring_back(file: Path, data: DataDir, models: ReadModels, reason: str) -> Device:
    staged = data.database.with_name(data.database.name + ".restoring")
    for leftover in data.path.glob(staged.name + "*"):
        leftover.unlink()
    try:
        copy_database(file, staged)
        _require_sound(file, staged)
        device = _as_new_epoch(staged, data, models, reason)
        staged.replace(restored_of(data.database))
        sync_directory(data.path)
    except sqlite3.DatabaseError as error:
        raise Refused(f"{file} is not a backup that can be used: {error}. Nothing was changed.") from None
    except OSError as error:
        raise Refused(f"{file} was not restored: {error.strerror}. Nothing was changed.") from None
    finally:
        for leftover in data.path.glob(staged.name + "*"):
            leftover.unlink()
    finish_restore(data.database)
    return device


def _require_sound(file: Path, staged: Path) -> None:
    staged.chmod(0o600)
    with looking(staged) as db:
        findings = page_findings(db, thorough=True) or log_findings(db)
    if findings:
        raise Refused(f"{file} is damaged: {findings[0]} Nothing was changed.")


def _as_new_epoch(staged: Path, data: DataDir, models: ReadModels, reason: str) -> Device:
    store = Store(staged)
    try:
        identity = require_identity(store.reading(), staged)
        _require_same(identity, _present(data))
        device = Device(identity, DeviceKey.load_or_create(data.key))
        clock = Clock(store, trusted=device.is_central)
        journal = Journal(store, models, source=identity.source, tick=clock.tick, now=clock.now)
        device = open_epoch(journal, device, reason)
        _forget(journal, max(_least(clock), _least_of(data.database)))
        return device
    finally:
        store.close()


def _forget(journal: Journal, least: int) -> None:
    """Erase what is certainly past its time, before anybody can read it; `least`: POSIX seconds, or 0."""
    forget_spent(journal, least or None)
    if least:
        forget_overdue(journal, least)
    journal.store.fold()


def _least(clock: Clock) -> int:
    """The newest POSIX second that was ever verified: it is not earlier now."""
    return (clock.read().now if clock.verified else clock.state.last) // 1000


def _least_of(database: Path) -> int:
    """The same by a database that is to be replaced; 0 when it does not say."""
    try:
        with looking(database) as db:
            return last_verified(db) // 1000
    except (sqlite3.DatabaseError, msgspec.MsgspecError):
        return 0


def _present(data: DataDir) -> Identity | None:
    """Who the database says it is that is to be replaced; None when it does not say."""
    try:
        with looking(data.database) as db:
            return load_identity(db)
    except (sqlite3.DatabaseError, msgspec.MsgspecError):
        return None


def _require_same(identity: Identity, present: Identity | None) -> None:
    if present is not None and (present.device, present.network) != (identity.device, identity.network):
        raise Refused(f"That is a backup of {identity.device}, not of {present.device}. Nothing was changed.")


def made_on(path: Path) -> date | None:
    """The day of a backup, or of what was set aside; None for anything else."""
    found = _DATED.match(path.name)
    return date.fromisoformat(found[1]) if found else None
