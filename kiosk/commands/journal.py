"""Commands about the journal of either app: export, receipt, verify, backup, restore, rebuild, doctor."""

from __future__ import annotations

import re
from pathlib import Path

import click

from kiosk.commands.options import data_option
from kiosk.core.errors import Refused
from kiosk.core.event import PLACE

_OUT = click.Path(dir_okay=False, path_type=Path)
_IN = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@data_option
@click.option("--out", required=True, type=_OUT, help="The file to write, one JSON object a line.")
@click.option("--public", is_flag=True, help="With the bodies of public events only.")
def export(data: Path, out: Path, public: bool) -> None:
    """Write the whole journal to a file that anyone can check."""
    from kiosk.adapters.datadir import DataDir
    from kiosk.adapters.export import export as write
    from kiosk.adapters.files import require_replaceable
    from kiosk.composition import hidden_now, looking_at

    require_replaceable(out)
    with looking_at(DataDir(data)) as (db, device):
        done = write(db, device, out, public=public, hidden=lambda db: hidden_now(db, device))
    click.echo(f"{done.events} events of {done.sources} logs are in {out}, {done.whole} of them whole.")
    click.echo(f"Key of this device's log: {device.checkpoint_key}")


@click.command()
@click.argument("file", type=_IN)
@click.option("--key", "keys", multiple=True, metavar="VKEY", help="Who must have signed; may be repeated.")
def verify(file: Path, keys: tuple[str, ...]) -> None:
    """Check an export or a receipt, with no network and no data of your own."""
    from kiosk.adapters.verify import verify as check
    from kiosk.core.note import VerifierKey

    for sentence in check(file, [VerifierKey.parse(key) for key in keys]).sentences:
        click.echo(sentence)


@click.command()
@data_option
@click.option("--out", required=True, type=_OUT, help="The file to write; it holds everything but the key.")
def backup(data: Path, out: Path) -> None:
    """Copy the database while the app runs."""
    from kiosk.adapters.backup import backup as copy
    from kiosk.adapters.datadir import DataDir
    from kiosk.adapters.files import require_replaceable

    place = DataDir(data)
    place.require()
    require_replaceable(out)
    copy(place.database, out)
    click.echo(f"The backup is in {out}. It holds no device key.")


@click.command()
@click.argument("file", type=_IN)
@data_option
def restore(file: Path, data: Path) -> None:
    """Put a backup in the place of the database, as a new epoch."""
    from kiosk.adapters.backup import restore as bring_back
    from kiosk.adapters.datadir import DataDir
    from kiosk.adapters.readmodels import ReadModels
    from kiosk.composition import ALL

    device = bring_back(file, DataDir(data), ReadModels(ALL))
    click.echo(f"Restored. The log goes on as {device.identity.source}.")


@click.command()
@data_option
def rebuild(data: Path) -> None:
    """Make the read-models anew from the journal."""
    from kiosk.adapters.datadir import DataDir
    from kiosk.composition import compose

    place = DataDir(data)
    place.require()
    with place.locked():
        here = compose(place)
        try:
            with here.journal.writing() as db:
                here.journal.models.rebuild(db)
                count = db.conn.execute("SELECT count(*) FROM events").fetchone()[0]
        finally:
            here.journal.store.close()
    click.echo(f"The read-models follow from {count} events again.")


@click.command()
@data_option
def doctor(data: Path) -> None:
    """Look at everything that can be wrong, and say it in plain words."""
    from kiosk.adapters.datadir import DataDir
    from kiosk.adapters.doctor import doctor as examine
    from kiosk.web.words import languages

    findings = examine(DataDir(data), languages=languages())
    for finding in findings:
        click.echo(f"{'well ' if finding.ok else 'LOOK '} {finding.sentence}")
    if not all(finding.ok for finding in findings):
        raise Refused("Something wants doing: see the lines that begin with LOOK.")


@click.command()
@click.argument("place", metavar="PLACE")
@data_option
@click.option("--out", required=True, type=_OUT, help="The file to write, as verify reads it.")
def receipt(place: str, data: Path, out: Path) -> None:
    """Write the proof that the event at PLACE is in its log: with the whole event, for anyone to read."""
    from kiosk.adapters.datadir import DataDir
    from kiosk.adapters.export import receipt as prove
    from kiosk.adapters.files import PRIVATE, require_replaceable, whole_file
    from kiosk.composition import looking_at
    from kiosk.core.event import split_place

    source, number = split_place(place) if re.search(PLACE, place) else ("", 0)
    if not source:
        raise Refused("A place is a source and a number, linden-bakery.1k7qx/17: see safe-bench export.")
    require_replaceable(out)
    with looking_at(DataDir(data)) as (db, device):
        made = prove(db, device, source, number)
    try:
        with whole_file(out, PRIVATE) as file:
            file.write(str(made).encode())
    except OSError as error:
        raise Refused(f"{out} cannot be written: {error.strerror}.") from None
    click.echo(f"The receipt of {place} is in {out}. It tells all of that event to whoever has it.")
