"""Whom to call, for whoever reads another language than the neighbourhood's."""

from __future__ import annotations

from flask import current_app

from kiosk.web import words
from kiosk.web.display import LANGUAGE
from kiosk.web.words import gettext as _


def kind_words() -> dict[str, str]:
    """By kind of call, what comes before the neighbourhood's own names; {} in the app's own language."""
    if words.current().code == current_app.config[LANGUAGE]:
        return {}
    return {"medical": _("Medical help"), "fire": _("Fire service"), "police": _("Police")}
