"""Exchange of events between benches and the node: see DESIGN 5 and `protocol`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kiosk.core.feature import Feature, Holding
from kiosk.sync import fleet
from kiosk.sync.events import BENCH_ENROLLED, BENCH_REVOKED

if TYPE_CHECKING:
    from flask import Blueprint

    from kiosk.web.services import Services


def _routes() -> Blueprint:
    from kiosk.sync.routes import blueprint

    return blueprint()


def _code(here: Services, **words: Any) -> Mapping[str, Any]:
    from kiosk.sync.enrolling import make_code

    return make_code(here, **words)


def _revoke(here: Services, **words: Any) -> Mapping[str, Any]:
    from kiosk.people.operations import renew_pins
    from kiosk.sync.enrolling import revoke

    return {**revoke(here, **words), **renew_pins(here)}


FLEET = Feature(
    name="fleet",
    events=(BENCH_ENROLLED, BENCH_REVOKED),
    schema=(fleet.BENCHES, fleet.REVOKED),
    apply=fleet.apply,
    describe=fleet.describe,
    central=_routes,
    operations={"bench.code": _code, "bench.revoke": _revoke},
    holdings=(
        Holding("benches", "the names and public keys of the benches", "as long as the log"),
        Holding("revoked_sources", "which benches were locked out", "as long as the log"),
    ),
)
