"""`safe-bench central badge` and `badges`: badges on paper."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from kiosk.commands.options import data_option
from kiosk.commands.printed import require_ending, write_file
from kiosk.commands.running import perform

if TYPE_CHECKING:
    from kiosk.adapters.card import Card

_FILE = click.Path(dir_okay=False, path_type=Path)
_size = click.option(
    "--size",
    type=click.Choice(["A4", "Letter"], case_sensitive=False),
    default="A4",
    show_default=True,
    help="The paper of a PDF.",
)


@click.command()
@click.argument("number", metavar="MEMBER")
@click.option("--out", required=True, type=_FILE, help="The file to write: .png, or .pdf for a whole page.")
@_size
@data_option
def badge(number: str, out: Path, size: str, data: Path) -> None:
    """Write a printable badge for MEMBER."""
    from kiosk.adapters.badge import badge_png
    from kiosk.adapters.paper import SINGLE, badges_pdf

    require_ending(out, ".png", ".pdf")
    card = _card(data, number)
    if out.suffix.lower() == ".pdf":
        write_file(out, badges_pdf([card], SINGLE[size]))
    else:
        write_file(out, badge_png(card.text, card.name, card.number, card.network))
    click.echo(f"The badge of {card.name} ({card.number}) is in {out}.")


@click.command()
@click.argument("numbers", metavar="MEMBER...", nargs=-1, required=True)
@click.option("--out", required=True, type=_FILE, help="The PDF to write.")
@_size
@data_option
def badges(numbers: tuple[str, ...], out: Path, size: str, data: Path) -> None:
    """Write badges for each MEMBER, eight to a page, with marks along which to cut."""
    from kiosk.adapters.paper import SHEETS, badges_pdf

    require_ending(out, ".pdf")
    cards = [_card(data, number) for number in numbers]
    write_file(out, badges_pdf(cards, SHEETS[size]))
    click.echo(
        f"{len(cards)} badges are in {out}. Print it at its actual size (100 %), and cut at the marks."
    )


def _card(data: Path, number: str) -> Card:
    from kiosk.adapters.card import Card

    made = perform(data, "member.badge", central=True, member=number)
    return Card(made["badge"], made["name"], made["member"], made["network"])
