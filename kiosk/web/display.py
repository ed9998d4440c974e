"""How the page looks, speaks and sounds for this reader: palette, text size, language, volume.

Kept in a cookie, on a bench until it is idle.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlsplit

from flask import Blueprint, Flask, current_app, redirect, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.wrappers import Response

from kiosk.web import words
from kiosk.web.access import allow, anyone

PALETTES = ("day", "night", "contrast")
SIZES = ("normal", "large")
VOLUMES = ("loud", "quiet", "off")
LANGUAGE = "SAFE_BENCH_LANGUAGE"
"""In `app.config`: the language of whoever has not chosen one."""

NEGOTIATES = "SAFE_BENCH_NEGOTIATES"
"""In `app.config`: whether that is what the browser asks for, where that is known: not on a tablet."""

_COOKIE = "display"

blueprint = Blueprint("display", __name__)


@dataclass(frozen=True)
class Display:
    """What the reader chose; "" is no choice: then it goes by the time of day, or by the app."""

    palette: str = ""
    size: str = "normal"
    language: str = ""
    volume: str = ""

    def __str__(self) -> str:
        return f"{self.palette}.{self.size}.{self.language}.{self.volume}"


def display() -> Display:
    """The reader's choice."""
    palette, _, rest = request.cookies.get(_COOKIE, "").partition(".")
    size, _, rest = rest.partition(".")
    language, _, volume = rest.partition(".")
    return Display(
        palette if palette in PALETTES else "",
        size if size in SIZES else "normal",
        language if language in words.languages() else "",
        volume if volume in VOLUMES else "",
    )


def facts(*, night: bool) -> dict[str, Any]:
    """What every template needs to know of it; `night`: whether it is dark outside."""
    chosen, spoken = display(), words.current()
    return {
        "lang": spoken.code,
        "dir": spoken.direction,
        "languages": [(one.code, one.name) for one in words.languages().values()],
        "palette_chosen": chosen.palette,
        "palette": chosen.palette or ("night" if night else "day"),
        "text_size": chosen.size,
        "display_chosen": chosen != Display(),
        "back": _here(),
    }


def volume(usual: str, *, night: bool) -> str:
    """How loud this reader wants it; `usual` for whoever has not chosen, and never loud by night."""
    return display().volume or ("quiet" if night and usual == "loud" else usual)


def _here() -> str:
    """Where to go back to from a choice: this page, or the one whose form it answers."""
    if request.method in ("GET", "HEAD"):
        return local_path(request.full_path.rstrip("?"))
    try:
        came = urlsplit(request.referrer or "")
    except ValueError:  # no address at all
        return "/"
    return local_path(f"{came.path}?{came.query}" if came.query else came.path)


def forget(response: Response) -> Response:
    """Let the next reader begin as everybody does."""
    response.delete_cookie(_COOKIE, httponly=True, samesite="Strict")
    return response


def speak(*, negotiate: bool | None = None) -> None:
    """Speak the reader's language; `negotiate` as NEGOTIATES, for one page."""
    chosen = display().language
    if not chosen and (current_app.config[NEGOTIATES] if negotiate is None else negotiate):
        chosen = _asked_for()
    words.use(chosen or current_app.config[LANGUAGE])


def _asked_for() -> str:
    """The first language that the browser names and that is known here; `fr-CA` asks for `fr` too."""
    codes = (tag.partition("-")[0].lower() for tag in request.accept_languages.values())
    return next((code for code in codes if code in words.languages()), "")


def local_path(address: str) -> str:
    """`address` if it is a path of this app, else the first screen: nobody is sent elsewhere."""
    plain = address.startswith("/") and not address.startswith(("//", "/\\")) and address.isprintable()
    return address if plain else "/"


@blueprint.get("/display")
@allow(anyone, nearby=True)
def choose() -> ResponseReturnValue:
    """Change palette, text size, language or volume, and go back."""
    before = display()
    wanted = replace(
        before,
        palette=request.args.get("palette", before.palette),
        size=request.args.get("text", before.size),
        language=request.args.get("lang", before.language),
        volume=request.args.get("volume", before.volume),
    )
    answer = redirect(local_path(request.args.get("back", "/")), 303)
    known = wanted.palette in (*PALETTES, "") and wanted.size in SIZES and wanted.volume in (*VOLUMES, "")
    if known and wanted.language in (*words.languages(), ""):
        answer.set_cookie(_COOKIE, str(wanted), samesite="Strict", httponly=True)
    return answer


@blueprint.get("/language")
@allow(anyone)
def choose_language() -> ResponseReturnValue:
    """All languages, for when the bottom bar has no room for their names."""
    return render_template("components/languages.html", back=local_path(request.args.get("back", "/")))


def install(app: Flask) -> None:
    """Speak the reader's language in every answer."""
    app.config.setdefault(LANGUAGE, words.FALLBACK)
    app.config.setdefault(NEGOTIATES, False)
    app.before_request(speak)
    app.register_blueprint(blueprint)
