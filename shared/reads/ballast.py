"""Room on the disk that is held for reads, and given up a step at a time when there is no other."""

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

BYTES_A_READ: Final = 3_584
"""Of three referrals looked at to one page of fifty, in the file itself: 3,224 were measured by
``python -m tests.reads.weighing``, and a test holds this number to it."""
STEP: Final = 256 * 1024
"""Bytes given up at once: some dozens of reads, and the journal that they pass through."""
PAGE: Final = 4_096
LEAST: Final = 32 * PAGE
"""Bytes of a limited log that no ballast takes: its tables, and a record."""


class Ballast:
    """A file of nothing beside a log of reads.

    *limit* is how many bytes log and ballast may hold together; without one, what the disk has.
    """

    def __init__(self, log: Path, size: int, *, limit: int | None = None) -> None:
        self.log, self.file = log, log.with_suffix(".ballast")
        self.size, self._limit = size, limit
        self.gave_way = False
        """Whether it is eaten: since then nothing else may be written."""
        self.widened: Callable[[int], None] | None = None
        """Is told how many pages the log may hold, whenever that changes."""

    @property
    def held(self) -> int:
        """How many bytes it holds now."""
        return _size(self.file)

    @property
    def whole(self) -> bool:
        """Whether it holds all that it should."""
        return self.held >= self.size

    @property
    def pages(self) -> int | None:
        """How many pages the log may hold beside it; None where nothing but the disk says."""
        return None if self._limit is None else max(self._limit - self.held, LEAST) // PAGE

    def make(self) -> bool:
        """Hold all of it, if the disk has that much, and say whether it does.

        Where it does not, what was held before stays held.
        """
        before, size = self.held, self._room()
        with self.file.open("ab") as file:
            try:
                if size > before:
                    os.posix_fallocate(file.fileno(), 0, size)
                os.ftruncate(file.fileno(), size)
            except OSError:
                os.ftruncate(file.fileno(), before)
            os.fsync(file.fileno())
        self.gave_way = self.gave_way and not self.whole
        self._tell()
        return self.whole

    def give_way(self) -> bool:
        """Give up a step; False where nothing is left to give."""
        held = self.held
        if not held:
            return False
        self.gave_way = True
        with self.file.open("ab") as file:
            os.ftruncate(file.fileno(), max(held - STEP, 0))
            os.fsync(file.fileno())  # only then may the file system give the room to others
        self._tell()
        return True

    def restored(self) -> bool:
        """Hold all of it again if the disk has come to have that much, and as much again to spare.

        Under a limit nothing comes back: the log has grown into it.
        """
        missing = self.size - self.held
        if missing <= 0 or self._limit is not None or self._free() < 2 * missing:
            return self.whole
        return self.make()

    def _room(self) -> int:
        """Give how much it may hold beside what the log has grown to."""
        if self._limit is None:
            return self.size
        return max(min(self.size, self._limit - max(_size(self.log), LEAST)), 0)

    def _free(self) -> int:
        with suppress(OSError):
            disk = os.statvfs(self.file.parent)
            return disk.f_bavail * disk.f_frsize
        return 0

    def _tell(self) -> None:
        if self.widened is not None and self.pages is not None:
            self.widened(self.pages)


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except FileNotFoundError:
        return 0
