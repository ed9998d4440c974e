"""What a phone that nobody introduced is shown all the same: whom to call, and which doors are open."""

from __future__ import annotations

from typing import Any

from kiosk.people import neighbourhood
from kiosk.people.calls import kind_words
from kiosk.web.services import Services


def ways(here: Services) -> dict[str, Any]:
    """The neighbourhood's numbers and doors, as the pages draw them."""
    known = neighbourhood.described(here.db.conn)
    calls, doors = (known.calls, known.doors) if known else ((), ())
    return {"calls": calls, "kinds": kind_words(), "doors": doors}
