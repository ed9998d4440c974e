"""Doing an operation in the running app when there is one, else here under the lock."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from kiosk.adapters import control
from kiosk.adapters.datadir import DataDir
from kiosk.web.services import Services


def perform(data: Path, operation: str, *, central: bool | None, **words: Any) -> Mapping[str, Any]:
    """The facts that an operation of the node (`central`), of a bench, or of either (None) answers."""
    place = DataDir(data)
    place.require()
    facts = ask_running(place, operation, **words)
    if facts is not None:
        return facts
    with alone(place, central=central) as here:
        from kiosk.serving import operations_of

        return operations_of(here)[operation](**words)


def ask_running(place: DataDir, operation: str, **words: Any) -> Mapping[str, Any] | None:
    """What the app that runs on `place` answers; None when none runs."""
    try:
        return control.call(place.socket, operation, **words)
    except ConnectionRefusedError:
        return None


@contextmanager
def alone(place: DataDir, *, central: bool | None) -> Iterator[Services]:
    """The services over `place` for one command; TryLater when an app runs on it."""
    from kiosk.composition import compose

    with place.locked():
        here = compose(place, central=central)
        try:
            yield here
        finally:
            here.journal.store.close()
