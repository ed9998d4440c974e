"""How the page looks for this reader: palette and text size, kept in a cookie until the bench is idle."""

from __future__ import annotations

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from kiosk.web.access import allow, anyone

PALETTES = ("day", "night", "contrast")
SIZES = ("normal", "large")
_COOKIE = "display"

blueprint = Blueprint("display", __name__)


def display() -> tuple[str, str]:
    """The reader's palette ("" for by the time of day) and text size."""
    palette, _, size = request.cookies.get(_COOKIE, "").partition(".")
    return palette if palette in PALETTES else "", size if size in SIZES else "normal"


def local_path(address: str) -> str:
    """`address` if it is a path of this app, else the first screen: nobody is sent elsewhere."""
    plain = address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()
    return address if plain else "/"


@blueprint.get("/display")
@allow(anyone)
def choose() -> ResponseReturnValue:
    """Change palette or text size, and go back."""
    palette, size = display()
    palette = request.args.get("palette", palette)
    size = request.args.get("text", size)
    answer = redirect(local_path(request.args.get("back", "/")), 303)
    if palette in (*PALETTES, "") and size in SIZES:
        answer.set_cookie(_COOKIE, f"{palette}.{size}", samesite="Strict", httponly=True)
    return answer
