"""`safe-bench poster …`: posters, leaflets and stickers on paper, from a node's data or a bench's."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kiosk.commands.options import Command, data_option
from kiosk.commands.printed import require_ending, require_printing, write_file

if TYPE_CHECKING:
    from kiosk.features.posters.papers import Made
    from kiosk.features.posters.printing import Printer

_FILE = click.Path(dir_okay=False, path_type=Path)
_language = click.option("--language", help="Its code, e.g. ar; usually the language of the device.")
_url = click.option("--url", help="The node's public address, where config.toml does not say it.")
_ink = click.option(
    "--ink",
    type=click.Choice(["full", "less"]),
    default="full",
    show_default=True,
    help="“less” leaves the ground white.",
)
_out = click.option("--out", required=True, type=_FILE, help="The PDF to write.")


def _size(*sizes: str) -> Callable[[Command], Command]:
    choice = click.Choice(sizes, case_sensitive=False)
    return click.option("--size", type=choice, default="A4", show_default=True, help="The paper.")


@click.group()
def poster() -> None:
    """Posters, leaflets and stickers on paper. An app may go on running on the same data."""


@poster.command()
@click.argument("slug")
@_size("A3", "A4", "Letter")
@_language
@_url
@_ink
@click.option("--whole", is_flag=True, help="Further sheets for the words after the steps.")
@_out
@data_option
def pdf(out: Path, data: Path, slug: str, size: str, *, whole: bool, **how: Any) -> None:
    """Write the poster SLUG as a PDF, to be read from two metres on A3."""
    made = _made(out, data, how, lambda printer: printer.poster(slug, size, whole=whole))
    sheets = "1 sheet" if made.pages == 1 else f"{made.pages} sheets"
    click.echo(f"{slug} is in {out}: {sheets} of {size}. Print at the actual size (100 %).")
    if not made.whole:
        click.echo("What follows the steps did not fit and is left to the code; --whole prints it too.")
    if made.code < _wide():
        click.echo(f"The code is {made.code:.0f} mm wide, as there was no room for {_wide():.0f}.")


@poster.command()
@click.argument("slug")
@_size("A4", "Letter")
@_language
@_url
@_ink
@_out
@data_option
def leaflet(out: Path, data: Path, slug: str, size: str, **how: Any) -> None:
    """Write the poster SLUG as leaflets, two to a page on its side, with marks where it is cut."""
    made = _made(out, data, how, lambda printer: printer.leaflet(slug, size))
    both = " Print on both sides, turned at the short edge." if made.pages == 2 else ""
    click.echo(f"Two leaflets of {slug} are in {out}.{both} Cut at the marks.")


@poster.command()
@_size("A4", "Letter")
@_language
@_out
@data_option
def stickers(out: Path, data: Path, size: str, language: str | None) -> None:
    """Write a sheet of six round Community Safety Zone stickers."""
    how = {"language": language, "url": None, "ink": "full"}
    _made(out, data, how, lambda printer: printer.stickers(size))
    click.echo(f"Six stickers are in {out}. Print at the actual size (100 %), and cut at the circles.")


def _made(out: Path, data: Path, how: dict[str, Any], draw: Callable[[Printer], Made]) -> Made:
    require_ending(out, ".pdf")
    require_printing()
    from kiosk.adapters.datadir import DataDir
    from kiosk.composition import looking_at
    from kiosk.config import load
    from kiosk.features.posters.printing import Printer

    config = load(data) if data.is_dir() else None
    with looking_at(DataDir(data)) as (db, device):
        usual = config.language if config else "en"
        url = how["url"] or (config.url if config else "") or device.identity.node_url
        printer = Printer(db.conn, device, url, how["language"], usual, spare_ink=how["ink"] == "less")
        made = draw(printer)
    write_file(out, made.content)
    return made


def _wide() -> float:
    from kiosk.features.posters.papers import POSTER

    return POSTER.code
