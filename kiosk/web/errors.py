"""Error pages: what happened, what was kept, what to do, whom to ask."""

from __future__ import annotations

import sqlite3

from flask import Flask, current_app, jsonify, make_response, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from kiosk.core.errors import NotSaved, Refused, SafeBenchError, TryLater
from kiosk.web import display
from kiosk.web.forms import FormError
from kiosk.web.words import gettext as _
from kiosk.web.words import say

TEMPLATE = "SAFE_BENCH_ERROR_TEMPLATE"
"""In `app.config`: the page that errors are shown on, with the ways on from there."""


def _sentences(code: int) -> tuple[str, str]:
    """What happened, and what to do."""
    known = {
        400: (_("That could not be read."), _("Go back and try once more.")),
        403: (_("This did not come from a page of ours, so nothing was done."), _("Start again here.")),
        404: (_("There is no such page here."), _("Start again from the first page.")),
        405: (_("That does not work this way."), _("Start again from the first page.")),
        413: (_("That is too much at once."), _("Make it shorter and try once more.")),
        500: (_("Something went wrong here."), _("Try once more.")),
    }
    return known.get(code, known[400 if code < 500 else 500])


def _kept(code: int) -> str:
    """What was kept: of a page that was only asked for, of a form that was refused, of one that broke off."""
    if code >= 500:
        return _("Nothing that said “saved” is lost.")
    if request.method in ("GET", "HEAD"):
        return _("Nothing was changed.")
    return _("Nothing was saved just now. What was saved before is still there.")


def page(code: int, title: str, todo: str, kept: str = "", ask: str = "") -> ResponseReturnValue:
    """One error, as a page or, under /api/, as JSON. Without `ask` the template says whom to ask."""
    if request.path.startswith("/api/"):
        return jsonify(status=code, title=title, detail=todo), code
    words = {"title": title, "kept": kept or _kept(code), "todo": todo, "ask": ask}
    try:
        return render_template(current_app.config[TEMPLATE], **words), code
    except (sqlite3.Error, SafeBenchError):  # what every page shows could not be read either
        return current_app.jinja_env.get_template(current_app.config[TEMPLATE]).render(
            **display.facts(night=False), bench_name="Safe Bench", **words
        ), code


def _http(error: HTTPException) -> ResponseReturnValue:
    code = error.code or 500
    if code < 400 or error.response is not None:
        return error
    answer = make_response(page(code, *_sentences(code)))
    if isinstance(error, MethodNotAllowed):
        answer.allow.update(error.valid_methods or ())
    return answer


def _not_saved(error: NotSaved) -> ResponseReturnValue:
    todo = _("Please try once more. Reading still works.")
    return page(507, say(error), todo, kept=_("Nothing of it was saved."))


def _refused(error: Refused) -> ResponseReturnValue:
    return page(409, say(error), _("Go back, or start again from the first page."))


def _later(error: TryLater) -> ResponseReturnValue:
    return page(503, say(error), _("Try again in a minute."))


def _form(error: FormError) -> ResponseReturnValue:
    return page(422, say(error), _("Go back and try once more."))


def _unexpected(_error: Exception) -> ResponseReturnValue:
    return page(500, *_sentences(500))


def install(app: Flask) -> None:
    """Answer every error with a page."""
    app.config.setdefault(TEMPLATE, "error.html")
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(NotSaved, _not_saved)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(TryLater, _later)
    app.register_error_handler(FormError, _form)
    app.register_error_handler(500, _unexpected)
