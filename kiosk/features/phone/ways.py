"""What a phone that nobody introduced is shown all the same: whom to call, and which doors are open."""

from __future__ import annotations

from typing import Any

from kiosk.people import neighbourhood
from kiosk.people.calls import calls_shown, doors_shown
from kiosk.web.services import Services


def ways(here: Services) -> dict[str, Any]:
    """The neighbourhood's numbers and doors, as the pages draw them."""
    known = neighbourhood.described(here.db.conn)
    if known is None:
        return {"calls": [], "doors": []}
    return {"calls": calls_shown(known), "doors": doors_shown(known, known.doors)}
