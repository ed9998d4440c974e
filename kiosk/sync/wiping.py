"""A tablet that the roots' trust list names forgets everything but what is public (DESIGN 6).

What the node does not hold yet is first sealed to the list's mediators, as an export that `safe-bench verify`
reads once one of them has opened it. Every step can be taken again: a power cut between two leaves a tablet
that wipes itself at its next start.
"""

from __future__ import annotations

import logging
import shutil
from collections.abc import Iterator
from pathlib import Path

from sqlite_utils import Database

from kiosk.adapters import trust
from kiosk.adapters.datadir import DataDir
from kiosk.adapters.device import Device
from kiosk.adapters.files import whole_file
from kiosk.adapters.journal import Journal, Source
from kiosk.adapters.keys import fingerprint
from kiosk.adapters.meta import get_meta, set_meta
from kiosk.adapters.sealing import seal_bytes
from kiosk.core.event import Leaf, Whole, device_of, scope_of
from kiosk.core.ndjson import VERSION, EventLine, Head, Line
from kiosk.core.trust import TrustList
from kiosk.sync.batches import sign_tree
from kiosk.web.services import Services

log = logging.getLogger("safe-bench")

UNSENT = "unsent.age"
_KEY = "wiped"
_TABLES = ("pin_attempts", "enrolments", "forks", "reported")


def is_wiped(db: Database) -> bool:
    """Whether this tablet has forgotten everything on the roots' word."""
    return get_meta(db, _KEY) is not None


def wipe_if_told(here: Services) -> bool:
    """Wipe this tablet if the trust list in force names its key, and lock it; whether it is locked."""
    listed = trust.load(here.db)
    told = listed is not None and listed.wipes_device(
        here.device.identity.device, fingerprint(here.device.key.public)
    )
    if listed is not None and told and not is_wiped(here.db):
        here.locked = True
        _wipe(here, listed)
        log.warning("This tablet was wiped: the trust list %s says so.", listed.version)
    here.locked = is_wiped(here.db)
    return here.locked


def _wipe(here: Services, listed: TrustList) -> None:
    data = DataDir(here.journal.store.path.parent)
    _seal_unsent(here, listed, data.path / UNSENT)
    with here.journal.writing() as db:
        here.journal.erase(_private(here.journal, db))
        for table in _TABLES:
            db.table(table).delete_where()
    for folder in (data.backups, data.cache):
        if folder.exists():
            shutil.rmtree(folder)
    with here.journal.writing() as db:
        set_meta(db, _KEY, str(listed.version))
    here.journal.store.fold()


def _private(journal: Journal, db: Database) -> dict[str, list[int]]:
    """Every event that is held whole and not public, by source."""
    found: dict[str, list[int]] = {}
    for source in journal.sources(db):
        forms = enumerate(journal.forms(db, source, 1, source.size), 1)
        found[source.name] = [
            seq for seq, form in forms if isinstance(form, Whole) and scope_of(form.body) != "public"
        ]
    return found


def _seal_unsent(here: Services, listed: TrustList, out: Path) -> None:
    """Write what the node lacks, sealed to the mediators; nothing where nothing is, or nobody reads it.

    Not a second time: a wipe that was cut off may have erased by now what was sealed.
    """
    db, device = here.db, here.device
    own = [one for one in here.journal.sources(db) if device_of(one.name) == device.identity.device]
    behind = [one for one in own if one.acked < one.size and _has_bodies(here.journal, db, one)]
    recipients = [one.recipient for one in listed.mediators]
    if out.exists() or not behind or not recipients:
        return
    with whole_file(out) as file:
        file.write(seal_bytes(b"".join(_export(here.journal, db, device, behind)), recipients))


def _has_bodies(journal: Journal, db: Database, source: Source) -> bool:
    return any(isinstance(form, Whole) for form in journal.forms(db, source, source.acked + 1, source.size))


def _export(journal: Journal, db: Database, device: Device, sources: list[Source]) -> Iterator[bytes]:
    """Lines of an export of these sources in which only what the node lacks is whole (README, "Format")."""
    lines = 1 + sum(source.size + 1 for source in sources)
    yield Line(export=Head(VERSION, False, lines, {one.name: one.size for one in sources})).encode()
    for source in sources:
        for seq, form in enumerate(journal.forms(db, source, 1, source.size), 1):
            shown = form if seq > source.acked else Leaf(form.leaf)
            yield Line(event=EventLine.of(source.name, seq, shown)).encode()
        yield Line(checkpoint=sign_tree(device, source.name, source.tree)).encode()
