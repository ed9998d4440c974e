"""The features, each one folder that declares itself. To add one, name it here."""

from __future__ import annotations

from kiosk.core.feature import Feature
from kiosk.features import checkin, incidents, log, posters

FEATURES: tuple[Feature, ...] = (checkin.FEATURE, posters.FEATURE, incidents.FEATURE, log.FEATURE)
