"""What the node gives a bench: whole segments behind its cursor, without what is not for it."""

from __future__ import annotations

from dataclasses import dataclass, field

from sqlite_utils import Database

from kiosk.adapters.checkpoints import (
    Segment,
    keep_checkpoint,
    last_cursor,
    newest_checkpoint,
    segments_after,
    sizes,
    unsealed,
)
from kiosk.adapters.journal import Journal
from kiosk.core.event import CENTRAL_ID, Form, Leaf, Registry, Whole, Writer, device_of, head_of, writer_of
from kiosk.core.note import Note, VerifierKey
from kiosk.sync.batches import fitting, sign_tree
from kiosk.sync.protocol import MAX_BODIES, MAX_EVENTS, Batch
from kiosk.web.services import Services

_LOOK_AHEAD = 64
_LEAF_COST = 44


@dataclass
class Page:
    """Batches for a bench, its cursor after them, and whether there are more."""

    cursor: int
    held: dict[str, int]
    batches: list[Batch] = field(default_factory=list)
    more: bool = False


def seal(here: Services, db: Database) -> None:
    """Sign checkpoints over the node's own events since the last, one for each batch of them.

    Those of its former logs too: a backup holds events that were not signed yet when it was made.
    """
    journal = here.journal
    for name in unsealed(db, CENTRAL_ID):
        source = journal.find(db, name)
        sealed = newest_checkpoint(db, source)
        while sealed < source.size:
            forms = fitting(journal.forms(db, source, sealed + 1, sealed + MAX_EVENTS))
            tree = journal.tree_at(db, source, sealed + len(forms))
            keep_checkpoint(db, source, tree, sign_tree(here.device, name, tree))
            sealed = tree.size


def page_for(here: Services, source: str, epoch: str, cursor: int) -> Page:
    """The page behind `cursor`, which counts only when `epoch` is the node's present one.

    `source` is what the asking bench writes now; it knows that best and does not get it back.
    """
    db, bench = here.db, device_of(source)
    begin = cursor if epoch == here.journal.source else 0
    newest = last_cursor(db)
    page = Page(max(begin, newest), sizes(db, begin) | _lent(db, bench))
    segments = segments_after(db, begin, source, _LOOK_AHEAD)
    events, room = MAX_EVENTS, MAX_BODIES
    for place, segment in enumerate(segments):
        forms = forms_for(here.journal, db, segment, bench)
        events -= len(forms)
        room -= sum(max(len(form[-1]), _LEAF_COST) for form in forms)
        if page.batches and (events < 0 or room < 0):
            page.cursor, page.more = segments[place - 1].id, True
            return page
        page.batches.append(Batch.of(segment.source, segment.first, forms, _note_of(here, segment)))
    if len(segments) == _LOOK_AHEAD:
        page.cursor, page.more = segments[-1].id, True
    return page


def _note_of(here: Services, segment: Segment) -> str:
    """A segment's checkpoint. Of the node's own logs it is by its present key: a former one may not count."""
    if device_of(segment.source) != CENTRAL_ID:
        return segment.note
    note = Note.parse(segment.note)
    key = VerifierKey(f"{here.device.identity.network}/{segment.source}", here.device.key.public)
    if any(line.is_by(key) for line in note.signatures):
        return segment.note
    return str(Note(note.text).signed(key, here.device.key.sign))


def forms_for(journal: Journal, db: Database, segment: Segment, bench: str) -> list[Form]:
    """The events of a segment, as `bench` may have them.

    Of others' events, those of scope `bench` that the node did not write for it, and those in quarantine, are
    given as their 32 bytes.
    """
    source = journal.find(db, segment.source)
    forms = journal.forms(db, source, segment.first, segment.last)
    if device_of(segment.source) == bench:
        return forms
    query = "SELECT seq FROM quarantine WHERE source = ? AND seq BETWEEN ? AND ?"
    aside = {seq for (seq,) in db.conn.execute(query, (source.id, segment.first, segment.last))}
    registry = journal.models.registry
    return [
        form if seq not in aside and _is_for(bench, form, segment.source, registry) else Leaf(form.leaf)
        for seq, form in enumerate(forms, segment.first)
    ]


def _is_for(bench: str, form: Form, source: str, registry: Registry) -> bool:
    """Whether `bench` may have this event of another device whole."""
    head = head_of(form.body) if isinstance(form, Whole) else None
    if head is None or not isinstance(form, Whole):
        return False
    if head.scope in ("public", "network"):
        return True
    kind = registry.types.get(head.type)
    if kind is None or kind.addressee is None or writer_of(source) is not Writer.CENTRAL:
        return False
    return bool(getattr(registry.decode(source, 0, form.body).data, kind.addressee) == bench)


def _lent(db: Database, bench: str) -> dict[str, int]:
    """Of the bench's own logs, up to where the node has all bodies that it can have."""
    rows = db.conn.execute("SELECT name, lent - 1 FROM sources WHERE lent IS NOT NULL")
    return {name: size for name, size in rows if device_of(name) == bench}
