"""A badge as a picture file."""

from __future__ import annotations

from io import BytesIO

from kiosk.adapters.card import DPI, Card, upright


def badge_png(text: str, name: str, number: str, network: str) -> bytes:
    """A card for the badge `text`, A7, as PNG."""
    out = BytesIO()
    upright(Card(text, name, number, network)).quantize(16).save(out, "PNG", dpi=(DPI, DPI), optimize=True)
    return out.getvalue()
