"""The Flask app that both compositions begin with."""

from __future__ import annotations

from collections.abc import Iterable

from flask import Flask

from kiosk.web import access, assets, display, errors, headers, words
from kiosk.web.services import EXTENSION, Services, told_in_public

MAX_FORM = 64 * 1024


def create_app(services: Services | None, hosts: Iterable[str]) -> Flask:
    """An app with everything shared and no feature; it answers only to the host names `hosts`.

    Without `services` it has no data: then no view may ask for them.
    """
    app = Flask(
        "kiosk",
        template_folder=str(assets.folder("templates")),
        static_folder=str(assets.folder("static")),
        static_url_path="/static",
    )
    app.config["MAX_CONTENT_LENGTH"] = MAX_FORM
    app.config["TRUSTED_HOSTS"] = list(hosts)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    app.jinja_env.globals["told_in_public"] = told_in_public
    if services is not None:
        app.extensions[EXTENSION] = services
    for part in (headers, display, access, assets, words, errors):
        part.install(app)
    return app
