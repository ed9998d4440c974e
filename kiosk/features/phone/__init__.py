"""Checking in by phone at the node: pending until the bench whose code it is has confirmed."""

from __future__ import annotations

from kiosk.core.feature import Feature
from kiosk.features.phone.events import ANSWERED, ASKED

FEATURE = Feature(name="phone", events=(ASKED, ANSWERED))
