"""The bench's side: exchanges, one after the other, until neither side has anything new."""

from __future__ import annotations

import threading
from collections.abc import Callable

from kiosk.adapters import trust
from kiosk.adapters.checkpoints import mark_forked, set_acked, set_aside
from kiosk.adapters.http import HttpClient, Send
from kiosk.core.errors import NodeRefused, NoWayThrough, Refused
from kiosk.core.event import CENTRAL_ID, device_of
from kiosk.sync.channel import Channel
from kiosk.sync.epochs import begin_again
from kiosk.sync.inbox import Counts, settle
from kiosk.sync.outbox import Limits, Offer, check_tail, next_offer
from kiosk.sync.protocol import MAX_EVENTS, Answer, Exchange, encode
from kiosk.sync.state import Health, load_cursor, load_health, save_health
from kiosk.web.services import Services

_FEWEST = 8
_MOST_REFUSALS = 12
"""Refusals in a row, each answered by doing something else, after which we stop and say so."""


_IN_CIRCLES = "The node and this bench cannot agree. Ask for help: safe-bench doctor."


def connect(here: Services) -> Client:
    """A client of the pinned node, over HTTPS."""
    identity = here.device.identity
    if not identity.node_url:
        raise Refused("This tablet is not enrolled with a node yet.")
    http = HttpClient(identity.node_url, identity.node_ca, clock_verified=lambda: here.clock.verified)
    return Client(here, http, http.close)


class Client:
    """Syncs one bench with its node over `send`. One sync at a time; a second waits for the first.

    `close` ends what `send` keeps open.
    """

    def __init__(self, here: Services, send: Send, close: Callable[[], None] = lambda: None) -> None:
        self._here = here
        self._close = close
        self._channel = Channel(here, send)
        self._lock = threading.Lock()
        self._most = MAX_EVENTS
        self._checked = False
        self._until: tuple[str, int] | None = None
        self._retraced: set[str] = set()

    def sync(self) -> Counts:
        """Exchange until nothing is new. NoWayThrough: try later. NodeRefused: trying again will not help."""
        with self._lock:
            counts = Counts()
            self._channel.begin()
            self._until = None
            self._retraced.clear()
            self._check_tail()
            offer, more, seen = self._offer(), True, set[object]()
            while more:
                answer = self._exchange(offer, counts)
                offer = self._offer()
                more = offer is not None or answer.more or not answer.node
                if more:
                    seen.add(self._moved_on(seen))
            self._keep_health(Health(self._here.clock.now()))
            return counts

    def _moved_on(self, seen: set[object]) -> object:
        """What both sides have of each other by now; NodeRefused when that has been so before."""
        db, source = self._here.db, self._here.journal.source
        known = db.conn.execute("SELECT name, size, acked FROM sources ORDER BY id").fetchall()
        state = (load_cursor(db, source), tuple(known))
        if state in seen:
            raise NodeRefused("loop", _IN_CIRCLES)
        return state

    def close(self) -> None:
        """End the connection, and an exchange that is going on with it."""
        self._close()

    def note_failure(self, sentence: str) -> None:
        """Keep, for the status page, what stopped the last try."""
        if load_health(self._here.db).last_error != sentence:
            self._keep_health(Health(load_health(self._here.db).last_sync, sentence))

    def _check_tail(self) -> None:
        """Once in the life of an app: what is written later was not on the disk for long."""
        if not self._checked:
            check_tail(self._here.journal, self._here.db)
            self._checked = True

    def _keep_health(self, health: Health) -> None:
        with self._here.journal.writing() as db:
            save_health(db, health)

    def _exchange(self, offer: Offer | None, counts: Counts) -> Answer:
        """One exchange that the node took, if not with this offer then with what its refusals lead to."""
        for _ in range(_MOST_REFUSALS):
            cursor = load_cursor(self._here.db, self._here.journal.source)
            held = trust.load(self._here.db)
            asked = Exchange(
                cursor.epoch,
                cursor.place,
                None if offer is None else offer.batch,
                0 if held is None else held.version,
            )
            try:
                answer = self._ask(asked)
            except NodeRefused as refusal:
                self._answer_refusal(refusal, offer)
                offer = self._offer()
                continue
            settle(self._here, asked, offer, answer, counts)
            if offer is not None and (offer.source.name, offer.tree.size) == self._until:
                self._until = None
            return answer
        raise NodeRefused("loop", _IN_CIRCLES)

    def _offer(self) -> Offer | None:
        here = self._here
        return next_offer(here.journal, here.device, here.db, Limits(self._most, self._until))

    def _ask(self, asked: Exchange) -> Answer:
        """Ask, with half as much at once after the time ran out, and more again when it did not."""
        try:
            answer = self._channel.ask(asked, Answer)
        except NoWayThrough as error:
            if error.slow:
                self._most = max(_FEWEST, self._most // 2)
            raise
        self._most = min(MAX_EVENTS, self._most * 2)
        return answer

    def _answer_refusal(self, refusal: NodeRefused, offer: Offer | None) -> None:
        """Do what makes the next try another one; raises the refusal again when there is nothing to do."""
        if refusal.kind == "replay":
            self._channel.skip_to(refusal.held)
        elif refusal.kind == "unknown":
            self._give_back(refusal)
        elif refusal.kind == "gap" and offer is not None and refusal.held < offer.batch.first - 1:
            with self._here.journal.writing() as db:
                set_acked(db, offer.source, refusal.held)
        elif refusal.kind == "fork" and offer is not None:
            self._part(refusal, offer)
        elif refusal.kind == "too-large" and self._most > 1:
            self._most = max(1, self._most // 2)
        else:
            raise refusal

    def _give_back(self, refusal: NodeRefused) -> None:
        """The node has lost its own log, and with it our enrolment: send back what we have of it."""
        lacking = False
        with self._here.journal.writing() as db:
            for source in self._here.journal.sources(db):
                held = min(refusal.sources.get(source.name, 0), source.size)
                if device_of(source.name) == CENTRAL_ID and held < source.acked:
                    set_acked(db, source, held)
                    lacking = True
        if not lacking:
            raise refusal

    def _part(self, refusal: NodeRefused, offer: Offer) -> None:
        """Two histories of a log: what the node lacks of ours is written again; another's is left alone."""
        name = offer.source.name
        if device_of(name) == self._here.device.identity.device:
            if not self._traces(offer, refusal.held):
                self._until = None
                begin_again(self._here, name, str(refusal))
            return
        with self._here.journal.writing() as db:
            mark_forked(db, offer.source)
            set_aside(db, device_of(name), self._here.clock.now(), str(refusal), encode(offer.batch))

    def _traces(self, offer: Offer, agreed: int) -> bool:
        """Whether the next batch will tell more of where the histories part; until then nothing is written.

        First all is sent again, for the node may agree to less than it once did; then what it agrees to.
        """
        source = offer.source
        if source.name not in self._retraced and source.acked:
            self._retraced.add(source.name)
            with self._here.journal.writing() as db:
                set_acked(db, source, 0)
            return True
        if self._until is None and source.acked < agreed < offer.batch.last:
            self._until = source.name, agreed
            return True
        return False
