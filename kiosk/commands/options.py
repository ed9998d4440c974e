"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])

data_option = click.option(
    "--data",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder that holds everything of this device.",
)


def serve_options(port: int) -> Callable[[Command], Command]:
    """`--data`, `--host` and `--port`; `port` is named in the help as the usual one."""

    def add(command: Command) -> Command:
        command = click.option(
            "--port", type=click.IntRange(0, 65535), help=f"Usually {port}; 0 picks a free one."
        )(command)
        command = click.option("--host", help="Usually 127.0.0.1.")(command)
        return data_option(command)

    return add
