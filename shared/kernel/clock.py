"""The one source of time for doors, stores, tokens, timers and logs."""

import os
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol


class Clock(Protocol):
    """Says what time it is, in UTC with microseconds."""

    def now(self) -> datetime:
        """Give this moment."""
        ...


class SystemClock:
    """The machine's own time: the only clock of production."""

    def now(self) -> datetime:
        """Give this moment."""
        return datetime.now(UTC)


@dataclass
class ShiftedClock:
    """The machine's time moved by the seconds written in a file that every process reads.

    No file means no shift. A change of the file is seen by the next call.
    """

    offset_file: Path
    _read: tuple[int, timedelta] = field(default=(-1, timedelta()), init=False)

    def now(self) -> datetime:
        """Give this moment, moved."""
        return datetime.now(UTC) + self.offset()

    def offset(self) -> timedelta:
        """Give the shift in force."""
        try:
            changed = os.stat(self.offset_file).st_mtime_ns  # noqa: PTH116 - asked at every request
        except FileNotFoundError:
            return timedelta()
        if changed != self._read[0]:
            self._read = (changed, timedelta(seconds=float(self.offset_file.read_text())))
        return self._read[1]


@dataclass
class StandingClock:
    """A clock that stands until it is moved: for tests."""

    moment: datetime

    def now(self) -> datetime:
        """Give the moment it stands at."""
        return self.moment

    def forward(self, by: timedelta) -> None:
        """Move it on."""
        self.moment += by


def written(moment: datetime) -> str:
    """Give a moment as stored: RFC 3339, UTC, six decimals, so that text order is time order."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def read(text: str) -> datetime:
    """Give the moment that :func:`written` wrote."""
    return datetime.fromisoformat(text)
