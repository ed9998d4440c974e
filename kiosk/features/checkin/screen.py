"""The screen with the bench's own code: which code it shows, where that leads, and whether somebody looks."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from flask import current_app

from kiosk.features.checkin import codes, model
from kiosk.features.checkin.desk import bench_of
from kiosk.web.services import Services

EXTENSION = "safe-bench-screen"
WATCHED = 180_000
"""Milliseconds after the screen last asked for a code, in which the node is asked often what it has."""
JUST_NOW = 12_000
"""Milliseconds for which the screen says that a check-in was recorded."""
_SPECIAL = re.compile(r'([\\;,:"])')


@dataclass(frozen=True)
class Near:
    """The bench's own Wi-Fi: where phones in it reach the bench ("": nowhere), its name, its password."""

    url: str = ""
    name: str = ""
    password: str = ""

    def joins(self) -> str:
        """The text of a code by which phones join it, as they all read it; "" without a name."""
        if not self.name:
            return ""
        name, password = (_SPECIAL.sub(r"\\\1", words) for words in (self.name, self.password))
        return f"WIFI:T:WPA;S:{name};P:{password};;" if password else f"WIFI:T:nopass;S:{name};;"


class Screen:
    """What one app knows of its screen. `uptime` gives milliseconds; `on_begin` is called when one looks."""

    def __init__(self, near: Near, uptime: Callable[[], int]) -> None:
        self.near = near
        self.on_begin: Callable[[], None] = lambda: None
        self._uptime = uptime
        self._until = 0

    @property
    def is_watched(self) -> bool:
        """Whether the code was asked for within the last three minutes."""
        return self._uptime() < self._until

    def watched(self) -> None:
        """The code is on the screen now."""
        begins = not self.is_watched
        self._until = self._uptime() + WATCHED
        if begins:
            self.on_begin()


def screen() -> Screen:
    """The screen of the app that answers the present request."""
    return cast(Screen, current_app.extensions[EXTENSION])


def present_code(here: Services) -> str:
    """The code that is shown now: another one each step, and at once after it was used.

    After the last of a step that one stays, which counts no more, until the next step.
    """
    tick, bench, db = here.clock.tick(), bench_of(here), here.db.conn
    step = codes.step_at(tick.uptime)
    code = ""
    for n in range(codes.MOST):
        code = codes.make(here.device.key.derive, bench, tick.boot, step, n)
        if model.used_by(db, code) is None:
            break
    return code


def recorded_just_now(here: Services) -> bool:
    """Whether a phone's check-in was recorded a moment ago."""
    tick = here.clock.tick()
    last = model.last_by_phone(here.db.conn, tick.boot)
    return last is not None and tick.uptime - last < JUST_NOW


def ways(here: Services) -> list[str]:
    """By which ways a phone can come: `node`, `wifi`; the likelier one first."""
    last = here.device.identity.node_url
    found = ["node"] if last else []
    return [*found, "wifi"] if screen().near.url else found


def address(here: Services, way: str, code: str) -> str:
    """Where the code leads by this way."""
    if way == "wifi":
        return f"{screen().near.url}/at/{code}"
    return f"{here.device.identity.node_url.rstrip('/')}/at/{bench_of(here)}/{code}"
