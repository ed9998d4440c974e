"""Details that only mediators read: who gets them, and their sealing, before anything touches the disk."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Annotated

import msgspec

from kiosk.adapters.sealing import MOST_LETTERS, seal_provable
from kiosk.features.incidents.flow import Draft
from kiosk.people.mediators import Mediator


class Details(msgspec.Struct):
    """What was typed, the member numbers of the mediators on the page, and of those to be left out."""

    details: Annotated[str, msgspec.Meta(max_length=MOST_LETTERS)]
    shown: list[str] = []
    leave_out: list[str] = []


def readers(current: Sequence[Mediator], shown: Collection[str], left_out: Collection[str]) -> list[Mediator]:
    """Of the current mediators those whom the writer saw and did not leave out.

    One who is left out stays so where somebody else is listed with the same key.
    """
    closed = {one.recipient for one in current if one.member in left_out}
    return [one for one in current if one.member in shown and one.recipient not in closed]


def sealed(draft: Draft, text: str, to: Sequence[Mediator]) -> Draft:
    """The draft with `text` sealed to these, in place of what was sealed before; Refused: a key is none."""
    age_file, proof = seal_provable(text, [one.recipient for one in to])
    return msgspec.structs.replace(draft, sealed=age_file, proof=proof, readers=tuple(one.name for one in to))


def removed(draft: Draft) -> Draft:
    """The draft without sealed details."""
    return msgspec.structs.replace(draft, sealed=b"", proof=b"", readers=())
