"""`safe-bench demo`: a node and a bench with a sample neighbourhood, as two processes on loopback."""

from __future__ import annotations

import http.client
import json
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from types import FrameType
from typing import Any

import click
from msgspec import Struct
from msgspec.structs import replace

from kiosk.adapters.datadir import DataDir
from kiosk.adapters.journal import Journal
from kiosk.adapters.keys import write_private
from kiosk.adapters.sealing import new_reader
from kiosk.composition import compose
from kiosk.config import FILE as CONFIG
from kiosk.core.clock import Tick
from kiosk.core.errors import Refused
from kiosk.core.event import EventType
from kiosk.core.night import PUBLICATION_HOUR, begin_of, local, night_of
from kiosk.features.checkin import events as checkin
from kiosk.features.incidents.events import NOTED, Ended, Noted, Tried, What
from kiosk.people import assembly, neighbourhood
from kiosk.people.events import DESCRIBED, Assembly
from kiosk.people.written import parse_toml, with_assembly
from kiosk.web.assets import folder
from kiosk.web.services import Services

NETWORK = "Lindenfield"
BENCH = "Linden Bakery"
PEOPLE = (("Ines", "steward"), ("Teo", "steward"), ("Rosa", "host"), ("Amal", "mediator"))
FIRST = "Sam"
ROOT, MEDIATOR = "root.key", "amal.txt"
START_SECONDS = 20.0
STOP_SECONDS = 5.0

_COMMAND = (sys.executable, "-m", "kiosk.cli")


def run(state: Path, bench_port: int, central_port: int) -> None:
    """Set the neighbourhood up in `state` when it is not there, then serve both until told to stop."""
    central, bench, facts = state / "central", state / "bench", state / "people.json"
    with _stopping() as children:
        people = None if facts.exists() else _make_node(state, central)
        name_assembly(DataDir(central))
        node = _start(children, "central", central, central_port)
        if people is not None:
            _enrol(central, bench, node)
            _make_evening(DataDir(bench), people)
            facts.write_text(json.dumps(people, indent=1))
        tablet = _start(children, "bench", bench, bench_port)
        _tell(tablet, node, json.loads(facts.read_text()), state)
        _wait_for(children)


def _clear(state: Path) -> None:
    """Throw away a set-up that did not come to its end."""
    for name in ("central", "bench", "badges", "keys"):
        shutil.rmtree(state / name, ignore_errors=True)
    for name in ("badges", "keys"):
        (state / name).mkdir(parents=True)


def _make_node(state: Path, central: Path) -> dict[str, Any]:
    """The sample node, from the beginning; whom to tell about, by name."""
    _clear(state)
    sample = folder("sample")
    begun = _do("central", "init", "--name", NETWORK, "--coordinator", FIRST, "--data", str(central))
    _do("central", "neighbourhood", "publish", str(sample / "neighbourhood.toml"), "--data", str(central))
    for poster in sorted((sample / "posters").glob("*.md")):
        _do("central", "poster", "publish", str(poster), "--data", str(central))
    people: dict[str, Any] = {}
    for name, role in PEOPLE:
        printed = _do("central", "member", "add", name, "--role", role, "--data", str(central))
        people[name] = _person(printed, role, state / "badges" / f"{name.lower()}.png", central)
    people[FIRST] = _person(begun, "coordinator", state / "badges" / f"{FIRST.lower()}.png", central)
    _make_trust(central, state / "keys", people["Amal"]["number"])
    return people


def _person(printed: str, role: str, badge: Path, central: Path) -> dict[str, Any]:
    """What is told of somebody whose number and PIN a command has just printed; their badge is made."""
    number, pin = re.findall(r"\b(?:Member|number) ([0-9]{5})\b.*?\bPIN ([0-9]{6})\b", printed, re.S)[0]
    _do("central", "badge", number, "--out", str(badge), "--data", str(central))
    return {"role": role, "number": number, "pin": pin, "badge": str(badge.resolve())}


def _make_trust(central: Path, keys: Path, mediator: str) -> None:
    """One root of one, which is enough for a demo, and a trust list that names the node and the mediator."""
    root, listed = keys / ROOT, keys / "trust-list.txt"
    identity, recipient = new_reader()
    write_private(keys / MEDIATOR, f"# public key: {recipient}\n{identity}\n".encode())
    network = NETWORK.lower()
    vkey = _do("trust", "init", "sam", "--network", network, "--out", str(root)).strip().split("\n")[-1]
    reader = f"{mediator}={recipient}"
    words = ("--root", vkey, "--mediator", reader, "--out", str(listed), "--data", str(central))
    _do("trust", "draft", *words)
    _do("trust", "sign", str(listed), "--key", str(root))
    _do("trust", "publish", str(listed), "--data", str(central))


def _enrol(central: Path, bench: Path, node: str) -> None:
    code = _do("central", "bench-code", BENCH, "--data", str(central)).strip().split("\n")[-1]
    _do("bench", "enrol", node, code, "--data", str(bench))
    write_private(bench / CONFIG, b"styleguide = true\n")
    write_private(central / CONFIG, f'url = "{node.rstrip("/")}"\n'.encode())
    _do("bench", "sync", "--data", str(bench))


def _make_evening(bench: DataDir, people: dict[str, Any]) -> None:
    """Last night as it might have been, made up, so that there is a log to read and a night to publish."""
    with _alone(bench) as here:
        zone = neighbourhood.timezone(here.db.conn)
        begin = begin_of(night_of(here.clock.now(), zone) - timedelta(days=1), zone)
        ines, teo = people["Ines"]["number"], people["Teo"]["number"]
        for hour, kind, fact in _evening(begin, ines, teo):
            at = begin + int((hour - PUBLICATION_HOUR) * 3600)
            then = Tick(at * 1000, at - begin, "demo")
            _journal_at(here, then).record(kind, fact)


def name_assembly(central: DataDir) -> None:
    """Have the neighbourhood assemble on the coming Sunday, unless an assembly lies ahead already."""
    with _alone(central) as here:
        known, now = neighbourhood.described(here.db.conn), here.clock.now()
        if known is None or (known.assembly and not assembly.is_over(known, now)):
            return
        at = coming_sunday(local(now, neighbourhood.timezone_of(known)))
        named = replace(known.assembly or _sample_assembly(), at=at)
        here.journal.record(DESCRIBED, with_assembly(known, named))


def _sample_assembly() -> Assembly:
    """The one that the sample names as an example."""
    file = folder("sample") / "neighbourhood.toml"
    found = parse_toml(file.name, file.read_text("utf-8").replace("# next_assembly.", "next_assembly."))
    if found.assembly is None:
        raise Refused(f"{file} gives no example of an assembly.")
    return found.assembly


def coming_sunday(now: datetime) -> datetime:
    """17:00 on the first Sunday on which that lies ahead of `now`, by the same clocks, without their zone."""
    at = now.replace(hour=17, minute=0, second=0, microsecond=0) + timedelta(days=6 - now.weekday())
    return (at if at > now else at + timedelta(days=7)).replace(tzinfo=None)


@contextmanager
def _alone(data: DataDir) -> Iterator[Services]:
    """The services of a device whose app does not run."""
    with data.locked():
        here = compose(data)
        try:
            yield here
        finally:
            here.journal.store.close()


def _journal_at(here: Services, then: Tick) -> Journal:
    journal, seconds = here.journal, then.system // 1000
    return Journal(
        journal.store, journal.models, source=journal.source, tick=lambda: then, now=lambda: seconds
    )


def _evening(begin: int, ines: str, teo: str) -> Iterator[tuple[float, EventType, Struct]]:
    """Local hours of the night that began at `begin`, with what was recorded then."""

    def at(hour: float) -> int:
        return begin + int((hour - PUBLICATION_HOUR) * 3600)

    yield 20.9, checkin.ARRIVED, checkin.Arrived(teo, at(23.5), "badge", on_duty=True)
    yield 21.1, checkin.ARRIVED, checkin.Arrived(ines, at(23.5), "badge", on_duty=True)
    for hour, zone in ((21.25, "school"), (21.75, "park"), (22.75, "canal")):
        noise = Noted(ines, What.NOISE, zone, at(hour), Ended.PARTED, tried=(Tried.LISTENED, Tried.SPACE))
        yield hour + 0.1, NOTED, noise
    argument = Noted(
        ines, What.ARGUMENT, "market", at(22.25), Ended.CALMED, tried=(Tried.LISTENED, Tried.DRINK)
    )
    yield 22.9, NOTED, argument
    lost = Noted(teo, What.LOST, "station", at(23.0), Ended.LEFT, tried=(Tried.WALKED,))
    yield 23.2, NOTED, lost
    yield 23.4, checkin.LEFT, checkin.Left(ines, "badge")
    yield 23.4, checkin.LEFT, checkin.Left(teo, "badge")


def _do(*words: str) -> str:
    """What a `safe-bench` command prints; Refused, with what it said, when it does not end well."""
    command = [*_COMMAND, *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise Refused(f"The demo could not be set up: {done.stderr.strip() or done.stdout.strip()}")
    return done.stdout


def _start(children: list[subprocess.Popen[bytes]], what: str, data: Path, port: int) -> str:
    """Start an app and wait until it answers; its address."""
    if _is_taken(port):
        raise Refused(f"Port {port} is taken: say another with {what.upper()}_PORT.")
    words = [*_COMMAND, what, "serve", "--data", str(data), "--port", str(port)]
    child = subprocess.Popen(words, stdout=subprocess.DEVNULL, start_new_session=True)
    children.append(child)
    deadline = time.monotonic() + START_SECONDS
    while not _answers(port):
        if child.poll() is not None:
            raise Refused(f"The {what} did not start on port {port}; the line above says why.")
        if time.monotonic() > deadline:
            raise Refused(f"The {what} did not answer on port {port} within {START_SECONDS:.0f} seconds.")
        time.sleep(0.05)
    return f"http://127.0.0.1:{port}/"


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def _answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()


def _tell(tablet: str, node: str, people: dict[str, Any], state: Path) -> None:
    click.echo(f"\nThe bench {BENCH}:  {tablet}")
    click.echo(f"The node of {NETWORK}: {node}\n")
    for name, one in people.items():
        click.echo(f"  {name:5} {one['role']:11} number {one['number']}  PIN {one['pin']}")
    click.echo(f"\nTheir badges are in {(state / 'badges').resolve()},")
    click.echo(f"the mediator's key and that of the only root in {(state / 'keys').resolve()}.")
    click.echo("The people, and what happened last night, are made up.\n\nWhat to try:")
    for line in _tries(tablet, node, people, state):
        click.echo(f"  {line}")
    click.echo("\nHold a badge to the camera, or use a number and PIN. Ctrl-C stops both.", nl=True)
    sys.stdout.flush()


def _tries(tablet: str, node: str, people: dict[str, Any], state: Path) -> Iterator[str]:
    """What each of the people could do first. A set-up of an older version lacks some of them."""
    program, data = Path(sys.executable).with_name("safe-bench"), (state / "central").resolve()
    yield "Anyone: read last night's log, and say “This is about me” under a sentence."
    yield "Ines: check in, and write a note, with details for mediators."
    yield f"Rosa: the host's page, {tablet}host"
    if (key := state / "keys" / MEDIATOR).exists():
        member = people["Amal"]["number"]
        yield "Amal: read what is sealed for her, in another terminal:"
        yield f"  {program} mediator --key {key.resolve()} --node {node.rstrip('/')} --member {member}"
    if FIRST in people:
        yield f"{FIRST}: the coordinators' desk, {node}desk, after this in another terminal:"
        yield f"  {program} central member passphrase {people[FIRST]['number']} --data {data}"
        yield "  and a poster on paper, whose code tells whether it is still current:"
        yield f"  {program} poster pdf calm --size A3 --url {node.rstrip('/')} --out calm.pdf --data {data}"


def _wait_for(children: Sequence[subprocess.Popen[bytes]]) -> None:
    """Return when either app ends, which neither should by itself."""
    while all(child.poll() is None for child in children):
        time.sleep(0.2)
    raise Refused("One of the two apps has stopped; the line above says why.")


@contextmanager
def _stopping() -> Iterator[list[subprocess.Popen[bytes]]]:
    """A list of processes that end when the block does, on Ctrl-C, SIGTERM and a closed terminal too."""
    children: list[subprocess.Popen[bytes]] = []

    def leave(_number: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, leave) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield children
    except KeyboardInterrupt:
        click.echo("Stopping.")
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        for child in children:
            child.terminate()
        for child in children:
            child.wait(STOP_SECONDS)
