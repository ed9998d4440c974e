"""Trust lists at the node: drafted from the one in force, and published once the roots have signed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlite_utils import Database

from kiosk.adapters import trust
from kiosk.adapters.device import Device
from kiosk.adapters.keys import fingerprint
from kiosk.core.drafting import Changes, draft, read_file, write_file
from kiosk.core.errors import Refused
from kiosk.core.note import Note
from kiosk.core.trust import TrustList, Wipe
from kiosk.people import members
from kiosk.sync import fleet
from kiosk.web.services import Services

NOT_OURS = "That trust list names no key of this node, so no bench would know it: draft it here once more."


def wipes_of(db: Database, bench: str) -> list[Wipe]:
    """The tablets of a bench that were locked out, to be wiped; Refused when there is none."""
    keys = [key for key in fleet.all_keys(db, bench) if key not in fleet.live_keys(db, bench)]
    if not keys:
        raise Refused(f"No tablet of {bench} is locked out: first safe-bench central revoke-bench {bench}.")
    return [Wipe(bench, fingerprint(key).hex()) for key in keys]


def drafted(db: Database, device: Device, changes: Changes, after: str = "") -> str:
    """The text of a file with every list so far and the next one, to be signed.

    `after`: a file of lists that this node has lost, or "" to go by its own. Refused on a bench.
    """
    if not device.is_central:
        raise Refused("That is for the node, not for a bench.")
    text = after or "".join(trust.history(db))
    so_far = read_file(text) if text else []
    before = TrustList.parse(so_far[-1].text) if so_far else None
    listed = draft(device.identity.network, before, changes)
    return write_file([*so_far, Note(listed.text)])


def names_of(db: Database, listed: TrustList) -> dict[str, str]:
    """The names of the mediators on a list, by number, as far as they are known here."""
    found = {one.member: members.find(db.conn, one.member) for one in listed.mediators}
    return {number: member.name for number, member in found.items() if member is not None}


def publish(here: Services, *, notes: Sequence[str]) -> Mapping[str, Any]:
    """Take the lists of a file at the node, for every bench; `version`, `ends`, and the version `before`."""
    if not here.device.is_central:
        raise Refused("That is for the node, not for a bench.")
    with here.journal.writing() as db:
        before = trust.load(db)
        listed = trust.take_newer(db, here.device.identity.network, notes, here.clock.now())
        if listed is None or here.device.key.public not in listed.node_keys:
            raise Refused(NOT_OURS)
    return {
        "version": listed.version,
        "ends": listed.ends,
        "before": 0 if before is None else before.version,
        "keys": [key.hex() for key in listed.node_keys],
    }
