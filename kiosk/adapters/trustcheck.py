"""What the health check says about trust lists."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import msgspec
from sqlite_utils import Database

from kiosk.adapters import trust
from kiosk.adapters.datadir import DataDir
from kiosk.adapters.device import Identity, load_identity
from kiosk.adapters.keys import DeviceKey, verify
from kiosk.adapters.meta import get_meta
from kiosk.core.clock import ClockState, Tick, read
from kiosk.core.errors import Refused, SafeBenchError
from kiosk.core.event import CENTRAL_ID
from kiosk.core.night import utc
from kiosk.core.note import Note
from kiosk.core.trust import TrustList, follow


class Finding(NamedTuple):
    """One line of the check: whether it is well, and a sentence."""

    ok: bool
    sentence: str


def trust_findings(db: Database, data: DataDir, tick: Tick) -> Iterator[Finding]:
    """How the trust lists of a device stand."""
    identity, listed = load_identity(db), trust.load(db)
    refused = trust.refusal(db)
    if refused is not None:
        when = utc(refused.at)
        yield Finding(False, f"At {when} a trust list was refused: {refused.sentence} Tell a coordinator.")
    if listed is None:
        yield Finding(True, "There is no trust list yet: nothing can be sealed for mediators.")
    elif identity is not None:
        yield _chain(db, identity.network)
        yield _end(listed, _now(db, tick))
        if identity.device == CENTRAL_ID:
            yield from _own_keys(listed, data)
        else:
            yield _pinned(listed, identity)


def _chain(db: Database, network: str) -> Finding:
    """Whether each kept list still follows on the one before."""
    held: TrustList | None = None
    try:
        for text in trust.history(db):
            held = follow(held, Note.parse(text), network, verify)
    except SafeBenchError as error:
        return Finding(False, f"The trust lists that are kept do not hold: {error} Restore a backup.")
    return Finding(True, "Every trust list was signed by the roots before it.")


def _end(listed: TrustList, now: int) -> Finding:
    name, end = f"Trust list {listed.version}", utc(listed.ends)
    if listed.is_over(now):
        return Finding(
            False, f"{name} is over since {end}: nothing can be sealed until the roots sign another."
        )
    if listed.ends_soon(now):
        return Finding(False, f"{name} ends at {end}: the roots should sign the next one now.")
    return Finding(True, f"{name} is in force until {end}.")


def _own_keys(listed: TrustList, data: DataDir) -> Iterator[Finding]:
    try:
        own = DeviceKey.load(data.key).public
        following = DeviceKey.load(data.next_key).public if data.next_key.exists() else None
    except Refused as error:
        yield Finding(False, str(error))
        return
    if own not in listed.node_keys:
        yield Finding(False, "The trust list does not name this node's key: publish the newest one here.")
    if following is not None:
        word = "at its next start" if following in listed.node_keys else "once a trust list names it"
        yield Finding(True, f"The node goes over to its next key {word}.")


def _pinned(listed: TrustList, identity: Identity) -> Finding:
    if identity.node_key in listed.node_keys:
        return Finding(True, "The node's key is on the trust list.")
    return Finding(False, "The node that this bench knows is not on its trust list. Ask a coordinator.")


def _now(db: Database, tick: Tick) -> int:
    """POSIX seconds, not later than is verified: as `Clock.lapse_time`."""
    kept = get_meta(db, "clock")
    if kept is None:
        return tick.system // 1000
    state = msgspec.json.decode(kept, type=ClockState)
    reading = read(state, tick)
    return (reading.now if reading.verified else max(state.last, state.floor)) // 1000
