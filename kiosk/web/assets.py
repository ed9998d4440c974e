"""Where templates and static files are, and the addresses that let a browser keep them for good."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from pathlib import Path

from flask import Flask, Response, request

_PACKAGE = Path(__file__).parents[1]
_CHECKOUT = _PACKAGE.parent
YEAR = 365 * 24 * 3600


_PLACES = {"templates": "templates", "static": "static", "sample": "provisioning/sample"}


def folder(name: str) -> Path:
    """`templates`, `static` or `sample`: in the checkout, or inside the package when installed."""
    inside = _PACKAGE / f"_{name}"
    return inside if inside.is_dir() else _CHECKOUT / _PLACES[name]


@cache
def _version(path: Path, _changed: int) -> str:
    return sha256(path.read_bytes()).hexdigest()[:10]


def asset(name: str) -> str:
    """The address of a static file, with a version that changes when its content does."""
    path = folder("static") / name
    return f"/static/{name}?v={_version(path, path.stat().st_mtime_ns)}"


def touch_keyboard(*, always: bool) -> str:
    """On taps of which pointer the touch keyboard opens, "touch" or "any"; "" where it was not built."""
    if not (folder("static") / "vendor" / "simple-keyboard.js").is_file():
        return ""
    return "any" if always else "touch"


def keep_versioned(response: Response) -> Response:
    """Let the browser keep for good what was asked for by its present version."""
    if request.endpoint != "static" or response.status_code not in (200, 304) or "v" not in request.args:
        return response
    if asset((request.view_args or {})["filename"]) == request.full_path:
        response.cache_control.no_cache = None
        response.cache_control.public = True
        response.cache_control.max_age = YEAR
        response.cache_control.immutable = True
    return response


def install(app: Flask) -> None:
    """Make `asset` known to templates."""
    app.jinja_env.globals["asset"] = asset
    app.after_request(keep_versioned)
