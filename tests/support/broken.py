"""Processes that die and machines that fail, at the moment a test chooses."""

from __future__ import annotations

import ctypes
import fcntl
import os
import platform
import signal
import struct
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

_SYSCALLS = {
    "x86_64": {"fsync": 74, "fdatasync": 75, "pwrite64": 18},
    "aarch64": {"fsync": 82, "fdatasync": 83, "pwrite64": 68},
}
_ARCHITECTURE = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_SHUTDOWN, _WITHOUT_LOG = 0x8004587D, 2
"""EXT4_IOC_SHUTDOWN, and the flag by which what was not made durable is lost: a power cut."""


class Child:
    """A process of its own that runs `work(say)` of this one's memory; `say` tells this one a number."""

    def __init__(self, work: Callable[[Callable[[int], None]], None]) -> None:
        self._heard, telling = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(self._heard)
            _work(work, telling)
        os.close(telling)
        self._status: int | None = None

    def hear(self) -> int | None:
        """The next number; None when there is no further one."""
        told = os.read(self._heard, 8)
        return struct.unpack("q", told)[0] if len(told) == 8 else None

    def hear_all(self) -> list[int]:
        """All numbers until it ends, and its end."""
        numbers: list[int] = []
        while (number := self.hear()) is not None:
            numbers.append(number)
        self.wait()
        return numbers

    def stop(self) -> None:
        """Have it stand still, wherever it is: what it has told by then, it had told before."""
        os.kill(self.pid, signal.SIGSTOP)
        os.waitpid(self.pid, os.WUNTRACED)

    def kill(self) -> list[int]:
        """`kill -9`; what it had still told."""
        os.kill(self.pid, signal.SIGKILL)
        return self.hear_all()

    def wait(self) -> int:
        """How it ended: an exit code, or minus the signal."""
        if self._status is None:
            self._status = os.waitstatus_to_exitcode(os.waitpid(self.pid, 0)[1])
            os.close(self._heard)
        return self._status


def _work(work: Callable[[Callable[[int], None]], None], telling: int) -> NoReturn:
    def say(number: int) -> None:
        os.write(telling, struct.pack("q", number))

    code = 1
    try:
        work(say)
        code = 0
    finally:
        os._exit(code)


def dies_at(step: int, work: Callable[[], None]) -> bool:
    """Do `work` in a process that is killed right before its `step`th change of a file; False: all done."""

    def run(_say: Callable[[int], None]) -> None:
        left = step

        def count(event: str, args: tuple[object, ...]) -> None:
            nonlocal left
            if event in _CHANGES or (event == "open" and isinstance(args[2], int) and args[2] & _WRITES):
                left -= 1
                if left < 0:
                    os.kill(os.getpid(), signal.SIGKILL)

        sys.addaudithook(count)
        work()

    ended = Child(run).wait()
    assert ended in (0, -signal.SIGKILL), f"it ended with {ended}"
    return ended != 0


_CHANGES = {"os.rename", "os.remove", "os.link", "os.mkdir", "os.chmod", "sqlite3.connect"}
_WRITES = os.O_WRONLY | os.O_RDWR


def fail_here(number: int, *calls: str) -> None:
    """From now on these system calls of this thread fail with errno `number` (seccomp); for good."""
    numbers = [_SYSCALLS[platform.machine()][call] for call in calls]
    steps = [(0x20, 0, 0, 4), (0x15, 1, 0, _ARCHITECTURE[platform.machine()]), (0x06, 0, 0, 0x7FFF0000)]
    steps.append((0x20, 0, 0, 0))
    for i, call in enumerate(numbers):
        steps.append((0x15, len(numbers) - i, 0, call))
    steps += [(0x06, 0, 0, 0x7FFF0000), (0x06, 0, 0, 0x00050000 | number)]
    program = b"".join(struct.pack("HBBI", *step) for step in steps)
    held = ctypes.create_string_buffer(program)
    filters = struct.pack("HxxxxxxQ", len(steps), ctypes.addressof(held))
    libc = ctypes.CDLL(None, use_errno=True)
    assert libc.prctl(38, 1, 0, 0, 0) == 0  # PR_SET_NO_NEW_PRIVS
    assert libc.prctl(22, 2, filters, 0, 0) == 0, os.strerror(ctypes.get_errno())  # PR_SET_SECCOMP


def _mounted(*words: str | Path) -> None:
    subprocess.run(["mount", *words], check=True, capture_output=True)


@contextmanager
def mounted(place: Path, *words: str | Path) -> Iterator[Path]:
    """A file system at `place`, by `mount WORDS place`; root only."""
    place.mkdir(exist_ok=True)
    _mounted(*words, place)
    try:
        yield place
    finally:
        subprocess.run(["umount", place], check=True, capture_output=True)


def ext4_image(path: Path, megabytes: int = 48) -> Path:
    """A file that holds an empty ext4."""
    with path.open("wb") as file:
        file.truncate(megabytes << 20)
    subprocess.run(
        ["mkfs.ext4", "-q", "-F", "-E", "lazy_itable_init=0", path], check=True, capture_output=True
    )
    return path


def cut_power(place: Path) -> None:
    """Shut the ext4 at `place` down: nothing reaches it any more, and what was not durable is lost."""
    descriptor = os.open(place, os.O_RDONLY)
    try:
        fcntl.ioctl(descriptor, _SHUTDOWN, struct.pack("I", _WITHOUT_LOG))
    finally:
        os.close(descriptor)


def cannot_mount() -> str:
    """Why file systems cannot be mounted here; "" when they can."""
    if os.geteuid() != 0:
        return "mounting a file system needs root"
    tried = subprocess.run(
        ["unshare", "-m", "mount", "-t", "tmpfs", "none", "/mnt"], capture_output=True, check=False
    )
    return "" if tried.returncode == 0 else "this container may not mount file systems"
