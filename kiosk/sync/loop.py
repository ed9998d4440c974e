"""Sync in the background of a running bench: on a new event, when the network returns, and now and then."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from kiosk.core.errors import NoWayThrough, SafeBenchError
from kiosk.sync.backoff import Backoff
from kiosk.sync.state import Status, sync_status
from kiosk.web.services import Services

if TYPE_CHECKING:  # what they load is needed only when there is a node to talk to
    from kiosk.sync.client import Client
    from kiosk.sync.inbox import Counts

log = logging.getLogger("safe-bench.sync")

EVERY = 300.0
DEBOUNCE = 1.0
HURRY = 5.0
"""Seconds between syncs while somebody waits for one."""
LOOK_EVERY = 3.0
"""Seconds between looks at whether the network has changed, while the last try failed."""
CLOSE_SECONDS = 0.8
_ROUTES = (Path("/proc/net/route"), Path("/proc/net/ipv6_route"))


def routes() -> str:
    """The machine's routes: what changes when a network comes or goes. Nothing is sent to find out."""
    # Between the first five words and the last stand counts of use, which change by themselves.
    lines = [line.split() for path in _ROUTES if path.exists() for line in path.read_text().splitlines()]
    return "\n".join(" ".join([*words[:5], *words[-1:]]) for words in lines)


class Loop:
    """Keeps a bench in step with its node, from a thread of its own.

    `connect` makes the client; it is called when first needed, for the libraries that it loads take time and
    memory. `every`, `debounce`: seconds. `network` changes when it is worth trying before the time.
    `hurried` says whether somebody waits for what the node has; `after` is called when a sync came through.
    """

    def __init__(
        self,
        here: Services,
        connect: Callable[[Services], Client],
        *,
        every: float = EVERY,
        debounce: float = DEBOUNCE,
        backoff: Backoff | None = None,
        network: Callable[[], str] = routes,
    ) -> None:
        self._here = here
        self._connect = connect
        self._every = every
        self._debounce = debounce
        self._backoff = backoff or Backoff()
        self._network = network
        self.hurried: Callable[[], bool] = lambda: False
        self.after: Callable[[], None] = lambda: None
        self._lock = threading.Lock()
        self._client: Client | None = None
        self._news = threading.Event()
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._run, name="sync", daemon=True)
        here.journal.watch(self._news.set)

    def start(self) -> Callable[[], None]:
        """Begin; returns what ends it within a second."""
        self._thread.start()
        return self.close

    def close(self) -> None:
        """End what is going on and the thread."""
        self._closed.set()
        self._news.set()
        if self._client is not None:
            self._client.close()
        if self._thread.is_alive():
            self._thread.join(CLOSE_SECONDS)

    def wake(self) -> None:
        """Sync soon, unless the last try failed: then it comes when it may."""
        self._news.set()

    def sync_now(self) -> Counts:
        """Sync in the caller's thread, after one that is going on; errors are the caller's."""
        return self.client.sync()

    def status(self) -> Status:
        """How it stands."""
        return sync_status(self._here.db, self._here.journal.source)

    @property
    def client(self) -> Client:
        """The one client of this bench."""
        with self._lock:
            if self._client is None:
                self._client = self._connect(self._here)
            return self._client

    def _run(self) -> None:
        self._closed.wait(self._debounce)  # whoever started the bench gets its first page first
        while not self._closed.is_set():
            network = self._network()
            self._rest(self._try(), network)

    def _try(self) -> float:
        """Sync once; seconds until the next time."""
        self._news.clear()
        try:
            return self._sync()
        except Exception:
            # The only broad one: whatever is wrong with one sync, the next still comes.
            if not self._closed.is_set():
                log.exception("a sync failed unexpectedly")
            return self._backoff.failed()

    def _sync(self) -> float:
        try:
            self.client.sync()
        except NoWayThrough as error:
            self._note(error)
            return self._backoff.failed(error.wait)
        except SafeBenchError as error:
            self._note(error)
            return self._every
        self._backoff.succeeded()
        self.after()
        return HURRY if self.hurried() else self._every

    def _note(self, error: SafeBenchError) -> None:
        log.info("sync: %s", error)
        self.client.note_failure(str(error))

    def _rest(self, seconds: float, network: str) -> None:
        """Wait until it is time, the network changed after a failure, or something is new after a success."""
        failing = self._backoff.failures > 0
        end = time.monotonic() + seconds
        while not self._closed.is_set() and (left := end - time.monotonic()) > 0:
            if not failing and self._news.wait(left):
                self._closed.wait(self._debounce)
                return
            if failing and (self._closed.wait(min(left, LOOK_EVERY)) or self._network() != network):
                return
