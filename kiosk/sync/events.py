"""Events about the fleet: which benches the node knows, and by which keys."""

from __future__ import annotations

from typing import Annotated

import msgspec

from kiosk.core.event import EventType, Writer

BenchId = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]


class Enrolled(msgspec.Struct, frozen=True):
    """A bench joined, or took its place again with a new key: 32 bytes, Ed25519."""

    bench: BenchId
    name: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]
    key: Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]


class Revoked(msgspec.Struct, frozen=True):
    """All keys that the bench had are worth nothing from here on.

    `held`: the size, by source, that the node had of it. What lies beyond is not taken from anyone.
    """

    bench: BenchId
    held: dict[str, int] = {}


class Trusted(msgspec.Struct, frozen=True):
    """A person has judged that the log `source` of a bench that was locked out counts up to event `size`."""

    bench: BenchId
    source: Annotated[str, msgspec.Meta(max_length=60)]
    size: Annotated[int, msgspec.Meta(ge=1, lt=1 << 53)]


_NODE = frozenset({Writer.CENTRAL})

BENCH_ENROLLED = EventType("bench.enrolled", Enrolled, _NODE, "network", None)
BENCH_REVOKED = EventType("bench.revoked", Revoked, _NODE, "network", None)
BENCH_TRUSTED = EventType("bench.trusted", Trusted, _NODE, "network", None)
