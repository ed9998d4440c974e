"""Trust lists at a bench: how they come in, and what follows when one was taken."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import replace

import msgspec
from sqlite_utils import Database

from kiosk.adapters import trust
from kiosk.adapters.device import save_identity
from kiosk.adapters.http import Request, Send
from kiosk.core.errors import FormatError, NoWayThrough, Untrusted
from kiosk.core.trust import TrustList, split
from kiosk.sync.protocol import MAX_LISTS, TRUST_PATH, unpack
from kiosk.sync.wiping import wipe_if_told
from kiosk.web.services import Services

log = logging.getLogger("safe-bench.sync")

_MAX_SHOWN = 1 << 20


def taken(here: Services, listed: TrustList) -> None:
    """Do what a list asks of this bench, once the list is durable; cut off, it is done at the next start."""
    log.info("trust list %d is in force", listed.version)
    wipe_if_told(here)


def receive(here: Services, notes: Sequence[str]) -> bool:
    """Take the lists that follow on what is held; whether one did.

    One that does not hold changes nothing, and is remembered with the time.
    """
    try:
        with here.journal.writing() as db:
            before = trust.load(db)
            network, at = here.device.identity.network, here.clock.lapse_time()
            listed = trust.take_newer(db, network, notes, at)
            if listed is None or listed == before:
                return False
            _follow(here, db, listed, is_first=before is None)
            return True
    except (Untrusted, FormatError) as error:
        with here.journal.writing() as db:
            trust.note_refusal(db, str(error), here.clock.now())
        return False


def _follow(here: Services, db: Database, listed: TrustList, *, is_first: bool) -> None:
    """Pin a key that is on the list; Untrusted when the first list does not name the node that gave it."""
    if here.device.node_public not in listed.node_keys:
        if is_first:
            raise Untrusted("That trust list does not name the node that gave it.")
        _pin(here, db, listed.node_keys[0])
    here.journal.store.after_commit(lambda: taken(here, listed))


def pin(here: Services, node: bytes) -> None:
    """Know the node by this key from now on, one that is on the trust list."""
    with here.journal.writing() as db:
        _pin(here, db, node)


def _pin(here: Services, db: Database, node: bytes) -> None:
    save_identity(db, msgspec.structs.replace(here.device.identity, node_key=node))

    def know() -> None:
        identity = msgspec.structs.replace(here.device.identity, node_key=node)
        here.device = replace(here.device, identity=identity)

    here.journal.store.after_commit(know)


def shown(send: Send) -> list[str]:
    """The lists that the node shows to anyone; none when what came back is not that."""
    try:
        response = send(Request(TRUST_PATH, {}, b"", "GET"))
        text = unpack(response.body, response.headers.get("content-encoding", ""), _MAX_SHOWN).decode()
        return split(text)[-MAX_LISTS:]
    except (NoWayThrough, FormatError, UnicodeDecodeError):
        return []
