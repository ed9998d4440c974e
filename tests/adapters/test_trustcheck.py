"""What `doctor`, the host's page and `bench status` say about trust lists."""

from __future__ import annotations

import pytest

from kiosk.adapters import trust
from kiosk.adapters.keys import DeviceKey
from kiosk.adapters.trustcheck import trust_findings
from kiosk.commands.standing import standing_of
from kiosk.core.errors import Untrusted
from kiosk.core.mandate import Role
from kiosk.sync import trusting
from tests.support import PIN, Bench
from tests.support.roots import YEAR, Roots

DAY = 86400


@pytest.fixture
def roots() -> Roots:
    return Roots()


def _give(bench: Bench, roots: Roots, version: int, days: int = 365, *nodes: bytes) -> None:
    at = bench.time.system // 1000
    listed = roots.listed(version, at + days * DAY, nodes or [bench.node.public])
    with bench.here.journal.writing() as db:
        trust.take(db, roots.network, [roots.signed(listed)], at)


def _said(bench: Bench) -> tuple[list[str], list[str]]:
    """What is well, and what is not."""
    found = list(trust_findings(bench.here.db, bench.data, bench.time()))
    return [one.sentence for one in found if one.ok], [one.sentence for one in found if not one.ok]


def _host_page(bench: Bench) -> str:
    client = bench.client
    bench.member("48213", "Rosa", Role.HOST)
    client.post("/sign-in", data={"who": "48213", "pin": PIN, "then": "/host"})
    return client.get("/host").text


def test_no_list_yet_is_said_and_is_no_alarm(bench: Bench) -> None:
    well, wrong = _said(bench)
    assert well == ["There is no trust list yet: nothing can be sealed for mediators."]
    assert wrong == []


def test_a_list_in_force_is_well_until_two_weeks_before_its_end(bench: Bench, roots: Roots) -> None:
    _give(bench, roots, 3)
    well, wrong = _said(bench)
    assert any("Trust list 3 is in force until" in line for line in well)
    assert wrong == []
    standing = standing_of(bench.data.path)
    assert (standing.trust, standing.trust_ends) == (3, "2027-11-23T20:44:00Z")
    assert "Trust list: version 3, until 2027-11-23T20:44:00Z" in standing.lines()
    bench.time.pass_seconds(YEAR - 13 * DAY)
    assert "ends at" in _said(bench)[1][0]
    bench.time.pass_seconds(13 * DAY)
    assert "is over since" in _said(bench)[1][0]


def test_a_list_that_was_refused_is_said_to_the_host_and_by_the_doctor_until_one_is_taken(
    bench: Bench, roots: Roots
) -> None:
    _give(bench, roots, 2)
    others = Roots()
    at = bench.time.system // 1000
    foreign = others.signed(others.listed(3, at + YEAR, [DeviceKey.generate().public]))
    assert not trusting.receive(bench.here, [foreign])
    (wrong,) = _said(bench)[1]
    assert wrong.startswith("At 2026-11-23T20:44:00Z a trust list was refused: ")
    assert "not signed by the roots that this device knows" in wrong
    assert "Somebody tried to change whom this bench trusts." in _host_page(bench)
    _give(bench, roots, 3)
    assert _said(bench)[1] == []
    assert "Somebody tried" not in _host_page(bench)


def test_a_kept_list_that_was_tampered_with_is_found(bench: Bench, roots: Roots) -> None:
    _give(bench, roots, 1)
    others = Roots()
    note = others.signed(others.listed(2, bench.time.system // 1000 + YEAR, [bench.node.public]))
    with pytest.raises(Untrusted):
        trust.take(bench.here.db, others.network, [note], 0)
    with bench.here.journal.writing() as db:
        db.conn.execute("INSERT INTO trust_lists VALUES (2, ?)", (note,))
    assert any("do not hold" in line for line in _said(bench)[1])


def test_a_node_that_is_not_on_the_list_is_found(bench: Bench, roots: Roots) -> None:
    _give(bench, roots, 1, 365, DeviceKey.generate().public)
    assert any("is not on its trust list" in line for line in _said(bench)[1])
