"""`safe-bench trust check`: that mediators can open what will be sealed to them, before the first night."""

from __future__ import annotations

import base64
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import click

from kiosk.commands.options import data_option
from kiosk.core.errors import Refused

_TODO = (
    "Each mediator makes a key (safe-bench mediator --new --key FILE), has it put on the trust list"
    " (safe-bench trust draft --mediator NUMBER=age1…), and needs a mandate."
)


@click.command()
@data_option
@click.option(
    "--out", type=click.Path(dir_okay=False, path_type=Path), help="The test note to write, for mediators."
)
@click.option(
    "--key",
    "keys",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="A mediator's key file, where it is at hand; may be repeated.",
)
def check(data: Path, out: Path | None, keys: tuple[Path, ...]) -> None:
    """Prove with a test note, at the node or on a bench, that at least two mediators can open."""
    from kiosk.adapters.files import require_replaceable
    from kiosk.commands.running import perform

    if out is not None:
        require_replaceable(out)
    made = perform(data, "mediation.proof", central=None)
    _require_enough(made)
    if out is not None:
        _write(made, out)
    if keys:
        _prove(made, keys)


def _require_enough(made: Mapping[str, Any]) -> None:
    """Say whom a note would be sealed to now; Refused when those are fewer than two."""
    from kiosk.features.mediation.proof import ENOUGH

    for number in made["lapsed"]:
        click.echo(f"{number} is on the trust list and has no mandate now: nothing is sealed to them.")
    names = [f"{name} ({number})" for number, name, _recipient in made["mediators"]]
    click.echo(f"Notes are sealed to: {', '.join(names) or 'nobody'}.")
    if len(names) < ENOUGH:
        raise Refused(f"At least two mediators are needed, and {len(names)} can be written to. {_TODO}")


def _write(made: Mapping[str, Any], out: Path) -> None:
    from kiosk.adapters.files import PUBLIC, whole_file

    try:
        with whole_file(out, PUBLIC) as file:
            file.write(base64.b64decode(made["sealed"]))
    except OSError as error:
        raise Refused(f"{out} cannot be written: {error.strerror}.") from None
    click.echo(f"A test note is in {out}. Give it to each of them. Each runs, on their own machine,")
    click.echo(
        f"  safe-bench mediator --check {out.name} --key THEIR-KEY.txt   (or: age -d -i THEIR-KEY.txt)"
    )
    click.echo("and reads aloud what it says. When two of them have said this, you can begin:")
    click.echo(made["sentence"])


def _prove(made: Mapping[str, Any], keys: Sequence[Path]) -> None:
    """Open it with the keys at hand; Refused when fewer than two mediators' keys do."""
    from kiosk.features.mediation.proof import ENOUGH

    opened = {found for path in keys if (found := _opens(made, path)) is not None}
    for number, name, _recipient in made["mediators"]:
        if number in opened:
            click.echo(f"{name} ({number}) can open.")
    click.echo(f"{len(opened)} of {len(made['mediators'])} mediators can open.")
    if len(opened) < ENOUGH:
        raise Refused(f"That is not enough: with one key alone, a lost key loses everything. {_TODO}")


def _opens(made: Mapping[str, Any], path: Path) -> str | None:
    """The number of the mediator whose key file this is, None when it opens nothing; it is said then."""
    from kiosk.adapters.sealing import NotForThisKey, recipient_of, unseal
    from kiosk.mediator.files import read_key

    try:
        key = read_key(path)
        if unseal(base64.b64decode(made["sealed"]), key) == made["sentence"]:
            return next((one[0] for one in made["mediators"] if one[2] == recipient_of(key)), None)
    except NotForThisKey:
        click.echo(f"{path} opens nothing: it is no key that notes are sealed to.")
    return None
