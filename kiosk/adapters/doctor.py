"""A health check in plain words. It opens the database for reading only, so it can run beside an app."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable, Collection, Iterator

import msgspec
from sqlite_utils import Database

from kiosk.adapters.clock import machine_tick
from kiosk.adapters.datadir import DataDir
from kiosk.adapters.device import Device, load_identity
from kiosk.adapters.keys import DeviceKey, verify
from kiosk.adapters.meta import get_meta
from kiosk.adapters.opening import looking
from kiosk.adapters.selfcheck import log_findings, page_findings
from kiosk.adapters.speech import find_languages
from kiosk.adapters.trustcheck import Finding, trust_findings
from kiosk.core.checkpoint import Checkpoint, cosigners
from kiosk.core.clock import ClockState, Tick, read
from kiosk.core.errors import Refused, SafeBenchError
from kiosk.core.event import CENTRAL_ID
from kiosk.core.night import utc
from kiosk.core.note import Note, VerifierKey

LITTLE_ROOM = 100 << 20
"""Bytes of free disk below which it is time to make room."""


def doctor(
    data: DataDir, tick: Callable[[], Tick] = machine_tick, languages: Collection[str] = ()
) -> list[Finding]:
    """How the data of a device is; Refused when there is none. `languages`: those of its pages, by code."""
    data.require()
    findings = [*_disk(data)]
    try:
        with looking(data.database) as db:
            findings += _database(db)
            findings += _signatures(db, data)
            findings += _clock(db, tick())
            findings += trust_findings(db, data, tick())
            findings += _counts(db)
            findings += _speech(db, languages)
    except (sqlite3.DatabaseError, msgspec.MsgspecError) as error:
        findings.append(Finding(False, f"The database is damaged ({error}). Restore the newest backup."))
    return findings


def _disk(data: DataDir) -> Iterator[Finding]:
    free = shutil.disk_usage(data.path).free
    room = f"{free >> 20} MB are free on the disk."
    yield Finding(free >= LITTLE_ROOM, room if free >= LITTLE_ROOM else f"Only {room} Make room.")
    if not (data.path / "reserve").exists():
        yield Finding(False, "The disk was full: new notes wait until there is room again.")


def _database(db: Database) -> Iterator[Finding]:
    pages = page_findings(db, thorough=True)
    yield from (Finding(False, f"The database is damaged ({line}). Restore a backup.") for line in pages)
    if not pages:
        yield Finding(True, "The database file is sound.")
    logs = log_findings(db)
    yield from (Finding(False, f"{line} Restore a backup.") for line in logs)
    if not logs:
        yield Finding(True, "Every log gives what was signed.")


def _signatures(db: Database, data: DataDir) -> Iterator[Finding]:
    """Of this device's and the node's signatures that are kept, those that do not hold."""
    try:
        identity = load_identity(db)
        device = None if identity is None else Device(identity, DeviceKey.load(data.key))
    except Refused as error:
        yield Finding(False, str(error))
        return
    if device is None:
        yield Finding(False, "This device has no identity yet: enrol the bench, or init the node.")
        return
    wrong = [name for name, note in _kept_notes(db) if not _holds(note, device)]
    for name in dict.fromkeys(wrong):
        yield Finding(False, f"A kept signature on the log {name} does not hold.")
    if not wrong:
        yield Finding(True, "Every kept signature holds.")


def _kept_notes(db: Database) -> Iterator[tuple[str, str]]:
    """Each kept checkpoint with the cosignatures on it, by source."""
    query = (
        "SELECT s.name, c.note, coalesce((SELECT group_concat(line, '') FROM cosignatures k"
        " WHERE k.source = c.source AND k.size = c.size), '')"
        " FROM checkpoints c JOIN sources s ON s.id = c.source ORDER BY c.id"
    )
    for name, note, lines in db.conn.execute(query):
        yield name, note + lines


def _holds(text: str, device: Device) -> bool:
    try:
        note = Note.parse(text)
        checkpoint = Checkpoint.parse(note.text)
        own = VerifierKey(checkpoint.origin, device.key.public)
        if any(line.is_by(own) for line in note.signatures):
            note.check([own], verify)
        cosigners(note, [device.cosigner_key], verify)
    except SafeBenchError:
        return False
    return True


def _clock(db: Database, tick: Tick) -> Iterator[Finding]:
    kept = get_meta(db, "clock")
    if kept is None:
        return  # a node goes by its system's clock
    state = msgspec.json.decode(kept, type=ClockState)
    reading = read(state, tick)
    words = f"The clock says {utc(reading.now // 1000)}"
    yield Finding(
        reading.verified,
        f"{words}, verified." if reading.verified else f"{words}, about: the host can confirm it.",
    )
    if state.doubtful is not None:
        asked = utc(state.doubtful // 1000)
        yield Finding(False, f"The node says it is {asked}, which is far off: the host has to confirm it.")


def _counts(db: Database) -> Iterator[Finding]:
    def count(query: str) -> int:
        return int(db.conn.execute(query).fetchone()[0])

    put_aside = count("SELECT (SELECT count(*) FROM quarantine) + (SELECT count(*) FROM reported)")
    forks = count("SELECT count(*) FROM forks")
    identity = load_identity(db)
    if identity is not None and identity.device != CENTRAL_ID:
        pending = count("SELECT coalesce(sum(size - acked), 0) FROM sources WHERE acked < size")
        yield Finding(True, f"{pending} events wait for the node.")
    yield Finding(put_aside == 0, f"{put_aside} events could not be applied and are kept aside.")
    yield Finding(forks == 0, f"{forks} batches show another history of a log and are kept aside.")


def _speech(db: Database, languages: Collection[str]) -> Iterator[Finding]:
    """In which of its pages' languages a bench can be listened to; being mute is no fault."""
    identity = load_identity(db)
    if identity is None or identity.device == CENTRAL_ID:
        return
    spoken = find_languages()
    voices = ", ".join(sorted(spoken & set(languages)))
    mute = ", ".join(sorted(set(languages) - spoken))
    if not spoken:
        yield Finding(True, "Pages cannot be listened to: espeak-ng is not installed.")
    else:
        lacking = f"; no voice for {mute}" if mute else ""
        yield Finding(True, f"Pages can be listened to in {voices or 'none of their languages'}{lacking}.")
