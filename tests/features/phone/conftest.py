"""A node with a bench that can be asked, and a phone."""

from __future__ import annotations

from dataclasses import dataclass

import msgspec
import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from kiosk.adapters.checkpoints import keep_checkpoint
from kiosk.adapters.keys import DeviceKey
from kiosk.core.checkpoint import Checkpoint, sign_checkpoint
from kiosk.core.event import EventType, Whole, encode_body, new_salt
from kiosk.core.note import VerifierKey
from kiosk.features.checkin.events import ARRIVED, Arrived
from kiosk.people import phonelinks
from kiosk.people.events import DESCRIBED
from kiosk.sync.events import BENCH_ENROLLED, Enrolled
from tests.support import NEIGHBOURHOOD
from tests.support.node import Node

CODE = "Abcdefghijklmnop_-012345"
BENCH, SOURCE = "linden-bakery", "linden-bakery.1test"


@dataclass
class Street:
    """The node, the steward Ines, her phone, and what the bench is told and tells."""

    node: Node
    number: str
    phone: FlaskClient

    def link(self, number: str = "") -> str:
        """The path of a new link."""
        made = phonelinks.make_link(self.node.here, member=number or self.number)
        return f"/phone/{made['secret']}"

    def introduce(self, phone: FlaskClient | None = None, number: str = "") -> FlaskClient:
        """Introduce a phone, Ines's unless another is named."""
        phone = phone or self.phone
        assert phone.post(self.link(number)).status_code == 303
        return phone

    def scan(self, phone: FlaskClient | None = None, *, code: str = CODE, wants: str = "in") -> TestResponse:
        """A tap on the page that a code opens."""
        return (phone or self.phone).post(f"/at/{BENCH}/{code}", data={"wants": wants})

    def asks(self) -> list[tuple[str, str]]:
        """Where asks stand, and for whom."""
        query = "SELECT place, member FROM phone_asks ORDER BY at, place"
        return self.node.here.db.conn.execute(query).fetchall()

    def writes(self, kind: EventType, data: msgspec.Struct, source: str = SOURCE) -> str:
        """What a bench writes reaches the node; where it stands."""
        journal = self.node.here.journal
        body = encode_body(kind, data, self.node.time.system // 1000, "b", 1)
        done = journal.append(source, None, [Whole(new_salt(), body)])
        return f"{source}/{done.size}"

    def arrives(self, member: str) -> tuple[str, VerifierKey]:
        """A member's arrival at the bench, under a checkpoint that the bench signed: place, key."""
        place = self.writes(ARRIVED, Arrived(member, self.node.time.system // 1000 + 9000, "badge", True))
        here, key = self.node.here, DeviceKey.generate()
        signer = VerifierKey(f"{here.device.identity.network}/{SOURCE}", key.public)
        with here.journal.writing() as db:
            held = here.journal.find(db, SOURCE)
            note = sign_checkpoint(Checkpoint(signer.name, held.size, held.tree.root()), signer, key.sign)
            keep_checkpoint(db, held, held.tree, str(note))
        return place, signer


@pytest.fixture
def street(node: Node) -> Street:
    """A node of Lindenfield, with the bench Linden Bakery."""
    enrolled = [(BENCH, "Linden Bakery"), ("corner", "Corner")]
    facts = [(BENCH_ENROLLED, Enrolled(who, name, who.encode().ljust(32))) for who, name in enrolled]
    node.here.journal.record_all([(DESCRIBED, NEIGHBOURHOOD), *facts])
    return Street(node, node.member("Ines", "steward"), node.client)
