"""A follower that counts each fact in SQLite; as a program it dies right after its first commit.

Arguments: the address of the bus and the file to count in; the password in ``BUS_PASSWORD``.
"""

import asyncio
import os
import signal
import sqlite3
import sys
from collections.abc import Sequence
from pathlib import Path

from shared.eventstore.port import Stored
from shared.messaging.bus import Bus
from shared.messaging.consumer import Consumer
from shared.messaging.names import inbox_of
from shared.messaging.server import BusAddress

TABLES = """
CREATE TABLE IF NOT EXISTS effects (fact TEXT PRIMARY KEY, times INTEGER NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS checkpoint (source TEXT PRIMARY KEY, position INTEGER NOT NULL) STRICT;
"""
COUNT = "INSERT INTO effects VALUES (?, 1) ON CONFLICT DO UPDATE SET times = times + 1"
MOVE = "INSERT INTO checkpoint VALUES (?, ?) ON CONFLICT DO UPDATE SET position = excluded.position"


class Tally:
    """A sink whose effect would show if it came twice."""

    def __init__(self, file: Path) -> None:
        self._db = sqlite3.connect(file)
        self._db.executescript(TABLES)

    async def position(self, source: str) -> int:
        """Give the checkpoint."""
        query = "SELECT position FROM checkpoint WHERE source = ?"
        row = self._db.execute(query, (source,)).fetchone()
        return int(row[0]) if row else 0

    async def apply(self, source: str, facts: Sequence[Stored]) -> None:
        """Count *facts* and move the checkpoint, in one transaction."""
        with self._db:
            self._db.executemany(COUNT, [(str(fact.id),) for fact in facts])
            self._db.execute(MOVE, (source, facts[-1].position))

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()


class DyingTally(Tally):
    """A sink whose process is killed after its commit, before anything can be acknowledged."""

    async def apply(self, source: str, facts: Sequence[Stored]) -> None:
        """Count, commit, die."""
        await super().apply(source, facts)
        os.kill(os.getpid(), signal.SIGKILL)


async def main(url: str, file: str) -> None:
    """Follow referrals as the councils service until killed."""
    password = os.environ["BUS_PASSWORD"]
    bus = await Bus.connect(BusAddress(url, "councils", password, inbox_of("councils")))
    await Consumer(bus, "referrals", "docket", DyingTally(Path(file))).run(asyncio.Event())


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
