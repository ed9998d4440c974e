"""The trust list: whose keys count in a network, said by people whose own keys lie offline (DESIGN 6).

It is the text of a signed note (C2SP `signed-note`), one fact a line, in the order of `TrustList.text`:
which network and version, until when, how many *roots* must sign and who they are, the node's keys, keys
whose badges still count, the mediators' age recipients, and tablets that are to forget everything.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from kiosk.core.clock import LATEST
from kiosk.core.errors import FormatError, SignatureError, Untrusted
from kiosk.core.event import CENTRAL_ID
from kiosk.core.night import utc
from kiosk.core.note import ED25519, Note, VerifierKey, Verify

HEADER = "safe-bench trust list v1"
SOON = 14 * 86400
"""Seconds before its end from which on it is time for the next list."""
MOST = 32
"""So many roots, keys, mediators or tablets at most: a note has no more than 32 signatures."""

_MEMBER = re.compile(r"[0-9]{5}")
_RECIPIENT = re.compile(r"age1[02-9ac-hj-np-z]{58}")
_BENCH = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
_FINGERPRINT = re.compile(r"[0-9a-f]{20}")
_NETWORK = re.compile(r"[^\s/+]{1,80}")
_ORDER = ("network", "version", "ends", "threshold", "root", "node", "badge", "mediator", "wipe")


@dataclass(frozen=True)
class Reader:
    """A mediator's member number, and the age recipient (`age1…`, X25519) that sealed notes go to."""

    member: str
    recipient: str


@dataclass(frozen=True)
class Wipe:
    """A tablet that is to forget: the bench's id, and the fingerprint (ten bytes, hex) of its device key."""

    bench: str
    fingerprint: str


@dataclass(frozen=True)
class TrustList:
    """One version of the list. `ends`: POSIX seconds. `threshold`: how many of `roots` must sign.

    `nodes`: keys that the node may speak, cosign and print badges with. `badges`: further keys whose badges
    count, those that the node had before.
    """

    network: str
    version: int
    ends: int
    threshold: int
    roots: tuple[VerifierKey, ...]
    nodes: tuple[VerifierKey, ...]
    badges: tuple[VerifierKey, ...] = ()
    mediators: tuple[Reader, ...] = ()
    wipes: tuple[Wipe, ...] = ()

    @property
    def text(self) -> str:
        """The note text that roots sign."""
        lines = [
            HEADER,
            f"network {self.network}",
            f"version {self.version}",
            f"ends {utc(self.ends)}",
            f"threshold {self.threshold}",
            *(f"root {key}" for key in self.roots),
            *(f"node {key}" for key in self.nodes),
            *(f"badge {key}" for key in self.badges),
            *(f"mediator {one.member} {one.recipient}" for one in self.mediators),
            *(f"wipe {one.bench} {one.fingerprint}" for one in self.wipes),
        ]
        return "\n".join(lines) + "\n"

    @classmethod
    def parse(cls, text: str) -> TrustList:
        """Read a note's text; FormatError if it is not a trust list, or written in another way."""
        header, _, rest = text.partition("\n")
        if header != HEADER or not rest.endswith("\n"):
            raise FormatError("That is not a trust list.")
        facts: dict[str, list[str]] = {name: [] for name in _ORDER}
        for line in rest[:-1].split("\n"):
            name, _, value = line.partition(" ")
            if name not in facts or len(facts[name]) >= MOST:
                raise FormatError(f"A trust list has no such line: {line[:80]}")
            facts[name].append(value)
        found = _read(facts)
        if found.text != text:
            raise FormatError("That trust list is not written as it should be.")
        return found

    def is_over(self, at: int) -> bool:
        """Whether its end has come at POSIX second `at`."""
        return at >= self.ends

    def ends_soon(self, at: int) -> bool:
        """Whether it is over at POSIX second `at`, or nearly."""
        return at >= self.ends - SOON

    def wipes_device(self, bench: str, fingerprint: bytes) -> bool:
        """Whether the tablet with this device key is to forget everything."""
        return Wipe(bench, fingerprint.hex()) in self.wipes

    @property
    def node_keys(self) -> tuple[bytes, ...]:
        """The public keys that the node may speak with now."""
        return tuple(key.public for key in self.nodes)

    @property
    def badge_keys(self) -> tuple[bytes, ...]:
        """The public keys whose badges count."""
        return tuple(key.public for key in (*self.nodes, *self.badges))


def node_key(network: str, public: bytes) -> VerifierKey:
    """A node's key as a trust list names it."""
    return VerifierKey(f"{network}/{CENTRAL_ID}", public)


def root_key(network: str, name: str, public: bytes) -> VerifierKey:
    """A root's key as a trust list names it: `<network>/root/<name>`."""
    return VerifierKey(f"{network}/root/{name}", public)


def enough(listed: TrustList, note: Note, verify: Verify) -> bool:
    """Whether as many of the list's roots as it asks for have signed `note`; SignatureError: one wrongly."""
    try:
        return len({key.public for key in note.check(listed.roots, verify)}) >= listed.threshold
    except SignatureError:
        if any(line.is_by(key) for line in note.signatures for key in listed.roots):
            raise
        return False


def follow(before: TrustList | None, note: Note, network: str, verify: Verify) -> TrustList:
    """The list in `note`, if it may come after `before`; Untrusted, saying why, if not.

    Its own roots must have signed it, and those of the list before as well: so roots change only by the
    word of the roots that were there (as in The Update Framework, section 5.3). The first is taken as it is.
    """
    listed = TrustList.parse(note.text)
    if listed.network != network:
        raise Untrusted("That trust list is another network's.")
    if before is not None and listed.version <= before.version:
        raise Untrusted(f"That trust list is version {listed.version}; {before.version} is known already.")
    try:
        if before is not None and not enough(before, note, verify):
            raise Untrusted("That trust list was not signed by the roots that this device knows.")
        if not enough(listed, note, verify):
            raise Untrusted(f"That trust list needs {listed.threshold} signatures of its own roots.")
    except SignatureError as error:
        raise Untrusted(f"That trust list has a wrong signature. {error}") from error
    return listed


def split(text: str) -> list[str]:
    """The notes in a file of trust lists, one behind the other; FormatError when it holds something else."""
    first, *notes = re.split(rf"^(?={HEADER}$)", text, flags=re.M)
    if first or not notes:
        raise FormatError("That is not a trust list.")
    return notes


def _read(facts: dict[str, list[str]]) -> TrustList:
    for name in ("network", "version", "ends", "threshold"):
        if len(facts[name]) != 1:
            raise FormatError(f"A trust list says {name} once.")
    network = facts["network"][0]
    roots = _keys(facts["root"], f"{network}/root/")
    threshold = _number(facts["threshold"][0])
    if not _NETWORK.fullmatch(network) or not 1 <= threshold <= len(roots):
        raise FormatError("A trust list needs at least as many roots as must sign.")
    nodes, badges = _keys(facts["node"], ""), _keys(facts["badge"], "")
    if not nodes or any(key.name != f"{network}/{CENTRAL_ID}" for key in (*nodes, *badges)):
        raise FormatError("A trust list names at least one key of the network's node.")
    return TrustList(
        network=network,
        version=_number(facts["version"][0]),
        ends=_time(facts["ends"][0]),
        threshold=threshold,
        roots=roots,
        nodes=nodes,
        badges=badges,
        mediators=tuple(Reader(*_pair(value, _MEMBER, _RECIPIENT)) for value in facts["mediator"]),
        wipes=tuple(Wipe(*_pair(value, _BENCH, _FINGERPRINT)) for value in facts["wipe"]),
    )


def _keys(values: Sequence[str], prefix: str) -> tuple[VerifierKey, ...]:
    keys = tuple(VerifierKey.parse(value) for value in values)
    if any(key.kind != ED25519 or not key.name.startswith(prefix) for key in keys):
        raise FormatError("A trust list names a key that is not of its kind.")
    if len({key.public for key in keys}) != len(keys):
        raise FormatError("A trust list names a key twice.")
    return keys


def _number(text: str) -> int:
    if not re.fullmatch(r"[1-9][0-9]{0,8}", text):
        raise FormatError("A trust list's version and threshold are numbers from 1 on.")
    return int(text)


def _time(text: str) -> int:
    try:
        at = int(datetime.fromisoformat(text).timestamp())
    except (ValueError, OverflowError):
        raise FormatError("A trust list ends at a time like 2027-01-31T06:00:00Z.") from None
    if not 0 <= at * 1000 <= LATEST:
        raise FormatError("A trust list does not end so late.")
    return at


def _pair(value: str, first: re.Pattern[str], second: re.Pattern[str]) -> tuple[str, str]:
    one, _, other = value.partition(" ")
    if not first.fullmatch(one) or not second.fullmatch(other):
        raise FormatError(f"A trust list has no such line: {value[:80]}")
    return one, other
