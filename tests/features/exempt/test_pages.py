"""Holds at the desk, in public, and on the command line."""

from __future__ import annotations

import re
from pathlib import Path

from click.testing import CliRunner
from flask.testing import FlaskClient

from kiosk.cli import cli
from kiosk.core.event import Whole, encode_body, new_salt
from kiosk.features.exempt import model
from kiosk.features.exempt.events import ASKED, CONFIRMED, Asked, Confirmed
from kiosk.features.incidents.events import NOTED, Ended, Noted, What
from tests.support import EVENING, Bench
from tests.support.node import Node

RECORD = "linden-bakery.1test/1"
WHY = "Asked for by <b>the court</b>"


def _ask(node: Node, desk: FlaskClient, records: str = RECORD, days: int = 28) -> int:
    at = node.time.system // 1000
    if not node.here.journal.find(node.here.db, "linden-bakery.1test").size:
        note = Noted("10777", What.NOISE, "park", at, Ended.PARTED)
        form = Whole(new_salt(), encode_body(NOTED, note, at, "b00700000001", 1))
        node.here.journal.append("linden-bakery.1test", 1, [form])
    return desk.post("/desk/holds", data={"records": records, "reason": WHY, "days": days}).status_code


def _hold(page: str) -> str:
    found = re.search(r'name="hold" value="([^"]+)"', page)
    assert found is not None, page
    return found[1]


def test_two_coordinators_hold_a_record_and_one_ends_it(node: Node, rosa: str, lea: str) -> None:
    first, second = node.signed_in(rosa), node.signed_in(lea)
    assert _ask(node, first) == 303
    assert "Hold records: 1 waits" in second.get("/desk").text
    own = first.get("/desk/holds").text
    assert "waits for a second coordinator" in own
    assert ">Confirm<" not in own
    page = second.get("/desk/holds").text
    assert "Asked for by Rosa" in page
    assert "&lt;b&gt;the court" in page
    hold = _hold(page)
    assert first.post("/desk/holds/confirm", data={"hold": hold}).status_code == 409
    assert second.post("/desk/holds/confirm", data={"hold": hold}).status_code == 303
    assert "1 record: held" in first.get("/desk/holds").text
    assert list(model.kept(node.here.db.conn, node.time.system // 1000)) == [RECORD]
    assert "cannot be had back" in first.get(f"/desk/holds/end?hold={hold}").text
    assert first.post("/desk/holds/end", data={"hold": hold}).status_code == 303
    assert list(model.kept(node.here.db.conn, node.time.system // 1000)) == []


def test_what_cannot_be_held_is_said_beside_what_was_typed(node: Node, rosa: str) -> None:
    desk = node.signed_in(rosa)
    assert _ask(node, desk, "linden-bakery.1test/77") == 422
    page = desk.post("/desk/holds", data={"records": "nonsense", "reason": WHY, "days": "28"}).text
    assert "A record is named like" in page
    assert "nonsense</textarea>" in page
    assert 'name="days" value="28" checked' in page
    assert desk.get("/desk/holds/end?hold=nowhere.1/1").status_code == 404
    assert desk.post("/desk/holds/confirm", data={"hold": "nowhere.1/1"}).status_code == 409


def test_everybody_sees_how_many_records_are_held_and_nothing_more(
    node: Node, rosa: str, lea: str, bench: Bench
) -> None:
    assert "Records kept longer this cycle: 0" in node.client.get("/").text
    assert "Records kept longer this cycle: 0" in bench.client.get("/log").text
    _ask(node, node.signed_in(rosa))
    second = node.signed_in(lea)
    second.post("/desk/holds/confirm", data={"hold": _hold(second.get("/desk/holds").text)})
    bench.from_node((ASKED, Asked((RECORD,), WHY, "23456", EVENING + 86400)))
    bench.from_node((CONFIRMED, Confirmed(f"central.1test/{bench._central_seq}", "34567")))
    for page in (node.client.get("/").text, bench.client.get("/log").text):
        assert "Records kept longer this cycle: 1" in page
        for secret in (RECORD, "court", "Rosa", rosa):
            assert secret not in page


def test_the_command_lists_every_hold_and_their_number(node: Node, rosa: str, tmp_path: Path) -> None:
    _ask(node, node.signed_in(rosa))
    node.close()
    listed = CliRunner().invoke(cli, ["central", "hold", "list", "--data", str(tmp_path / "node")])
    assert listed.exit_code == 0, listed.output
    assert "asked for by Rosa" in listed.output
    assert f"    {RECORD}\n" in listed.output
    assert listed.output.endswith("Records kept longer this cycle: 0\n")
