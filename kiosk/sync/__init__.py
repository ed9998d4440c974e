"""Exchange of events between benches and the node: see DESIGN 5 and `protocol`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from kiosk.core.feature import AS_LONG_AS_THE_LOG, Feature, Holding, Operation
from kiosk.core.sentences import N_
from kiosk.sync import fleet
from kiosk.sync.events import BENCH_ENROLLED, BENCH_REVOKED, BENCH_TRUSTED

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
    from kiosk.sync.enrolling import lock_out

    return lock_out(here, **words)


def _publish(here: Services, **words: Any) -> Mapping[str, Any]:
    from kiosk.sync.drafts import publish

    return publish(here, **words)


def _aside(name: str) -> Operation:
    """An operation of `kiosk.sync.aside`, which loads when it is asked for."""

    def run(here: Services, **words: Any) -> Mapping[str, Any]:
        from kiosk.sync import aside

        done: Mapping[str, Any] = getattr(aside, name)(here, **words)
        return done

    return run


def _forget(here: Services) -> None:
    from kiosk.sync.forgetting import forget

    forget(here)


FLEET = Feature(
    name="fleet",
    events=(BENCH_ENROLLED, BENCH_REVOKED, BENCH_TRUSTED),
    schema=(fleet.BENCHES, fleet.REVOKED),
    apply=fleet.apply,
    describe=fleet.describe,
    central=_routes,
    operations={
        "bench.code": _code,
        "bench.revoke": _revoke,
        "trust.publish": _publish,
        "aside.list": _aside("listed"),
        "aside.show": _aside("shown"),
        "aside.drop": _aside("dropped"),
        "aside.take": _aside("taken"),
    },
    chores=(_forget,),
    holdings=(
        Holding("benches", N_("the names and public keys of the benches"), AS_LONG_AS_THE_LOG),
        Holding("revoked_sources", N_("which benches were locked out"), AS_LONG_AS_THE_LOG),
    ),
)
