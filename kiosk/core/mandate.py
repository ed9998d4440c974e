"""Mandates: roles that end by themselves unless an assembly renews them.

A mandate ends at a publication hour, so that it never lapses in the middle of a patrol.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import tzinfo
from enum import StrEnum

from kiosk.core.errors import Refused
from kiosk.core.night import PUBLICATION_HOUR, next_publication

TERM_DAYS = 28


class Role(StrEnum):
    """What a mandate allows."""

    STEWARD = "steward"
    HOST = "host"
    COORDINATOR = "coordinator"
    MEDIATOR = "mediator"


@dataclass(frozen=True)
class Mandate:
    """`member` holds `role` from `begins` until before `ends` (POSIX seconds), on one bench or on all.

    `recalled` is when an assembly took it back, None if it did not.
    """

    member: str
    role: Role
    begins: int
    ends: int
    bench: str | None = None
    recalled: int | None = None

    @property
    def until(self) -> int:
        """The POSIX second at which it is over: its end, or its recall."""
        return self.ends if self.recalled is None else min(self.ends, self.recalled)

    def holds(self, at: int) -> bool:
        """Whether it is in force at POSIX second `at`."""
        return self.begins <= at < self.until


def term_end(begins: int, zone: tzinfo, hour: int = PUBLICATION_HOUR, days: int = TERM_DAYS) -> int:
    """The first publication hour at or after `days` days from `begins`."""
    return next_publication(begins + days * 86400 - 1, zone, hour)


def grant(
    member: str, role: Role, at: int, zone: tzinfo, *, bench: str | None = None, hour: int = PUBLICATION_HOUR
) -> Mandate:
    """A new mandate from `at` for one term."""
    return Mandate(member, role, at, term_end(at, zone, hour), bench)


def renew(mandate: Mandate, at: int, zone: tzinfo, hour: int = PUBLICATION_HOUR) -> Mandate:
    """The mandate with a new term from `at`; Refused when it was recalled."""
    if mandate.recalled is not None:
        raise Refused("This role was recalled; an assembly can grant it anew.")
    begins = mandate.begins if mandate.holds(at) else at
    return replace(mandate, begins=begins, ends=max(mandate.ends, term_end(at, zone, hour)))


def recall(mandate: Mandate, at: int, zone: tzinfo, hour: int = PUBLICATION_HOUR) -> Mandate:
    """The mandate taken back: it ends when the night of `at` ends."""
    return replace(mandate, recalled=next_publication(at, zone, hour))


def held(mandates: Iterable[Mandate], role: Role, at: int, bench: str | None = None) -> Mandate | None:
    """The mandate for `role` in force at `at` that ends last; `bench` must match where it names one."""
    fitting = [m for m in mandates if m.role == role and m.holds(at) and m.bench in (None, bench)]
    return max(fitting, key=lambda m: m.until, default=None)


def lapsed(mandates: Iterable[Mandate], role: Role, at: int) -> Mandate | None:
    """The newest mandate for `role` that has ended before `at`, or None."""
    ended = [m for m in mandates if m.role == role and m.begins <= at and not m.holds(at)]
    return max(ended, key=lambda m: m.until, default=None)
