"""The bench's own code, which a phone scans: made, read and judged. No app, no clock, no disk.

A code is base64url of 18 bytes: two that name the bench, two that name the boot, the step (three: how many
times 30 seconds that start of the machine had run), one that counts the codes used in the step, and ten of
HMAC-SHA256 over those eight. Its key is derived from the device's own for this bench and this boot, so that
nobody else can make one, and the bench can still judge those of its earlier boots.
"""

from __future__ import annotations

import base64
import hmac
import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import Enum, auto
from hashlib import sha256

from kiosk.core.clock import Tick

STEP = 30_000
"""Milliseconds of uptime for which a code is shown."""
GRACE = 1
"""So many further steps in which it still counts."""
CLOCKS = 10_000
"""Milliseconds by which the clocks of node and bench may differ."""
MOST = 256
"""So many codes can be used in one step."""
_HEAD = struct.Struct(">2s2sIB")
_PAD = 1
"""The step has three bytes: the first of the four that `struct` packs is left out."""
_MAC = 10
_SIZE = _HEAD.size - _PAD + _MAC

Derive = Callable[[bytes], bytes]
"""32 secret bytes for a context, the same ones each time: `DeviceKey.derive`."""


@dataclass(frozen=True)
class Shown:
    """A code that this bench made: in which boot, for which step, after how many were used in it."""

    boot: str
    step: int
    n: int


class Wrong(Enum):
    """Why a code does not count."""

    UNREADABLE = auto()
    OTHER_BENCH = auto()
    FORGED = auto()
    OLD = auto()
    EARLY = auto()
    USED = auto()


def step_at(uptime: int) -> int:
    """The step that is shown at this uptime, milliseconds."""
    return uptime // STEP


def left_of(uptime: int) -> int:
    """Milliseconds for which the code of this uptime is still shown."""
    return STEP - uptime % STEP


def make(key: Derive, bench: str, boot: str, step: int, n: int) -> str:
    """The 24 characters of a code; ValueError beyond `MOST` codes of a step."""
    if not 0 <= n < MOST:
        raise ValueError(f"a step has {MOST} codes")
    packed = _HEAD.pack(_tag(bench), _tag(boot), step, n)
    head = packed[:4] + packed[4 + _PAD :]
    return base64.urlsafe_b64encode(head + _mac(key, bench, boot, head)).decode()


def read(key: Derive, bench: str, boots: Iterable[str], text: str) -> Shown | Wrong:
    """What this bench showed with a code, in one of `boots`; or why it did not."""
    raw = _bytes(text)
    if raw is None:
        return Wrong.UNREADABLE
    head, mac = raw[:-_MAC], raw[-_MAC:]
    whose, when, step, n = _HEAD.unpack(head[:4] + bytes(_PAD) + head[4:])
    if whose != _tag(bench):
        return Wrong.OTHER_BENCH
    for boot in boots:
        if when == _tag(boot) and hmac.compare_digest(mac, _mac(key, bench, boot, head)):
            return Shown(boot, step, n)
    return Wrong.FORGED


def judge(shown: Shown, tick: Tick) -> Wrong | None:
    """Why a code no longer counts at this reading of the machine; None while it does."""
    age = step_at(tick.uptime) - shown.step
    if shown.boot != tick.boot or age > GRACE:
        return Wrong.OLD
    return Wrong.EARLY if age < 0 else None


def judge_at(shown: Shown, began: int, at: int) -> Wrong | None:
    """Why a code did not count at POSIX second `at` by the node's clock; None if it did.

    `began`: the POSIX millisecond at which the boot of the code began, by this bench's verified clock.
    """
    since = at * 1000 - began - shown.step * STEP
    if since >= (1 + GRACE) * STEP + CLOCKS:
        return Wrong.OLD
    return Wrong.EARLY if since < -CLOCKS else None


def _mac(key: Derive, bench: str, boot: str, head: bytes) -> bytes:
    context = f"safe-bench code v1\n{bench}\n{boot}".encode()
    return hmac.digest(key(context), head, "sha256")[:_MAC]


def _tag(name: str) -> bytes:
    return sha256(name.encode()).digest()[:2]


def _bytes(text: str) -> bytes | None:
    """The bytes of a text that is spelled just as `make` spells it."""
    try:
        raw = base64.urlsafe_b64decode(text.encode("ascii"))
    except ValueError:
        return None
    right = len(raw) == _SIZE and base64.urlsafe_b64encode(raw).decode() == text
    return raw if right else None
