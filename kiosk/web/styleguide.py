"""`/styleguide`: the design system on one page, for whoever works on it, where `config.toml` asks for it.

It speaks to developers, so its own few words are English in every language.
"""

from __future__ import annotations

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from kiosk.web import palettes
from kiosk.web.access import allow, anyone

TYPE = ("headline", "title", "label", "lead", "text")
SPACING = ("pad", "gap", "round", "big", "tap", "fit")

blueprint = Blueprint("styleguide", __name__)


@blueprint.get("/styleguide")
@allow(anyone)
def styleguide() -> ResponseReturnValue:
    """Palettes with their contrast, type, spacing, the symbol, all shapes and all parts in all states."""
    return render_template(
        "styleguide/styleguide.html", pairs=palettes.pairs(), type_scale=TYPE, spacing=SPACING
    )
