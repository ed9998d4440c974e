"""`safe-bench central phone-link` and `phone-revoke`: phones that may check a member in."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from kiosk.commands.options import data_option
from kiosk.commands.running import perform


@click.command("phone-link")
@click.argument("number", metavar="MEMBER")
@click.option("--url", help="The node's address, where config.toml has no `url`: https://node.example")
@data_option
def phone_link(number: str, url: str | None, data: Path) -> None:
    """Make the link by which MEMBER introduces a phone: good once, and for a day."""
    made = perform(data, "member.phone-link", central=True, member=number)
    ends = datetime.fromtimestamp(made["ends"], UTC).astimezone()
    click.echo(f"For {made['name']} alone, once, until {ends:%Y-%m-%d %H:%M}. It is shown this once:")
    click.echo(f"{(url or _address(data)).rstrip('/')}/phone/{made['secret']}")


@click.command("phone-revoke")
@click.argument("number", metavar="MEMBER")
@data_option
def phone_revoke(number: str, data: Path) -> None:
    """Have no phone of MEMBER count at the node any more, nor a link that is still out."""
    made = perform(data, "member.phone-revoke", central=True, member=number)
    click.echo(f"{made['phones']} phones of {made['name']} count no more at the node.")
    click.echo("Those that a bench introduced count there until the badges are voided: revoke-badges.")


def _address(data: Path) -> str:
    from kiosk.config import load

    config = load(data)
    return config.url or f"http://127.0.0.1:{config.port or 8081}"
