"""Headers on every answer, and the check of where a form came from."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, abort, current_app, request

CAMERA = "SAFE_BENCH_CAMERA"
"""In `app.config`: whether pages use the camera, send what it sees to the app, and play sounds."""

_POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self'",
    "form-action": "'self'",
    "base-uri": "'none'",
    "frame-ancestors": "'none'",
    "require-trusted-types-for": "'script'",
    "trusted-types": "'none'",
}
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    # Not `no-referrer`: with that, browsers send our own forms with `Origin: null`, and none would pass.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
_NEVER = "microphone=(), geolocation=(), payment=(), usb=()"
_FOR_PROGRAMS = {"X-Content-Type-Options": "nosniff"}
"""Under /api/ nothing is shown, and a sync with nothing new is to be few bytes."""
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def policy(*, camera: bool) -> str:
    """The Content-Security-Policy: nothing but what pages use; scripts and sounds only with a camera."""
    parts = {**_POLICY, "connect-src": "'self'", "media-src": "'self'"} if camera else _POLICY
    return "; ".join(f"{name} {sources}" for name, sources in parts.items())


def headers_of(*, camera: bool) -> dict[str, str]:
    """What every page and file carries."""
    own = f"camera=({'self' if camera else ''}), {_NEVER}"
    return {"Content-Security-Policy": policy(camera=camera), "Permissions-Policy": own, **_HEADERS}


_SETS = {camera: headers_of(camera=camera) for camera in (False, True)}


def add_headers(response: Response) -> Response:
    """Add the security headers; pages are never kept by the browser, so that Back shows nothing."""
    own = _SETS[current_app.config[CAMERA]]
    response.headers.extend(_FOR_PROGRAMS if request.path.startswith("/api/") else own)
    if request.endpoint != "static" or response.status_code >= 400:
        response.headers["Cache-Control"] = "no-store"
    return response


def check_origin() -> None:
    """403 for a form that another page sent.

    Browsers say where a request comes from in `Sec-Fetch-Site`, older ones in `Origin`; a form that says
    neither is refused. The API is exempt: it is signed, and no cookie counts there.
    """
    if request.method in _SAFE or request.path.startswith("/api/"):
        return
    site = request.headers.get("Sec-Fetch-Site")
    origin = request.headers.get("Origin")
    same = _is_ours(origin) if origin is not None else None
    if site == "same-origin" and same is not False:
        return
    if site is None and same:
        return
    abort(403)


def _is_ours(origin: str) -> bool:
    """Whether it names this host and port, and not a page that anybody on the way could have written."""
    try:
        said = urlsplit(origin)
    except ValueError:
        return False
    return said.netloc == request.host and (said.scheme == "https" or not request.is_secure)


def install(app: Flask) -> None:
    """Check every request, mark every answer."""
    app.config.setdefault(CAMERA, False)
    app.before_request(check_origin)
    app.after_request(add_headers)
