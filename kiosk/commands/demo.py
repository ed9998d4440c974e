"""`safe-bench demo`."""

from __future__ import annotations

from pathlib import Path

import click

_PORT = click.IntRange(1, 65535)
_FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command()
@click.option(
    "--bench-port", envvar="BENCH_PORT", default=8080, show_default=True, type=_PORT, help="Of the bench."
)
@click.option(
    "--central-port", envvar="CENTRAL_PORT", default=8081, show_default=True, type=_PORT, help="Of the node."
)
@click.option(
    "--state", default=".demo", show_default=True, type=_FOLDER, help="The folder that keeps everything."
)
def demo(bench_port: int, central_port: int, state: Path) -> None:
    """Run a node and a bench with a sample neighbourhood on this machine."""
    from kiosk.demo import run

    run(state, bench_port, central_port)
