"""What public words may not hold, and how that is said to whoever wrote them. Pure."""

from __future__ import annotations

from enum import StrEnum

from kiosk.web.words import gettext as _


class Kind(StrEnum):
    """Why something is refused. Those up to TIME are the sections of the word lists, under the same names."""

    LOOKS = "looks"
    CLOTHES = "clothes"
    AGE = "age"
    GENDER = "gender"
    KIN = "kin"
    ORIGIN = "origin"
    HEALTH = "health"
    LABEL = "label"
    TIME = "time"
    NAME = "name"
    PHONE = "phone"
    NUMBER = "number"
    PLATE = "plate"
    ADDRESS = "address"
    CONTACT = "contact"


Found = tuple[int, int, Kind]
"""From where to where in a folded text something stands, and what it may be."""


def why(kind: Kind) -> str:
    """What the piece seems to be, as the end of a sentence that begins with it."""
    return {
        Kind.LOOKS: _("says what somebody looked like"),
        Kind.CLOTHES: _("says what somebody wore"),
        Kind.AGE: _("says how old somebody was"),
        Kind.GENDER: _("says whether it was a man or a woman"),
        Kind.KIN: _("says whose relative somebody is"),
        Kind.ORIGIN: _("says where somebody belongs, or what they believe"),
        Kind.HEALTH: _("says something about somebody's body or health"),
        Kind.LABEL: _("says what somebody is taken for"),
        Kind.TIME: _("is an exact time"),
        Kind.NAME: _("may be somebody's name"),
        Kind.PHONE: _("may be a phone number"),
        Kind.NUMBER: _("is a long number"),
        Kind.PLATE: _("may be a number plate"),
        Kind.ADDRESS: _("may be an address"),
        Kind.CONTACT: _("leads to somebody on the net"),
    }[kind]


def suggestion(kind: Kind) -> str:
    """What to do instead, as a sentence."""
    return {
        Kind.LOOKS: _("Say “a person” instead."),
        Kind.CLOTHES: _("Leave the clothes out."),
        Kind.AGE: _("Say “a person” instead."),
        Kind.GENDER: _("Say “a person” or “they” instead."),
        Kind.KIN: _("Say “a person” instead."),
        Kind.ORIGIN: _("Say “a person” instead."),
        Kind.HEALTH: _("Say what they needed instead."),
        Kind.LABEL: _("Say what happened, not who somebody is."),
        Kind.TIME: _("Leave it out: the sentence says about when."),
        Kind.NAME: _("Say “a neighbour” instead."),
        Kind.PHONE: _("Leave the number out."),
        Kind.NUMBER: _("Leave the number out."),
        Kind.PLATE: _("Say “a car” instead."),
        Kind.ADDRESS: _("Leave it out: the sentence says about where."),
        Kind.CONTACT: _("Leave it out."),
    }[kind]
