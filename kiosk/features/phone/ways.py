"""What a phone that nobody introduced is shown all the same: whom to call, and which doors are open."""

from __future__ import annotations

from typing import Any

from kiosk.people import neighbourhood
from kiosk.web.services import Services


def ways(here: Services) -> dict[str, Any]:
    """The neighbourhood's numbers and doors, as the pages draw them."""
    known = neighbourhood.described(here.db.conn)
    return {"calls": known.calls if known else (), "doors": known.doors if known else ()}
