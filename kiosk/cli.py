"""The `safe-bench` command. Exit 0: done; 1: refused, with one plain line; 2: usage; 75: try later."""

from __future__ import annotations

import gc
import os
import sys
from importlib import import_module

import click

import kiosk
from kiosk.core.errors import SafeBenchError, TryLater

TRY_LATER = 75
_WHERE = {
    "demo": "kiosk.commands.demo",
    "bench": "kiosk.commands.bench",
    "central": "kiosk.commands.central",
    "poster": "kiosk.commands.posters",
    "trust": "kiosk.commands.trust",
    "mediator": "kiosk.commands.mediator",
    "export": "kiosk.commands.journal",
    "receipt": "kiosk.commands.journal",
    "verify": "kiosk.commands.journal",
    "backup": "kiosk.commands.journal",
    "restore": "kiosk.commands.journal",
    "rebuild": "kiosk.commands.journal",
    "doctor": "kiosk.commands.journal",
}


class _Lazy(click.Group):
    """A group whose commands are imported when they are called for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands, in the order of their use."""
        del ctx
        return list(_WHERE)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of this name."""
        del ctx
        if cmd_name not in _WHERE:
            return None
        gc.disable()  # what modules define stays: looking for what can go meanwhile only takes time
        try:
            command: click.Command = getattr(import_module(_WHERE[cmd_name]), cmd_name)
        finally:
            gc.enable()
        return command


@click.group(cls=_Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(kiosk.__version__, prog_name="safe-bench")
def cli() -> None:
    """Safe Bench: a community bench with a tablet, and the central node it syncs with."""


def main() -> None:
    """Run the command line. What it writes, only its owner reads."""
    os.umask(0o077)
    try:
        code = cli.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        code = error.exit_code
    except click.Abort:
        code = 130
    except TryLater as error:
        click.echo(str(error), err=True)
        code = TRY_LATER
    except SafeBenchError as error:
        click.echo(str(error), err=True)
        code = 1
    sys.exit(code if isinstance(code, int) else 0)


if __name__ == "__main__":
    main()
