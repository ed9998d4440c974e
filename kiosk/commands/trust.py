"""`safe-bench trust …`: root keys, and the lists that they sign."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from kiosk.commands.options import data_option
from kiosk.commands.proof import check
from kiosk.core.errors import Refused

if TYPE_CHECKING:
    from kiosk.core.drafting import Changes
    from kiosk.core.note import Note, VerifierKey

Command = TypeVar("Command", bound=Callable[..., Any])

_OUT = click.Path(dir_okay=False, path_type=Path)
_IN = click.Path(exists=True, dir_okay=False, path_type=Path)
_MOST = 4 << 20
_DAYS = 180
_days = click.option(
    "--days",
    default=_DAYS,
    show_default=True,
    type=click.IntRange(1, 3650),
    help="For how long the list is good.",
)
_out = click.option("--out", required=True, type=_OUT, help="The file to write, for the roots to sign.")


@click.group()
def trust() -> None:
    """Whose keys count: root keys, and the trust lists that they sign."""


trust.add_command(check)


@trust.command()
@click.argument("name")
@click.option("--network", required=True, help="The network's id, as central init printed it.")
@click.option("--out", required=True, type=_OUT, help="The file for the key, on your own machine or stick.")
def init(name: str, network: str, out: Path) -> None:
    """Make a root key for NAME, a person; the last line printed is what others know it by."""
    from kiosk.adapters.rootkeys import make

    known = make(out, network, name)
    click.echo(
        f"The root key of {name} is in {out}. Whoever has this file signs in your name: keep it offline."
    )
    if out.stat().st_mode & 0o077:
        click.echo("This disk or stick keeps no permissions: lock it away.")
    click.echo("Give this line to whoever drafts the trust list:")
    click.echo(str(known))


@trust.command()
@data_option
@click.option("--root", "roots", multiple=True, metavar="VKEY", help="A further root; may be repeated.")
@click.option("--threshold", type=click.IntRange(1, 32), help="How many roots must sign; usually two.")
@_days
@click.option("--mediator", "readers", multiple=True, metavar="NUMBER=age1...", help="A mediator's age key.")
@click.option("--drop-mediator", "left", multiple=True, metavar="NUMBER", help="One who is no mediator now.")
@click.option("--wipe", "benches", multiple=True, metavar="BENCH", help="A stolen bench, locked out before.")
@click.option("--drop-node", "dropped", multiple=True, metavar="VKEY", help="A node's key that was stolen.")
@click.option("--after", type=_IN, help="Go on from the lists in this file, on a node that has lost its own.")
@_out
def draft(data: Path, out: Path, after: Path | None, benches: tuple[str, ...], **words: Any) -> None:
    """Draft the next trust list at the node, from the one in force."""
    from kiosk.adapters.datadir import DataDir
    from kiosk.composition import looking_at
    from kiosk.sync.drafts import wipes_of

    with looking_at(DataDir(data)) as (db, _device):
        wipes = tuple(wipe for bench in benches for wipe in wipes_of(db, bench))
    _draft(data, out, _changes(data, wipes=wipes, **words), "" if after is None else _text(after))


@trust.command()
@data_option
@click.option("--root", nargs=2, metavar="OLDVKEY NEWVKEY", help="Replace a root instead of the node's key.")
@_days
@_out
def rotate(data: Path, root: tuple[str, str] | None, days: int, out: Path) -> None:
    """Draft a list that names the node's next key beside its own, or another root for one that is lost."""
    from kiosk.adapters.datadir import DataDir
    from kiosk.adapters.keys import DeviceKey
    from kiosk.adapters.trust import load
    from kiosk.composition import looking_at

    place = DataDir(data)
    with looking_at(place) as (db, device):
        if not device.is_central or load(db) is None:
            raise Refused("There is no trust list in force here: begin with safe-bench trust draft.")
    if root is None:
        DeviceKey.load_or_create(place.next_key)
    _draft(data, out, _changes(data, days=days, replaced=root))
    if root is None:
        click.echo("Once it is published, the node goes over to the next key when it is started again.")


@trust.command()
@click.argument("file", type=_IN)
@click.option("--key", required=True, type=_IN, help="Your root key.")
@click.option("--before", type=_IN, help="Your own copy of the lists so far, to compare with.")
def sign(file: Path, key: Path, before: Path | None) -> None:
    """Show what the list in FILE says and changes, and add your signature to it."""
    from kiosk.adapters.keys import verify
    from kiosk.adapters.rootkeys import load
    from kiosk.core.drafting import add_signature

    (known, private), notes = load(key), _notes(file)
    former = _notes(before) if before is not None else notes[:-1]
    last = former[-1] if former else None
    signed, is_new = add_signature(notes[-1], last, known, private.sign, verify)
    _show(signed, last)
    if not is_new:
        click.echo("You have signed this before; nothing was changed.")
        return
    if sys.stdin.isatty():
        click.confirm("Do you sign this?", abort=True)
    _write(file, [*notes[:-1], signed])
    click.echo(f"Your signature as {known.name} is in {file} now.")
    click.echo(_still_needed(signed, last))


@trust.command()
@click.argument("file", type=_IN)
@data_option
def publish(file: Path, data: Path) -> None:
    """Publish the signed lists in FILE at the node; benches take them with their next sync."""
    from kiosk.adapters.datadir import DataDir
    from kiosk.adapters.keys import DeviceKey
    from kiosk.commands.running import perform
    from kiosk.core.night import utc

    notes = _notes(file)
    if not notes[-1].signatures:
        raise Refused(f"Nobody has signed the list in {file} yet: safe-bench trust sign.")
    made = perform(data, "trust.publish", central=True, notes=[str(note) for note in notes])
    was = "in force already" if made["before"] == made["version"] else "published"
    click.echo(f"Trust list {made['version']} is {was}, until {utc(made['ends'])}.")
    following = DataDir(data).next_key
    if following.exists() and DeviceKey.load(following).public.hex() in made["keys"]:
        click.echo("Start the node again: it goes over to its next key then.")


@trust.command()
@click.argument("file", type=_IN, required=False)
@click.option(
    "--data", type=click.Path(file_okay=False, path_type=Path), help="The folder of a node or bench."
)
def show(file: Path | None, data: Path | None) -> None:
    """Say in plain words what the list in FILE, or the one in force on a node or bench, says."""
    from kiosk.adapters.datadir import DataDir
    from kiosk.adapters.trust import history
    from kiosk.composition import looking_at
    from kiosk.core.drafting import read_file

    if (file is None) == (data is None):
        raise click.UsageError("Give a FILE, or --data.")
    if file is not None:
        notes = _notes(file)
    else:
        with looking_at(DataDir(data or Path())) as (db, _device):
            notes = read_file(text) if (text := "".join(history(db))) else []
    if not notes:
        click.echo("There is no trust list yet.")
        return
    _show(notes[-1], notes[-2] if len(notes) > 1 else None)
    click.echo(_still_needed(notes[-1], notes[-2] if len(notes) > 1 else None))


def _changes(data: Path, *, days: int, **words: Any) -> Changes:
    """What is asked for on the command line, with the keys of the node in `data`."""
    from kiosk.adapters.clock import machine_tick
    from kiosk.adapters.datadir import DataDir
    from kiosk.adapters.keys import DeviceKey
    from kiosk.core.drafting import Changes
    from kiosk.core.note import VerifierKey

    place = DataDir(data)
    keys = [DeviceKey.load(path).public for path in (place.key, place.next_key) if path.exists()]
    replaced = words.get("replaced")
    return Changes(
        ends=machine_tick().system // 1000 + days * 86400,
        nodes=tuple(keys),
        dropped=tuple(VerifierKey.parse(text).public for text in words.get("dropped", ())),
        roots=tuple(VerifierKey.parse(text) for text in words.get("roots", ())),
        replaced=None
        if replaced is None
        else (VerifierKey.parse(replaced[0]), VerifierKey.parse(replaced[1])),
        threshold=words.get("threshold"),
        mediators=tuple(_reader(text) for text in words.get("readers", ())),
        left=tuple(words.get("left", ())),
        wipes=words.get("wipes", ()),
    )


def _reader(text: str) -> Any:
    from kiosk.core.trust import Reader

    number, equals, recipient = text.partition("=")
    if not equals:
        raise click.UsageError("A mediator is given as NUMBER=age1…: what age-keygen calls the public key.")
    return Reader(number.strip(), recipient.strip())


def _draft(data: Path, out: Path, changes: Changes, after: str = "") -> None:
    from kiosk.adapters.datadir import DataDir
    from kiosk.adapters.files import require_replaceable
    from kiosk.composition import looking_at
    from kiosk.core.drafting import read_file
    from kiosk.core.trust import TrustList
    from kiosk.sync.drafts import drafted, names_of

    require_replaceable(out)
    with looking_at(DataDir(data)) as (db, device):
        notes = read_file(drafted(db, device, changes, after))
        names = names_of(db, TrustList.parse(notes[-1].text))
    _write(out, notes)
    last = notes[-2] if len(notes) > 1 else None
    _show(notes[-1], last, names)
    click.echo(f"The draft is in {out}. {_still_needed(notes[-1], last)}")


def _show(note: Note, before: Note | None, names: dict[str, str] | None = None) -> None:
    from kiosk.core.drafting import changed, said
    from kiosk.core.trust import TrustList

    listed = TrustList.parse(note.text)
    former = None if before is None else TrustList.parse(before.text)
    for line in [*said(listed, names or {}), *changed(former, listed, names or {})]:
        click.echo(line)


def _still_needed(note: Note, before: Note | None) -> str:
    """Who has signed, and how many signatures are still needed."""
    from kiosk.adapters.keys import verify
    from kiosk.core.drafting import signers
    from kiosk.core.trust import TrustList

    lists = [TrustList.parse(one.text) for one in (note, before) if one is not None]
    by: list[VerifierKey] = []
    missing = 0
    for listed in lists:
        found = signers(note, listed.roots, verify)
        by += [key for key in found if key not in by]
        missing = max(missing, listed.threshold - len(found))
    names = ", ".join(key.name.rpartition("/")[2] for key in by) or "nobody yet"
    return f"Signed by {names}; " + (
        f"{missing} more must sign." if missing else "that is enough to publish it."
    )


def _notes(file: Path) -> list[Note]:
    from kiosk.core.drafting import read_file

    return read_file(_text(file))


def _text(file: Path) -> str:
    try:
        with file.open("rb") as opened:
            raw = opened.read(_MOST + 1)
        if len(raw) > _MOST:
            raise Refused(f"{file} is too long for trust lists.")
        return raw.decode()
    except UnicodeDecodeError:
        raise Refused(f"{file} is not a file of trust lists.") from None
    except OSError as error:
        raise Refused(f"{file} cannot be read: {error.strerror}.") from None


def _write(file: Path, notes: list[Note]) -> None:
    from kiosk.adapters.files import PUBLIC, whole_file
    from kiosk.core.drafting import write_file

    try:
        with whole_file(file, PUBLIC) as out:
            out.write(write_file(notes).encode())
    except OSError as error:
        raise Refused(f"{file} cannot be written: {error.strerror}.") from None
