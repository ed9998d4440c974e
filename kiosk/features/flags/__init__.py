"""Flags, at the node: two mediators are told, quietly, when one writer files many notes about one zone."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from kiosk.core.feature import Decision, Feature, Matter
from kiosk.features.flags import model
from kiosk.features.flags.events import LOOKED
from kiosk.features.incidents.events import NOTED

if TYPE_CHECKING:
    from kiosk.web.services import Services


def _look(here: Services) -> None:
    from kiosk.features.flags.looking import look  # only where notes come together

    look(here)


def _matters(here: Services, mediator: str) -> Sequence[Matter]:
    from kiosk.features.flags.matters import matters

    return matters(here, mediator)


def _decide(here: Services, decision: Decision) -> None:
    from kiosk.features.flags.matters import decide

    decide(here, decision)


FEATURE = Feature(
    name="flags",
    events=(LOOKED,),
    reads=(NOTED,),
    schema=model.SCHEMA,
    apply=model.apply,
    central_only=True,
    chores=(_look,),
    spent=model.spent,
    matters=_matters,
    decide=_decide,
)
