"""Roots for tests: people who sign trust lists, and mediators whose age keys a test holds."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from kiosk.adapters import trust
from kiosk.adapters.keys import DeviceKey
from kiosk.adapters.sealing import new_reader
from kiosk.core.mandate import Role
from kiosk.core.note import Note
from kiosk.core.trust import Reader, TrustList, node_key, root_key
from tests.support import NETWORK, Bench

YEAR = 365 * 86400


@dataclass
class Roots:
    """Root keys by the name of who holds each; `threshold` of them must sign."""

    network: str = NETWORK
    threshold: int = 2
    keys: dict[str, DeviceKey] = field(
        default_factory=lambda: {name: DeviceKey.generate() for name in ("ada", "bo", "cy")}
    )

    def listed(self, version: int, ends: int, nodes: Sequence[bytes], **more: object) -> TrustList:
        """A list, not yet signed, with these roots."""
        roots = tuple(root_key(self.network, name, key.public) for name, key in self.keys.items())
        keys = tuple(node_key(self.network, public) for public in nodes)
        return TrustList(self.network, version, ends, self.threshold, roots, keys, **more)  # type: ignore[arg-type]

    def signed(self, listed: TrustList, *names: str) -> str:
        """The list as a note that these roots have signed; as many as must when none is named."""
        note = Note(listed.text)
        for name in names or list(self.keys)[: self.threshold]:
            key = self.keys[name]
            note = note.signed(root_key(self.network, name, key.public), key.sign)
        return str(note)


def next_version(before: TrustList, ends: int) -> TrustList:
    """What comes after a list when only its end changes."""
    return replace(before, version=before.version + 1, ends=ends)


def give_mediators(bench: Bench, readers: Mapping[str, str], roots: Roots | None = None) -> dict[str, str]:
    """Give a bench members `number: name` who are mediators, and a trust list with them; their age keys."""
    roots, at = roots or Roots(), bench.time.system // 1000
    keys = {number: new_reader() for number in readers}
    for number, name in readers.items():
        bench.member(number, name, Role.MEDIATOR)
    before = trust.load(bench.here.db)
    mediators = tuple(Reader(number, recipient) for number, (_secret, recipient) in keys.items())
    version = 1 if before is None else before.version + 1
    listed = roots.listed(version, at + YEAR, [bench.node.public], mediators=mediators)
    with bench.here.journal.writing() as db:
        trust.take(db, roots.network, [roots.signed(listed)], at)
    return {number: secret for number, (secret, _recipient) in keys.items()}
