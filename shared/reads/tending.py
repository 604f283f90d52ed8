"""What goes on beside a log of reads: choices are made up for, and the ballast filled again."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass

import structlog

from shared.api.health import Finding, State
from shared.eventstore.port import StoreProblem
from shared.messaging.patience import Interrupted, unless
from shared.projections.runner import GROUND
from shared.reads.chosen import Choice
from shared.reads.log import ReadLog

BATCH = 500
EVERY = 60.0
"""Seconds between two looks. What was chosen is remembered at once; this only mends."""
_log = structlog.get_logger()


@dataclass(frozen=True)
class Tending:
    """Looks after one log of reads, in the one process that works."""

    log: ReadLog

    async def run(self, stopping: asyncio.Event) -> None:
        """Look after it until *stopping* is set; what fails is tried again the next time."""
        with suppress(Interrupted):
            while not stopping.is_set():
                await self._look()
                await unless(stopping, asyncio.sleep(EVERY))

    async def _look(self) -> None:
        try:
            await self.catch_up()
            if self.log.ballast and self.log.ballast.gave_way:
                await asyncio.to_thread(self.log.ballast.restored)
        except GROUND as problem:
            _log.warning("reads not tended", error=type(problem).__name__)

    async def catch_up(self) -> None:
        """Take in what the log says was chosen since the last time: from its start, if need be.

        Whoever loses the table loses nothing: the log tells all of it again.
        """
        reached = await self.log.choices.reached()
        while facts := await self.log.store.read_all(reached, BATCH):
            chosen: dict[str, Choice] = {}
            for fact in facts:
                reading = self.log.key.codec.decode(fact).event.reading.value
                chosen |= self.log.chosen(reading, fact.position)
            reached = facts[-1].position
            await self.log.choices.keep(chosen)
            await self.log.choices.reach(reached)

    async def check(self) -> Finding:
        """Say whether reads can be noted, and whether the room held for them is being eaten."""
        try:
            await self.log.store.head()
        except StoreProblem as problem:
            return Finding(State.DOWN, type(problem).__name__)
        ballast = self.log.ballast
        if ballast is None or ballast.whole:
            return Finding(State.OK)
        return Finding(State.DEGRADED, f"room for reads: {ballast.held} of {ballast.size} bytes")
