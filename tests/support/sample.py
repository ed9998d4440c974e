"""The sample neighbourhood, as one that has named its next assembly."""

from __future__ import annotations

from functools import cache

from kiosk.people.events import Described
from kiosk.people.written import parse_toml
from kiosk.web.assets import folder


def neighbourhood_file() -> str:
    """Its file with the example taken in, on a day that no test will see."""
    text = (folder("sample") / "neighbourhood.toml").read_text("utf-8")
    return text.replace("# next_assembly.", "next_assembly.").replace("2026-12-06", "2099-12-06")


@cache
def sample() -> Described:
    """What that file says, in four languages."""
    return parse_toml("neighbourhood.toml", neighbourhood_file())
