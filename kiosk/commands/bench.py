"""`safe-bench bench …`: the tablet."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from kiosk.commands.options import data_option, serve_options


@click.group()
def bench() -> None:
    """The tablet on the bench."""


@bench.command()
@serve_options(port=8080)
def serve(data: Path, host: str | None, port: int | None) -> None:
    """Run the tablet's app on waitress, syncing in the background."""
    from kiosk.commands.serving import serve_bench

    serve_bench(data, host, port)


@bench.command()
@click.argument("url")
@click.argument("code")
@data_option
@click.option(
    "--ca",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="The node's own CA, a PEM file.",
)
def enrol(url: str, code: str, data: Path, ca: Path | None) -> None:
    """Make this machine a bench of the node at URL, with a CODE from its coordinator."""
    from kiosk.adapters.datadir import DataDir
    from kiosk.bench import enrol_bench

    identity = enrol_bench(DataDir(data), url, code, ca)
    click.echo(f"{identity.name} is a bench of {identity.network} now: {identity.device}")
    click.echo(f"Next: safe-bench bench serve --data {data}")


@bench.command()
@data_option
def sync(data: Path) -> None:
    """Sync until nothing is new."""
    from kiosk.adapters.datadir import DataDir
    from kiosk.bench import sync_once
    from kiosk.commands.running import alone, ask_running

    place = DataDir(data)
    place.require()
    facts = ask_running(place, "bench.sync")
    if facts is not None:
        click.echo(facts["said"])
        return
    with alone(place, central=False) as here:
        click.echo(sync_once(here))


@bench.command()
@data_option
@click.option("--json", "as_json", is_flag=True, help="For machines.")
def status(data: Path, as_json: bool) -> None:
    """Say how the bench is: pending, last sync, clock, disk, quarantine."""
    from kiosk.commands.standing import standing_of

    found = standing_of(data)
    if as_json:
        click.echo(msgspec.json.encode(found).decode())
        return
    for line in found.lines():
        click.echo(line)
