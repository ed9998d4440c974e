"""Notes as they come in at a node, and its mornings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from kiosk.adapters.sealing import NotForThisKey, unseal
from kiosk.core.event import Whole, encode_body, new_salt
from kiosk.core.feature import Decision, Matter
from kiosk.features.flags import FEATURE
from kiosk.features.flags.events import LOOKED
from kiosk.features.incidents.events import NOTED, Ended, Noted, What
from kiosk.people.events import DESCRIBED
from kiosk.web.services import Services
from tests.support import NEIGHBOURHOOD
from tests.support.desk import MediatedNode

DAY = 86400
SOURCE = "linden-bakery.1test"


@dataclass
class NodeWithNotes:
    """A node of the sample neighbourhood at 21:44."""

    desk: MediatedNode
    _seq: int = 0

    def __post_init__(self) -> None:
        self.here.journal.record(DESCRIBED, NEIGHBOURHOOD)

    @property
    def here(self) -> Services:
        return self.desk.here

    def notes(self, member: str, count: int, zone: str = "park") -> None:
        """So many notes of a member about a zone come in, written just now."""
        now = self.desk.time.system // 1000
        note = Noted(member, What.NOISE, zone, now, Ended.PARTED)
        bodies = [encode_body(NOTED, note, now, "b00", 1) for _ in range(count)]
        forms = [Whole(new_salt(), body) for body in bodies]
        self.here.journal.append(SOURCE, self._seq + 1, forms)
        self._seq += count

    def look(self) -> None:
        """The chore, as it comes round every half minute."""
        (chore,) = FEATURE.chores
        chore(self.here)

    def morning(self) -> None:
        """A day later."""
        self.desk.time.pass_seconds(DAY)
        self.look()

    @property
    def looked(self) -> list[Any]:
        """What was recorded each morning, oldest first."""
        return [entry.data for entry in self.here.journal.entries(self.here.db, [LOOKED])]

    def matters(self, mediator: str) -> list[Matter]:
        assert FEATURE.matters is not None
        return list(FEATURE.matters(self.here, mediator))

    def read(self, mediator: str, place: str | None = None) -> None:
        """A mediator says that they have read it."""
        assert FEATURE.decide is not None
        place = place or self.matters(mediator)[0].place
        FEATURE.decide(self.here, Decision(mediator, place, "seen"))

    def opened(self, sealed: bytes) -> dict[str, str]:
        """What each mediator who can open this reads."""
        found = {}
        for number, key in self.desk.keys.items():
            try:
                found[number] = unseal(sealed, key)
            except NotForThisKey:
                continue
        return found
