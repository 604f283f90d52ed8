"""Moving the clock of a hall: for what ends or lapses by itself."""

import os
from datetime import UTC, datetime, timedelta

from tests.access.hall import Hall


def moved_to(here: Hall, moment: datetime) -> None:
    """Let it be *moment* in a hall; time goes on from there."""
    file = here.var / "clock"
    before = file.stat().st_mtime_ns if file.exists() else 0
    file.write_text(str((moment - datetime.now(UTC)).total_seconds()))
    if (written := file.stat()).st_mtime_ns == before:  # two changes within one tick of the disk
        os.utime(file, ns=(written.st_atime_ns, before + 1))


def moved_on(here: Hall, by: timedelta) -> None:
    """Let so much time have passed in a hall."""
    moved_to(here, here.wiring.clock.now() + by)
