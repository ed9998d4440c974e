"""What a page shows, spoken; and the sounds.

The page sends its own words (js/listen.js), so that everything that can be read can be heard. What is spoken
is kept only for pages that are the same for everybody: those of PUBLIC, with nobody signed in.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, cast
from urllib.parse import urlsplit

import msgspec
from flask import Blueprint, Response, abort, current_app, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import HTTPException

from kiosk.adapters.speech import Speech
from kiosk.core.errors import Refused, TryLater
from kiosk.features.listen import tones
from kiosk.people import sessions
from kiosk.web import words
from kiosk.web.access import allow, anyone
from kiosk.web.services import services

PUBLIC = frozenset({"posters", "help"})
"""Features whose pages are the same for everybody. Not the log: a claim takes out of it what was said."""

_EXTENSION = "safe-bench-speech"

bench = Blueprint("listen", __name__)


class Words(msgspec.Struct, frozen=True):
    """A piece of a page: its language and what is to be said."""

    lang: str
    text: str


def speech() -> Speech:
    """The one voice of this app."""
    return cast(Speech, current_app.extensions[_EXTENSION])


@bench.record_once
def _install(state: Any) -> None:
    here = state.app.extensions["safe-bench"]
    state.app.extensions[_EXTENSION] = Speech(Path(here.journal.store.path).parent / "cache")


@bench.app_context_processor
def facts() -> dict[str, bool]:
    """Whether the page has a Listen button."""
    return {"can_listen": not services().locked and words.current().code in speech().languages}


@bench.post("/listen")
@allow(anyone)
def listen() -> ResponseReturnValue:
    """The words as a WAV file; 204 where nothing can be said, 413 when too long, 503 while it is busy."""
    try:
        asked = msgspec.json.decode(request.get_data(), type=Words)
    except msgspec.MsgspecError:
        return Response(status=400)
    if asked.lang not in speech().languages:
        return Response(status=204)
    try:
        wav = speech().say(asked.text, asked.lang, keep=is_public())
    except TryLater:
        return Response(status=503, headers={"Retry-After": "1"})
    except Refused:
        return Response(status=413)
    return Response(wav, mimetype="audio/wav")


def is_public() -> bool:
    """Whether the page that asks is the same for everybody: by its address, and with nobody signed in."""
    if sessions.current() is not None:
        return False
    path = urlsplit(request.referrer or "").path
    try:
        endpoint, _arguments = current_app.url_map.bind("").match(path)
    except HTTPException:
        return False
    return str(endpoint).partition(".")[0] in PUBLIC


@bench.get("/sounds/<ending>.wav")
@allow(anyone)
def sound(ending: str) -> ResponseReturnValue:
    """One of the four sounds."""
    if ending not in tones.SOUNDS:
        abort(404)
    return Response(_rendered(ending), mimetype="audio/wav")


@cache
def _rendered(ending: str) -> bytes:
    return tones.wav(tones.SOUNDS[ending])
