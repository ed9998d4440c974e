"""Who may see what: every view declares one rule, and nothing is served without one."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask import Flask, current_app, request
from flask.typing import ResponseReturnValue

Rule = Callable[[], ResponseReturnValue | None]
"""Returns None to let the request pass, or the answer that it gets instead."""

View = TypeVar("View", bound=Callable[..., ResponseReturnValue])

_ATTRIBUTE = "access_rule"


def anyone() -> None:
    """Open to every passer-by."""


def allow(rule: Rule) -> Callable[[View], View]:
    """Declare a view's rule: `@allow(anyone)`."""

    def declare(view: View) -> View:
        setattr(view, _ATTRIBUTE, rule)
        return view

    return declare


def rule_of(app: Flask, endpoint: str) -> Rule | None:
    """The declared rule of an endpoint; static files are open."""
    if endpoint == "static":
        return anyone
    return getattr(app.view_functions[endpoint], _ATTRIBUTE, None)


def check() -> ResponseReturnValue | None:
    """Apply the rule of the view that was asked for."""
    if request.endpoint is None:
        return None
    rule = rule_of(current_app, request.endpoint)
    if rule is None:
        raise LookupError(f"{request.endpoint} declares no access rule")
    return rule()


def install(app: Flask) -> None:
    """Check every request."""
    app.before_request(check)
