"""How far the own read models and the relay are behind, measured every few seconds.

A scrape cannot wait for a database; so what it shows is the last that was measured.
"""

import asyncio
from contextlib import suppress

import structlog

from shared.messaging.patience import Interrupted, unless
from shared.messaging.relay import Relay
from shared.projections.runner import GROUND, Lag, Runner

EVERY = 2.0
_log = structlog.get_logger()


class Measuring:
    """Keeps the last lag of the views, and how many facts wait for the bus (counted to 500)."""

    def __init__(self, runner: Runner, relay: Relay) -> None:
        self._runner, self._relay = runner, relay
        self.views: Lag | None = None
        self.unrelayed: int | None = None

    async def run(self, stopping: asyncio.Event) -> None:
        """Measure until *stopping* is set; while the ground gives way the last figures stand."""
        with suppress(Interrupted):
            while not stopping.is_set():
                try:
                    self.views = await self._runner.lag()
                    self.unrelayed = await self._relay.lag()
                except GROUND as problem:
                    _log.warning("not measured", error=type(problem).__name__)
                await unless(stopping, asyncio.sleep(EVERY))
