"""`serve`, of the bench and of the node."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from kiosk.adapters.datadir import DataDir
from kiosk.bench import run_bench
from kiosk.central import run_central
from kiosk.config import Config, load


def serve_bench(data: Path, host: str | None, port: int | None) -> None:
    """Run the tablet's app until it is told to stop."""
    place = DataDir(data)
    place.require()
    with place.locked():
        run_bench(_config(data, host, port, 8080), place, lambda address: _say("The bench is at", address))


def serve_central(data: Path, host: str | None, port: int | None) -> None:
    """Run the node until it is told to stop."""
    place = DataDir(data)
    place.require()
    with place.locked():
        run_central(_config(data, host, port, 8081), place, lambda address: _say("The node is at", address))


def _config(data: Path, host: str | None, port: int | None, usual_port: int) -> Config:
    config = load(data)
    found = {"host": host or config.host, "port": usual_port if config.port is None else config.port}
    if port is not None:
        found["port"] = port
    return msgspec.structs.replace(config, **found)


def _say(words: str, address: str) -> None:
    click.echo(f"{words} {address}")
