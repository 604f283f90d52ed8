"""A SQLite store, and another process that writes to one."""

import asyncio
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from shared.eventstore.port import EventStore
from shared.eventstore.sqlite import SqliteStore
from shared.kernel.clock import StandingClock
from tests.stores.facts import DEADLINE

ROOT = Path(__file__).parents[3]


@dataclass
class Appending:
    """Another process that appends; ``accepted`` are the lines that it told of."""

    process: asyncio.subprocess.Process
    accepted: list[str] = field(default_factory=list)

    async def hear(self, count: int) -> None:
        """Listen until it has told of *count* more facts."""
        assert self.process.stdout
        async with asyncio.timeout(DEADLINE):
            for _ in range(count):
                self.accepted.append((await self.process.stdout.readline()).decode().strip())

    async def kill(self) -> None:
        """End it with no chance to clean up, and listen to its last words."""
        assert self.process.stdout
        self.process.kill()
        last = (await self.process.stdout.read()).decode()
        self.accepted.extend(line for line in last.split("\n")[:-1])
        await self.process.wait()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give the place of a store."""
    return tmp_path / "events.db"


@pytest.fixture
async def store(path: Path, clock: StandingClock) -> AsyncIterator[EventStore]:
    """Give an empty SQLite store."""
    opened = SqliteStore.open(path, clock)
    yield opened
    await opened.close()


@pytest.fixture
async def appending(path: Path) -> AsyncIterator[Appending]:
    """Give another process that appends to the store at ``path`` and has begun to."""
    module = "tests.stores.sqlite.appending_process"
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", module, path, cwd=ROOT, stdout=asyncio.subprocess.PIPE
    )
    another = Appending(process)
    await another.hear(100)
    yield another
    if process.returncode is None:
        await another.kill()
