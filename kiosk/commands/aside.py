"""`safe-bench central aside …`: what was refused, for a person to judge."""

from __future__ import annotations

from pathlib import Path

import click

from kiosk.commands.options import data_option
from kiosk.commands.running import perform


@click.group()
def aside() -> None:
    """What was refused and set aside, for a person to judge."""


@aside.command("list")
@data_option
def aside_list(data: Path) -> None:
    """List what lies aside, and why."""
    rows = perform(data, "aside.list", central=True)["aside"]
    for number, source, found, reason, events in rows:
        click.echo(f"{number}  {source}  {found}  {events} events  {reason}")
    if not rows:
        click.echo("Nothing lies aside.")


@aside.command("show")
@click.argument("number", type=int)
@data_option
def aside_show(number: int, data: Path) -> None:
    """Say in plain words what NUMBER holds."""
    made = perform(data, "aside.show", central=True, number=number)
    click.echo(f"Events {made['first']} to {made['last']} of {made['source']}:")
    for line in made["lines"]:
        click.echo(line)


@aside.command("drop")
@click.argument("number", type=int)
@data_option
def aside_drop(number: int, data: Path) -> None:
    """Erase NUMBER."""
    perform(data, "aside.drop", central=True, number=number)
    click.echo(f"{number} was erased.")


@aside.command("take")
@click.argument("number", type=int)
@data_option
def aside_take(number: int, data: Path) -> None:
    """Take NUMBER after all: what a bench wrote before it was stolen."""
    made = perform(data, "aside.take", central=True, number=number)
    click.echo(f"{made['new']} events of {made['source']} were taken.")
