"""Enrolment at the bench: bring a code to the node, and pin the node's key."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlite_utils import Database

import kiosk
from kiosk.adapters import trust
from kiosk.adapters.clock import Clock, machine_tick
from kiosk.adapters.device import (
    OPENED,
    Identity,
    Opened,
    load_identity,
    machine_id,
    new_source,
    save_identity,
)
from kiosk.adapters.http import HttpClient, Send, check_url
from kiosk.adapters.journal import Journal
from kiosk.adapters.keys import DeviceKey, fingerprint
from kiosk.adapters.readmodels import ReadModels
from kiosk.adapters.store import Store
from kiosk.core.clock import Tick
from kiosk.core.errors import FormatError, NoWayThrough, Refused, Untrusted
from kiosk.sync.channel import opened, read_answer, signed_request
from kiosk.sync.codes import Code
from kiosk.sync.protocol import COUNTER, ENROL_PATH, KEY, NODE, SOURCE, Enrol, Enrolled


@dataclass(frozen=True)
class Invitation:
    """What a person brings to a new tablet: the node's address, a code, and the node's own CA, if any."""

    url: str
    code: str
    ca: Path | None = None


def join(
    store: Store,
    models: ReadModels,
    key: DeviceKey,
    invitation: Invitation,
    *,
    send: Send | None = None,
    tick: Callable[[], Tick] = machine_tick,
) -> Identity:
    """Make the device of `store` a bench; its identity, kept, with the first event of its log.

    Refused: the address or the code is wrong, or there is an identity already. NoWayThrough: nobody whom
    the code vouches for answered. Nothing was changed then, and the same code can be tried again.
    """
    if load_identity(store.reading()) is not None:
        raise Refused("This tablet is a bench already; nothing was changed.")
    url, code = check_url(invitation.url), Code.parse(invitation.code)
    ca = "" if invitation.ca is None else str(invitation.ca.resolve())
    welcome = ask(send or HttpClient(url, ca), code, key, tick().system // 1000)
    identity = Identity(
        device=welcome.bench,
        network=welcome.network,
        name=welcome.name,
        source=new_source(welcome.bench, welcome.former or None),
        node_key=welcome.node_key,
        node_url=url,
        node_ca=ca,
        machine=machine_id(),
    )
    _begin(store, models, identity, welcome.trust, tick)
    return identity


def ask(send: Send, code: Code, key: DeviceKey, now: int) -> Enrolled:
    """The node's welcome, signed by the very key that the code names. `now` in POSIX seconds."""
    address = {NODE: code.fingerprint.hex(), SOURCE: key.public.hex(), COUNTER: "0"}
    message = Enrol(code.secret, key.public, kiosk.__version__)
    request = signed_request(ENROL_PATH, message, key, key_id=key.public.hex(), headers=address, created=now)
    response = send(request)
    node = stated_key(response.headers)
    if fingerprint(node) != code.fingerprint:
        raise NoWayThrough("What answered is not the node that made this code. Look at the address.")
    body, _ = opened(response, request, node)
    welcome = read_answer(response, body, Enrolled)
    if welcome.node_key != node:
        raise NoWayThrough("The node's answer names another key than its own.")
    return welcome


def stated_key(headers: Mapping[str, str]) -> bytes:
    """The node key that an answer states; empty when it states none."""
    try:
        return bytes.fromhex(headers.get(KEY.lower(), ""))
    except ValueError:
        return b""


def _begin(
    store: Store, models: ReadModels, identity: Identity, lists: Sequence[str], tick: Callable[[], Tick]
) -> None:
    """Keep the identity and the trust lists and write the first event: all of it, or nothing."""
    clock = Clock(store, tick)
    journal = Journal(store, models, source=identity.source, tick=tick, now=clock.now)
    with journal.writing() as db:
        save_identity(db, identity)
        _pin_roots(db, identity, lists, clock.lapse_time())
        journal.record(OPENED, Opened("the bench was enrolled"))


def _pin_roots(db: Database, identity: Identity, lists: Sequence[str], at: int) -> None:
    """Keep the node's trust lists. Untrusted when they do not hold, or do not name the node itself."""
    try:
        listed = trust.take(db, identity.network, lists, at)
        if listed is not None and identity.node_key not in listed.node_keys:
            raise Untrusted("That trust list does not name the node that gave it.")
    except (Untrusted, FormatError) as error:
        raise Untrusted(f"{error} So this tablet is no bench yet: ask the coordinator.") from None
