"""What can come between a mediator and what waits: each with its own page."""

from __future__ import annotations

from datetime import UTC, datetime

from flask import Flask
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from kiosk.core.errors import NoWayThrough, Refused, TryLater
from kiosk.mediator.node import Lapsed, NoMediator
from kiosk.web import errors
from kiosk.web.dates import day_words
from kiosk.web.words import gettext as _
from kiosk.web.words import say


def install(app: Flask) -> None:
    """Show these, in the place of what a bench would say."""
    app.config[errors.TEMPLATE] = "mediator/error.html"
    app.register_error_handler(NoWayThrough, _unreachable)
    app.register_error_handler(NoMediator, _not_opened)
    app.register_error_handler(Lapsed, _lapsed)
    app.register_error_handler(TryLater, _later)
    app.register_error_handler(Refused, _refused)
    app.register_error_handler(403, _elsewhere)
    app.register_error_handler(500, _unexpected)


def _unreachable(error: NoWayThrough) -> ResponseReturnValue:
    todo = _("Look again in a minute. If you have just answered, the list shows whether it arrived.")
    kept = _("What waits stays at the node.")
    ask = _("A coordinator. The reason is: {reason}").format(reason=say(error))
    return errors.page(503, _("The node cannot be reached."), todo, kept=kept, ask=ask)


def _not_opened(_error: NoMediator) -> ResponseReturnValue:
    todo = _("Is this your key file, and your number? And is your key on the neighbourhood's trust list?")
    ask = _(
        "A coordinator knows whose keys are on the list. For any number, the node's answer looks the same."
    )
    return errors.page(403, _("This key does not open the node's answer."), todo, ask=ask)


def _lapsed(error: Lapsed) -> ResponseReturnValue:
    title = _("Your mandate as a mediator has ended.")
    if error.at:
        day = day_words(datetime.fromtimestamp(error.at, UTC).astimezone().date())
        title = _("Your mandate as a mediator ended on {day}.").format(day=day)
    kept = _("What waits stays sealed. Other mediators can open what was written for them too.")
    return errors.page(403, title, _("The next assembly can renew it."), kept=kept, ask=_("A coordinator."))


def _later(error: TryLater) -> ResponseReturnValue:
    return errors.page(503, say(error), _("Try again in a minute."), ask=_("A coordinator."))


def _refused(error: Refused) -> ResponseReturnValue:
    kept = _("Nothing was changed.")
    return errors.page(409, say(error), _("Look at the list again."), kept=kept, ask=_("A coordinator."))


def _elsewhere(_error: HTTPException) -> ResponseReturnValue:
    todo = _("Use the address in the terminal.")
    return errors.page(403, _("This did not come from this page, so nothing was done."), todo)


def _unexpected(_error: Exception) -> ResponseReturnValue:
    kept = _("Nothing that was opened is kept anywhere.")
    return errors.page(500, _("Something went wrong in this program."), _("Start it again."), kept=kept)
