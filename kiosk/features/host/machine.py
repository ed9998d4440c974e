"""What the tablet itself says: room on the disk, and the battery if it has one."""

from __future__ import annotations

import shutil
from pathlib import Path

from kiosk.features.host.rules import Battery

POWER = Path("/sys/class/power_supply")


def disk_free(data: Path) -> int:
    """Free bytes where the data is."""
    return shutil.disk_usage(data).free


def battery(power: Path = POWER) -> Battery | None:
    """The battery's state; None when there is none, or it cannot be read."""
    for supply in sorted(power.glob("*")):
        found = _read(supply)
        if found is not None:
            return found
    return None


def _read(supply: Path) -> Battery | None:
    try:
        if (supply / "type").read_text().strip() != "Battery":
            return None
        percent = int((supply / "capacity").read_text())
        return Battery(percent, (supply / "status").read_text().strip() != "Discharging")
    except (OSError, ValueError):
        return None
