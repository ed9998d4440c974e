"""The lists that a note is tapped from. The codes are stored; the words for them are in `sentence`."""

from __future__ import annotations

from enum import StrEnum

ELSEWHERE = "elsewhere"
"""The zone of what happened in none of the neighbourhood's zones."""


class What(StrEnum):
    """What happened. Each is also the name of a shape."""

    ARGUMENT = "argument"
    FIGHT = "fight"
    THREAT = "threat"
    UNWELL = "someone-unwell"
    DRINK = "too-much-drink-or-drugs"
    LOST = "someone-lost"
    NOISE = "noise"
    DAMAGE = "damage"
    THEFT = "theft"
    FAMILY = "family"
    SCARED = "someone-scared"
    OTHER = "something-else"


class Tried(StrEnum):
    """What was tried: the steps of the de-escalation poster."""

    LISTENED = "listened"
    SPACE = "made-space"
    DRINK = "water-or-tea"
    WALKED = "walked-with-them"
    WAITED = "waited"
    FRIEND = "friend-called"
    DOOR = "open-door"
    OTHER = "something-else"


class Outside(StrEnum):
    """Which outside help was called."""

    MEDICAL = "medical"
    FIRE = "fire"
    POLICE = "police"
    SUPPORT = "support"


class Ended(StrEnum):
    """How it ended. Each is also the name of a shape."""

    CALMED = "calmed"
    PARTED = "parted"
    LEFT = "left"
    HELP_CAME = "help-came"
    ONGOING = "ongoing"
    UNKNOWN = "unknown"
