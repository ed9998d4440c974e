"""`safe-bench mediator`: the mediator's page, on their own machine."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command()
@click.option("--key", type=click.Path(dir_okay=False, path_type=Path), help="The age key file.")
@click.option("--node", default="", help="The node's address; the page asks for it when left out.")
@click.option("--member", default="", metavar="NUMBER", help="Your member number; or the page asks for it.")
@click.option("--ca", type=_FILE, help="The node's own CA, a PEM file.")
@click.option("--port", default=0, show_default=True, type=click.IntRange(0, 65535), help="0: a free one.")
@click.option("--file", type=_FILE, help="Read the sealed notes of an export instead, without a node.")
@click.option("--check", type=_FILE, help="Print the words of a test note (see `trust check`), and no more.")
@click.option("--new", is_flag=True, help="Make a new age key in the file after --key, and no more.")
def mediator(key: Path | None, check: Path | None, new: bool, port: int, **door: Any) -> None:
    """Open what was sealed for your key, in a page that only this machine shows; the key stays in memory."""
    from kiosk.mediator import files

    if key is None and (new or check):
        raise click.UsageError("Say which file after --key.")
    if new and key:
        _tell_new(files.make_key(key), key)
    elif check and key:
        click.echo(f"It says: {files.words_in(check, files.read_key(key))}")
    else:
        _serve(port, files.read_key(key) if key else "", **door)


def _serve(port: int, key: str, *, node: str, member: str, file: Path | None, ca: Path | None) -> None:
    from kiosk.mediator.app import connecting, run_mediator
    from kiosk.mediator.desk import Desk, Door

    if key and not file:
        node = node or click.prompt("The node's address")
        member = member or click.prompt("Your member number")
    desk = Desk(connecting(str(ca or "")), Door(node, member, file))
    if key:
        desk.open(key, desk.door)
    run_mediator(desk, port, _tell)


def _tell(address: str) -> None:
    click.echo("Open this address in a browser on this machine; it is a secret, and ends with the page:")
    click.echo(address)


def _tell_new(recipient: str, path: Path) -> None:
    click.echo(
        f"Your key is in {path}. Whoever has it reads what is sealed for you: keep it, and a copy, safe."
    )
    click.echo("For the trust list:")
    click.echo(recipient)
