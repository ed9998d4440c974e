"""Weeks of an ordinary bench, always the same: what is measured with it can be compared."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import islice

import msgspec

from kiosk.core.event import EventType, Whole, encode_body
from kiosk.features.checkin import events as checkin
from kiosk.features.incidents import events as incidents

SEED = 20261123
SOURCE = "linden-bakery.1test"
MEMBERS, ZONES = 60, ("market", "park", "station", "elsewhere")
WORDS = (
    "Two people argued about a bicycle; we walked one of them home and the other sat with us for tea.",
    "He had lost his keys and was cold. The bakery let him in until his sister came.",
    "Loud music from a car. We asked, they turned it down and thanked us.",
    "She was frightened of the dark path, so three of us went along to the station.",
)
Fact = tuple[EventType, msgspec.Struct]


def facts(chance: random.Random, ends: int) -> Iterator[tuple[int, Fact]]:
    """Check-ins and notes without end, each with how many seconds after the one before it came."""
    here: dict[str, int] = {}
    at = ends
    while True:
        pause = int(chance.expovariate(1 / 180)) + 1
        at += pause
        member = f"{10_000 + 977 * chance.randrange(MEMBERS):05d}"
        how: checkin.How = "badge" if chance.random() < 0.8 else "pin"
        if chance.random() < 0.2:
            yield pause, (incidents.NOTED, _note(chance, member, at))
        elif member in here:
            del here[member]
            yield pause, (checkin.LEFT, checkin.Left(member, how))
        else:
            here[member] = at
            yield pause, (checkin.ARRIVED, checkin.Arrived(member, (at + 9000) // 300 * 300, how, True))


def _note(chance: random.Random, member: str, at: int) -> incidents.Noted:
    tried = tuple(chance.sample(list(incidents.Tried), chance.randint(0, 3)))
    outside = (incidents.Outside.MEDICAL,) if chance.random() < 0.1 else ()
    return incidents.Noted(
        member,
        chance.choice(list(incidents.What)),
        chance.choice(ZONES),
        at // 900 * 900,
        chance.choice(list(incidents.Ended)),
        about=chance.random() < 0.5,
        tried=tried,
        outside=outside,
    )


def bodies(count: int, ends: int, first: int = 1, seed: int = SEED) -> list[bytes]:
    """The bodies of `count` events, the last shortly before POSIX second `ends`; the first is event `first`.

    Every fifth note has words of its writer's. The machine was started anew every few hundred events.
    """
    chance = random.Random(seed)
    began = ends - count * 200
    made: list[bytes] = []
    at = uptime = 0
    boot = ""
    for pause, (kind, data) in facts(chance, began):
        if not made or chance.random() < 1 / 400:
            boot, uptime = f"{chance.getrandbits(48):012x}", 20_000
        at += pause
        uptime += pause * 1000 + chance.randrange(1000)
        made.append(encode_body(kind, data, min(began + at, ends), boot, uptime))
        if kind is incidents.NOTED and chance.random() < 0.2:
            words = incidents.Words(f"{SOURCE}/{first + len(made) - 1}", chance.choice(WORDS))
            made.append(encode_body(incidents.WORDS, words, min(began + at, ends), boot, uptime + 40))
        if len(made) >= count:
            break
    return list(islice(made, count))


def forms(count: int, ends: int, first: int = 1, seed: int = SEED) -> list[Whole]:
    """The same as events, with salts of their own."""
    salts = random.Random(seed + 1)
    return [Whole(salts.randbytes(12), body) for body in bodies(count, ends, first, seed)]
