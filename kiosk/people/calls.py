"""Whom to call and where to go in, as pages say it to their reader."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kiosk.people.events import Call, Described, Door
from kiosk.people.texts import Text, text
from kiosk.web.words import gettext as _


@dataclass(frozen=True)
class CallShown:
    """A number to call.

    `label` says whom, in the reader's language where that can be done; `own` is the neighbourhood's own name
    for it where that is another.
    """

    kind: str
    number: str
    label: Text
    own: Text
    note: Text


@dataclass(frozen=True)
class DoorShown:
    """A door that is open until local time `until`, or all night."""

    name: Text
    until: str
    note: Text


def calls_shown(known: Described) -> list[CallShown]:
    """All numbers of a neighbourhood, in its order."""
    kinds = {"medical": _("Medical help"), "fire": _("Fire service"), "police": _("Police")}
    return [_call(known, call, kinds) for call in known.calls]


def doors_shown(known: Described, doors: Iterable[Door]) -> list[DoorShown]:
    """These of its doors."""
    return [
        DoorShown(text(known, one.name, one.name_in), one.until, text(known, one.note, one.note_in))
        for one in doors
    ]


def _call(known: Described, call: Call, kinds: Mapping[str, str]) -> CallShown:
    name, note = text(known, call.name, call.name_in), text(known, call.note, call.note_in)
    label = Text(kinds.get(call.kind, "") if name.lang else "") or name
    own = name if label.words != name.words else Text("")
    return CallShown(call.kind, call.number, label, own, note)
