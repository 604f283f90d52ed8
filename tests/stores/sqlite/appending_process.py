"""A process that appends to a store until it is ended, and tells what was accepted."""

import asyncio
import sys
from pathlib import Path

from shared.eventstore.port import NO_STREAM
from shared.eventstore.sqlite import SqliteStore
from shared.kernel.clock import SystemClock
from tests.stores.facts import facts


async def main(path: Path) -> None:
    """Append in eight streams at once, for ever."""
    store = SqliteStore.open(path, SystemClock())

    async def append(stream: str) -> None:
        version = NO_STREAM
        while True:
            added = await store.append(stream, version, facts(2))
            version = added[-1].version
            for fact in added:
                sys.stdout.write(f"{fact.position} {fact.id}\n")
            sys.stdout.flush()

    await asyncio.gather(*(append(f"stream-{number}") for number in range(8)))


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1])))
