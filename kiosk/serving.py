"""A running app: waitress in front, the control socket at the side, chores behind."""

from __future__ import annotations

import logging
import signal
import sqlite3
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import Any

import waitress
from flask import Flask
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.server import BaseWSGIServer

from kiosk.adapters import control
from kiosk.adapters.backup import keep_backups
from kiosk.adapters.datadir import DataDir
from kiosk.adapters.memory import give_back, settle
from kiosk.adapters.retention import forget_daily, forget_spent
from kiosk.adapters.scrubbing import tidy
from kiosk.config import Config
from kiosk.core.errors import Refused, SafeBenchError
from kiosk.core.feature import Operation, at_home
from kiosk.web import words
from kiosk.web.access import ELSEWHERE, is_here
from kiosk.web.display import LANGUAGE
from kiosk.web.services import EXTENSION, Services

log = logging.getLogger("safe-bench")

CONNECTIONS = 1000
CHANNEL_SECONDS = 30
CHORE_SECONDS = 30.0
SMALL_BODY = 256 << 10
"""Bytes of what is sent to a mediator's own page."""
FRAME_BODY = 2 << 20
"""Bytes: room for the largest camera frame, 1920 by 1080 pixels."""
LONGEST_SPEECH = 17 << 20
"""Bytes: room for all that the bench reads aloud at once."""

Start = Callable[[], Callable[[], None]]
"""Starts something in the background and returns what stops it."""


def operations_of(here: Services) -> dict[str, Operation]:
    """Every operation that the app's features declare, bound to its services."""
    return {name: partial(run, here) for feature in here.features for name, run in feature.operations.items()}


def run(
    app: Flask,
    config: Config,
    data: DataDir,
    *,
    further: Mapping[str, Operation] | None = None,
    background: Sequence[Start] = (),
    ready: Callable[[str], None],
) -> None:
    """Serve until SIGTERM or Ctrl-C; the caller holds the lock on `data`.

    `ready` is told the address once connections are taken.
    """
    give_back()
    here: Services = app.extensions[EXTENSION]
    with ExitStack() as stack:
        stack.callback(here.journal.store.close)
        server = listen(app, config)
        stack.callback(server.close)
        stack.callback(control.listen(data.socket, {**operations_of(here), **(further or {})}))
        stack.callback(start_chores(here, data, app.config[LANGUAGE]))
        for start in background:
            stack.callback(start())
        settle()
        with _signals():
            ready(f"http://{config.host}:{_port(server)}/")
            server.run()


def run_alone(app: Flask, config: Config, ready: Callable[[str], None]) -> None:
    """Serve an app that has no data directory, until SIGTERM or Ctrl-C."""
    with ExitStack() as stack:
        server = listen(app, config, max_request_body_size=SMALL_BODY)
        stack.callback(server.close)
        with _signals():
            ready(f"http://{config.host}:{_port(server)}/")
            server.run()


class _Parser(HTTPRequestParser):  # type: ignore[misc]
    """Refuses a request that states its length twice: a proxy might believe the other one."""

    def parse_header(self, header_plus: bytes) -> None:
        """Read the header; ParsingError, which is answered with 400."""
        super().parse_header(header_plus)
        if (self.chunked or "TRANSFER_ENCODING" in self.headers) and "CONTENT_LENGTH" in self.headers:
            raise ParsingError("Content-Length with Transfer-Encoding")


class _Channel(HTTPChannel):  # type: ignore[misc]
    parser_class = _Parser


class _BenchChannel(_Channel):
    """A connection to a bench. Other machines get half of all at most, so that the tablet's own come in."""

    def __init__(self, server: Any, *words: Any, **named: Any) -> None:
        super().__init__(server, *words, **named)
        others = [one for one in server.active_channels.values() if not is_here(one.addr[0])]
        if len(others) > server.adj.connection_limit // 2 and not is_here(self.addr[0]):
            self.handle_close()


_AT_NODE = {
    "trusted_proxy": "127.0.0.1",
    "trusted_proxy_headers": {"x-forwarded-proto"},
    "connection_limit": CONNECTIONS,
    "max_request_body_size": 8 << 20,
}
"""A node stands behind a proxy on its own machine, which alone may say that a request came over HTTPS."""

_ELSEWHERE = {
    "connection_limit": CONNECTIONS // 4,
    "max_request_body_size": FRAME_BODY,
    "inbuf_overflow": FRAME_BODY,
    "outbuf_overflow": LONGEST_SPEECH,
}
"""What is typed at a bench or a mediator's page, and what is read aloud there, waits in memory, never in a
file."""


def listen(app: Flask, config: Config, **more: int) -> Any:
    """A waitress server that slow connections cannot fill: they hold a socket each, never a thread."""
    sockets: dict[int, Any] = {}
    here: Services | None = app.extensions.get(EXTENSION)
    central = here is not None and here.device.is_central
    try:
        server = waitress.create_server(
            app,
            map=sockets,
            host=config.host,
            port=config.port or 0,
            threads=config.threads,
            channel_timeout=CHANNEL_SECONDS,
            asyncore_use_poll=True,
            ident=None,
            **((_AT_NODE if central else _ELSEWHERE) | more),
        )
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "there is no such address"
        raise Refused(f"Port {config.port} on {config.host} cannot be used: {reason}.") from None
    for one in sockets.values():
        if isinstance(one, BaseWSGIServer):
            one.channel_class = _Channel if app.config[ELSEWHERE] is None else _BenchChannel
    return server


def _port(server: Any) -> int:
    """Where it listens: a host name with several addresses, such as localhost, has several sockets."""
    several = getattr(server, "effective_listen", None)
    return int(several[0][1] if several else server.effective_port)


@contextmanager
def _signals() -> Iterator[None]:
    """Let SIGTERM end the server as Ctrl-C does."""

    def leave(_number: int, _frame: object) -> None:
        raise SystemExit(0)

    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


def do_chores(here: Services, data: DataDir) -> None:
    """The day's backup and every feature's chores; one that is refused does not stop the next."""
    own = at_home(here.features, central=here.device.is_central)
    chores = [(feature.name, chore) for feature in own for chore in feature.chores]
    backup = ("backup", lambda here: _keep_backups(here, data))
    forget = ("forgetting", lambda here: _forget(here, data))
    rounds = [forget] if here.locked else [*chores, forget, backup]
    for name, chore in [("clock", _keep_time), *rounds]:
        try:
            chore(here)
        except SafeBenchError as error:
            log.warning("%s: %s", name, error)
        except (sqlite3.Error, OSError, ArithmeticError, ValueError, LookupError):
            log.exception("%s failed; the others go on", name)


def _keep_time(here: Services) -> None:
    here.clock.keep()


def _forget(here: Services, data: DataDir) -> None:
    now = here.clock.now() if here.clock.verified else None
    forget_spent(here.journal, now)
    if now is not None:
        forget_daily(here.journal, now)
    tidy(data, here.journal, now)


def _keep_backups(here: Services, data: DataDir) -> None:
    if here.clock.verified:
        keep_backups(data, here.clock.now())


def start_chores(here: Services, data: DataDir, language: str) -> Callable[[], None]:
    """Do the chores now and then, whatever they write in this language; returns what ends it.

    Each round has a thread of its own, so that a fault in one is logged and the next still comes.
    """
    over = threading.Event()

    def do_round() -> None:
        words.use(language)
        do_chores(here, data)

    def go_on() -> None:
        while not over.is_set():
            one_round = threading.Thread(target=do_round, name="chores", daemon=True)
            one_round.start()
            one_round.join()
            over.wait(CHORE_SECONDS)

    thread = threading.Thread(target=go_on, name="chore-times", daemon=True)
    thread.start()

    def stop() -> None:
        over.set()
        thread.join(1)

    return stop
