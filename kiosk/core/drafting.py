"""The next trust list, what it says in plain words, and the file that roots hand round. Pure.

The file holds every list so far and the draft behind them, as they would stand at `/api/v1/trust`. A draft
is a signed note (C2SP `signed-note`) that nobody has signed yet: its text and an empty line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256

from kiosk.core.errors import Refused, SignatureError
from kiosk.core.night import utc
from kiosk.core.note import ED25519, Note, Sign, VerifierKey, Verify
from kiosk.core.trust import Reader, TrustList, Wipe, enough, node_key, split

NOBODY: Mapping[str, str] = {}


@dataclass(frozen=True)
class Changes:
    """What the next list has otherwise than the one before. `ends`: POSIX seconds.

    `nodes`: the node's keys now; one that it had before stays good for badges, unless it is `dropped`.
    `roots` and `mediators` are added, in the place of one with the same name or number. `replaced`: a root,
    and who takes its place.
    """

    ends: int
    nodes: tuple[bytes, ...]
    dropped: tuple[bytes, ...] = ()
    roots: tuple[VerifierKey, ...] = ()
    replaced: tuple[VerifierKey, VerifierKey] | None = None
    threshold: int | None = None
    mediators: tuple[Reader, ...] = ()
    left: tuple[str, ...] = ()
    wipes: tuple[Wipe, ...] = ()


def draft(network: str, before: TrustList | None, changes: Changes) -> TrustList:
    """The list that comes after `before`, not yet signed; Refused or FormatError when it would not be one."""
    roots = _roots(network, before, changes)
    usual = max(min(2, len(roots)), 1 if before is None else min(before.threshold, len(roots)))
    if changes.threshold is not None and changes.threshold > len(roots):
        raise Refused(f"With {len(roots)} roots, no more than {len(roots)} can be asked to sign.")
    listed = TrustList(
        network=network,
        version=1 if before is None else before.version + 1,
        ends=changes.ends,
        threshold=changes.threshold or usual,
        roots=roots,
        nodes=tuple(node_key(network, public) for public in changes.nodes),
        badges=_former(network, before, changes),
        mediators=_mediators(before, changes),
        wipes=tuple(dict.fromkeys([*(before.wipes if before else ()), *changes.wipes])),
    )
    return TrustList.parse(listed.text)


def _roots(network: str, before: TrustList | None, changes: Changes) -> tuple[VerifierKey, ...]:
    kept = {key.name: key for key in (before.roots if before else ())}
    if changes.replaced is not None:
        old, new = changes.replaced
        if old not in kept.values():
            raise Refused(f"{old.name} is not a root of the list in force.")
        kept = {key.name: key for key in (new if key == old else key for key in kept.values())}
    kept |= {key.name: key for key in changes.roots}
    if not kept:
        raise Refused("A first trust list needs roots: give each one's key with --root.")
    if any(key.kind != ED25519 or not key.name.startswith(f"{network}/root/") for key in kept.values()):
        raise Refused(f"A root of {network} is named {network}/root/…: see what trust init printed.")
    return tuple(kept.values())


def _former(network: str, before: TrustList | None, changes: Changes) -> tuple[VerifierKey, ...]:
    known = () if before is None else (*before.node_keys, *before.badge_keys)
    if any(key in changes.nodes for key in changes.dropped):
        raise Refused("That is a key that the node has now: have it go over to another first (trust rotate).")
    if any(key not in known for key in changes.dropped):
        raise Refused("The list in force names no such key of the node.")
    kept = dict.fromkeys(key for key in known if key not in (*changes.nodes, *changes.dropped))
    return tuple(node_key(network, public) for public in kept)


def _mediators(before: TrustList | None, changes: Changes) -> tuple[Reader, ...]:
    kept = {one.member: one for one in (before.mediators if before else ())}
    for number in changes.left:
        if kept.pop(number, None) is None:
            raise Refused(f"{number} is no mediator on the list in force.")
    kept |= {one.member: one for one in changes.mediators}
    return tuple(kept.values())


def said(listed: TrustList, names: Mapping[str, str] = NOBODY) -> list[str]:
    """What a list says, a sentence a line. `names`: of members, by number, where they are known."""
    roots = f"{listed.threshold} of these {len(listed.roots)} roots must sign the next one:"
    if listed.threshold == 1:
        roots = "One signature is enough for the next one: whoever holds a root key decides alone."
    return [
        f"Trust list {listed.version} of {listed.network}, until {utc(listed.ends)}.",
        roots,
        *(f"  {fact}" for fact in _facts(listed, names)),
        *([] if listed.mediators else ["  No mediator: nothing can be sealed."]),
    ]


def changed(before: TrustList | None, after: TrustList, names: Mapping[str, str] = NOBODY) -> list[str]:
    """What is otherwise than in the list before, a sentence a line."""
    if before is None:
        return ["It is the first list: there is none to compare it with."]
    old, new = _facts(before, names), _facts(after, names)
    lines = [f"Now until {utc(after.ends)}, before until {utc(before.ends)}."]
    if after.threshold != before.threshold:
        lines.append(f"Now {after.threshold} must sign, before {before.threshold}.")
    lines += [f"New: {fact}" for fact in new if fact not in old]
    return lines + [f"Gone: {fact}" for fact in old if fact not in new]


def _facts(listed: TrustList, names: Mapping[str, str]) -> list[str]:
    own = f"{listed.network}/root/"
    return [
        *(f"root {key.name.removeprefix(own)} ({_print(key.public)})" for key in listed.roots),
        *(f"key of the node {_print(key.public)}" for key in listed.nodes),
        *(f"former key of the node {_print(key.public)}, good for badges only" for key in listed.badges),
        *(f"mediator {_person(one.member, names)}, sealed to {one.recipient}" for one in listed.mediators),
        *(f"to be wiped: the tablet {one.fingerprint} of {one.bench}" for one in listed.wipes),
    ]


def _person(number: str, names: Mapping[str, str]) -> str:
    return f"{number} {names[number]}" if number in names else number


def _print(public: bytes) -> str:
    return sha256(public).hexdigest()[:20]


def read_file(text: str) -> list[Note]:
    """The lists in a file, oldest first, a draft among them; FormatError when it is not such a file."""
    return [Note(one[:-1]) if one.endswith("\n\n") else Note.parse(one) for one in split(text)]


def write_file(notes: Sequence[Note]) -> str:
    """The file that holds these."""
    return "".join(map(str, notes))


def signers(note: Note, keys: Sequence[VerifierKey], verify: Verify) -> list[VerifierKey]:
    """Which of `keys` have signed; Refused when one of them has signed something else."""
    if not any(line.is_by(key) for line in note.signatures for key in keys):
        return []
    try:
        return note.check(keys, verify)
    except SignatureError as error:
        raise Refused(f"{error} The list was changed after it was signed: draft it again.") from error


def add_signature(
    note: Note, before: Note | None, key: VerifierKey, sign: Sign, verify: Verify
) -> tuple[Note, bool]:
    """The draft with the signature of root `key`, and whether it is new.

    `before`: the list in force. Refused when `key` is a root of neither, or the draft does not come after it.
    """
    listed = TrustList.parse(note.text)
    held = None if before is None else TrustList.parse(before.text)
    if held is not None and before is not None:
        if not enough(held, before, verify):
            raise Refused("The list before is not signed by its own roots: do not sign what follows on it.")
        if held.network != listed.network or held.version >= listed.version:
            raise Refused(f"That does not come after list {held.version} of {held.network}.")
    roots = dict.fromkeys([*listed.roots, *(held.roots if held else ())])
    if key not in roots:
        raise Refused(f"{key.name} is not a root of this list, nor of the one before.")
    if key in signers(note, list(roots), verify):
        return note, False
    return note.signed(key, sign), True
