"""Files that are made for a printer."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import click

_NEEDED = ("PIL", "bidi", "reportlab", "uharfbuzz")


def require_ending(out: Path, *endings: str) -> None:
    """Fail, as wrong usage, unless the file is named like what it is to hold."""
    if out.suffix.lower() not in endings:
        raise click.BadParameter(f"{out.name} must end in {' or '.join(endings)}.", param_hint="--out")


def require_printing() -> None:
    """Refused where the packages are missing that only nodes have."""
    from kiosk.core.errors import Refused

    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise Refused(
            f"What puts words on paper is not installed here ({', '.join(missing)}):"
            " pip install 'safe-bench[central]', or print at the node."
        )


def write_file(out: Path, content: bytes) -> None:
    """Write a file whole, for its owner only; Refused where it cannot be."""
    from kiosk.adapters.files import PRIVATE, require_replaceable, whole_file
    from kiosk.core.errors import Refused

    require_replaceable(out)
    try:
        with whole_file(out, PRIVATE) as file:
            file.write(content)
    except OSError as error:
        raise Refused(f"{out} cannot be written: {error.strerror}.") from None
