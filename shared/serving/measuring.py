"""How far read models and relay are behind, what waits, and how full the disks are.

A scrape cannot wait for a database or a disk that hangs; so what it shows is the last that was
measured, and how long ago that was.
"""

import asyncio
import os
import shutil
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import NamedTuple

import structlog
from sqlalchemy import func, select

from shared.messaging.patience import Interrupted, unless
from shared.messaging.relay import Relay
from shared.projections.bookkeeping import PARKED
from shared.projections.runner import GROUND, Lag
from shared.projections.views import Views
from shared.serving.showing import Shown

EVERY = 2.0
PATIENCE = 5.0
"""Seconds for one measurement; whatever takes longer is left out this time."""
_log = structlog.get_logger()


class Disk(NamedTuple):
    """How many bytes a file system has, and how many of them this process may still fill."""

    size: int
    free: int


class Measuring:
    """Keeps what was last measured; a part that this process does not have stays None or empty.

    *folders* and *files* go by what operators call them: ``var``, ``store``, ``views``, ``vault``.
    """

    def __init__(
        self,
        runner: Shown | None,
        relay: Relay | None,
        *,
        views: Views | None = None,
        folders: Mapping[str, Path] | None = None,
        files: Mapping[str, Path] | None = None,
    ) -> None:
        self._runner, self._relay = runner, relay
        self._models = views
        self._folders, self._files = folders or {}, files or {}
        self._looking: asyncio.Future[None] | None = None
        self._finished = time.monotonic()
        self.views: Lag | None = None
        self.unrelayed: int | None = None
        """Facts that wait for the bus, counted to 500."""
        self.parked: int | None = None
        """Facts set aside."""
        self.disks: dict[str, Disk] = {}
        self.sizes: dict[str, int] = {}
        """Bytes on disk of each file that is there, a database's journal with it."""

    @property
    def age(self) -> float:
        """Seconds since all of it was measured; growing where something hangs or fails."""
        return time.monotonic() - self._finished

    async def run(self, stopping: asyncio.Event) -> None:
        """Measure until *stopping* is set; while the ground gives way the last figures stand."""
        steps = (self._look_behind, self._look_to_bus, self._look_aside, self._look_at_disks)
        with suppress(Interrupted):
            while not stopping.is_set():
                done = [await unless(stopping, _in_time(step)) for step in steps]
                if all(done):
                    self._finished = time.monotonic()
                await unless(stopping, asyncio.sleep(EVERY))

    async def _look_behind(self) -> None:
        if self._runner is not None:
            self.views = await self._runner.lag()

    async def _look_to_bus(self) -> None:
        if self._relay is not None:
            self.unrelayed = await self._relay.lag()

    async def _look_aside(self) -> None:
        if self._models is None:
            return
        async with self._models.reading() as (connection, generation):
            waiting = select(func.count()).where(PARKED.c.generation == generation)
            self.parked = await connection.scalar(waiting)

    async def _look_at_disks(self) -> None:
        """Ask the disks in a thread: a network volume may hang, and then nobody asks it again."""
        if self._looking is None or self._looking.done():
            self._looking = asyncio.ensure_future(asyncio.to_thread(self._read_disks))
        await asyncio.shield(self._looking)

    def _read_disks(self) -> None:
        for name, folder in self._folders.items():
            total, _, free = shutil.disk_usage(folder)
            self.disks[name] = Disk(total, free)
        there = {name: path for name, path in self._files.items() if path.exists()}
        self.sizes = {name: _size(path) for name, path in there.items()}


async def _in_time(step: Callable[[], Awaitable[None]]) -> bool:
    try:
        async with asyncio.timeout(PATIENCE):
            await step()
    except (*GROUND, TimeoutError) as problem:
        _log.warning("not measured", error=type(problem).__name__)
        return False
    return True


def _size(path: Path) -> int:
    size = 0
    for each in (path, path.with_name(f"{path.name}-wal")):
        with suppress(FileNotFoundError):
            size += os.stat(each).st_size  # noqa: PTH116 - asked every two seconds
    return size
