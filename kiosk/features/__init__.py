"""The features, each one folder that declares itself. To add one, name it here."""

from __future__ import annotations

from kiosk.core.feature import Feature
from kiosk.features import (
    checkin,
    claims,
    desk,
    exempt,
    flags,
    holds,
    host,
    incidents,
    listen,
    log,
    mediation,
    phone,
    posters,
)
from kiosk.features import help as getting_help

FEATURES: tuple[Feature, ...] = (
    checkin.FEATURE,
    phone.FEATURE,
    posters.FEATURE,
    getting_help.FEATURE,
    holds.FEATURE,
    incidents.FEATURE,
    log.FEATURE,
    claims.FEATURE,
    host.FEATURE,
    mediation.FEATURE,
    flags.FEATURE,
    desk.FEATURE,
    exempt.FEATURE,
    listen.FEATURE,
)
