"""``python -m tests.reads.weighing``: how many bytes a read takes in the file of the log."""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory
from uuid import uuid4

from shared.eventstore.sqlite import SqliteStore
from shared.kernel.clock import SystemClock
from shared.reads.log import ReadLog
from tests.reads.people import listed, looked

ROUNDS = 250


async def weighed(folder: Path) -> float:
    """Give the bytes a read, of three referrals looked at to one page of fifty."""
    file = folder / "reads.db"
    store = SqliteStore.open(file, SystemClock())
    log = ReadLog.over(store)
    for _ in range(ROUNDS):
        three = (looked(uuid4()) for _ in range(3))
        page = listed([uuid4() for _ in range(50)])
        await asyncio.gather(*map(log.note, (*three, page)))
    await store.close()
    return file.stat().st_size / (4 * ROUNDS)


if __name__ == "__main__":
    with TemporaryDirectory() as folder:
        print(asyncio.run(weighed(Path(folder))))  # noqa: T201 - what it is called for
