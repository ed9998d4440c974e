"""`safe-bench demo`."""

from __future__ import annotations

from pathlib import Path

import click


@click.command()
@click.option(
    "--bench-port", envvar="BENCH_PORT", default=8080, show_default=True, type=click.IntRange(1, 65535)
)
@click.option(
    "--central-port", envvar="CENTRAL_PORT", default=8081, show_default=True, type=click.IntRange(1, 65535)
)
@click.option("--state", default=".demo", show_default=True, type=click.Path(file_okay=False, path_type=Path))
def demo(bench_port: int, central_port: int, state: Path) -> None:
    """Run a node and a bench with a sample neighbourhood on this machine."""
    from kiosk.demo import run

    run(state, bench_port, central_port)
