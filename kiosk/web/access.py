"""Who may see what: every view declares one rule, and nothing is served without one.

What a bench serves works on the tablet itself only, unless its view is declared `nearby`: then a phone in the
bench's Wi-Fi may ask for it too. What counts is the address that a connection comes from, so a proxy on this
machine would make everybody somebody at the tablet: put none in front of a bench.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import Flask, current_app, request
from flask.typing import ResponseReturnValue

Rule = Callable[[], ResponseReturnValue | None]
"""Returns None to let the request pass, or the answer that it gets instead."""

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])

ELSEWHERE = "SAFE_BENCH_ELSEWHERE"
"""In `app.config`: what answers requests of other machines for views that are not `nearby`; None: nothing."""

_ATTRIBUTE = "access_rule"
_THIS_MACHINE = ("localhost", "127.0.0.1")
_NEARBY = "access_nearby"


def anyone() -> None:
    """Open to every passer-by."""


def allow(rule: Rule, *, nearby: bool = False) -> Callable[[View], View]:
    """Declare a view's rule: `@allow(anyone)`; `nearby`: phones in the bench's Wi-Fi may ask for it."""

    def declare(view: View) -> View:
        setattr(view, _ATTRIBUTE, rule)
        setattr(view, _NEARBY, nearby)
        return view

    return declare


def rule_of(app: Flask, endpoint: str) -> Rule | None:
    """The declared rule of an endpoint; static files are open."""
    if endpoint == "static":
        return anyone
    return getattr(app.view_functions[endpoint], _ATTRIBUTE, None)


def is_nearby(app: Flask, endpoint: str) -> bool:
    """Whether other machines may ask for an endpoint of a bench; for static files they may."""
    return endpoint == "static" or getattr(app.view_functions[endpoint], _NEARBY, False)


def from_here() -> bool:
    """Whether the present request was made on this machine."""
    return is_here(request.remote_addr or "")


def is_here(address: str) -> bool:
    """Whether what comes from this address comes from this machine."""
    return address == "::1" or address.startswith(("127.", "::ffff:127."))


def is_private() -> bool:
    """Whether nobody on the way can read along: HTTPS, or a browser on this very machine."""
    return request.is_secure or request.host.partition(":")[0] in _THIS_MACHINE


def check() -> ResponseReturnValue | None:
    """Apply the rule of the view that was asked for."""
    if request.endpoint is None:
        return None
    rule = rule_of(current_app, request.endpoint)
    if rule is None:
        raise LookupError(f"{request.endpoint} declares no access rule")
    elsewhere: Rule | None = current_app.config[ELSEWHERE]
    if elsewhere is not None and not from_here() and not is_nearby(current_app, request.endpoint):
        return elsewhere()
    return rule()


def install(app: Flask) -> None:
    """Check every request."""
    app.config.setdefault(ELSEWHERE, None)
    app.before_request(check)
