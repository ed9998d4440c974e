"""Headers on every answer, and the check of where a form came from."""

from __future__ import annotations

from urllib.parse import urlsplit

from flask import Flask, Response, abort, request

CONTENT_SECURITY_POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)
_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    # Not `no-referrer`: with that, browsers send our own forms with `Origin: null`, and none would pass.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(self), microphone=(), geolocation=(), payment=(), usb=()",
}
_FOR_PROGRAMS = {"X-Content-Type-Options": "nosniff"}
"""Under /api/ nothing is shown, and a sync with nothing new is to be few bytes."""
_SAFE = frozenset({"GET", "HEAD", "OPTIONS"})


def add_headers(response: Response) -> Response:
    """Add the security headers; pages are never kept by the browser, so that Back shows nothing."""
    response.headers.extend(_FOR_PROGRAMS if request.path.startswith("/api/") else _HEADERS)
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
    same = _host_of(origin) == request.host if origin is not None else None
    if site == "same-origin" and same is not False:
        return
    if site is None and same:
        return
    abort(403)


def _host_of(origin: str) -> str | None:
    try:
        return urlsplit(origin).netloc
    except ValueError:
        return None


def install(app: Flask) -> None:
    """Check every request, mark every answer."""
    app.before_request(check_origin)
    app.after_request(add_headers)
