"""What the composition root built, as views reach it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import cast

from flask import current_app
from sqlite_utils import Database

from kiosk.adapters.clock import Clock
from kiosk.adapters.device import Device
from kiosk.adapters.journal import Journal
from kiosk.core.feature import Feature

EXTENSION = "safe-bench"


@dataclass
class Services:
    """The adapters of one running app. `device` changes with a new epoch, and with another node key.

    `locked`: the roots have had this tablet wiped: nobody signs in, and nothing more is written.
    """

    journal: Journal
    clock: Clock
    device: Device
    features: tuple[Feature, ...]
    locked: bool = False

    @property
    def db(self) -> Database:
        """This thread's connection for queries."""
        return self.journal.store.reading()


def told_in_public() -> list[str]:
    """What the features say at the foot of the public log."""
    here = services()
    return [feature.tells(here) for feature in here.features if feature.tells is not None]


def services() -> Services:
    """The services of the app that answers the present request."""
    return cast(Services, current_app.extensions[EXTENSION])
