"""What doors without work of their own know: how far the process that works has come.

They read the same database, so its checkpoints tell; and they ask owners themselves how far those
are, so that a worker that is dead or behind shows here too.
"""

import asyncio
import math
from contextlib import suppress
from typing import Final

import structlog

from shared.eventstore.port import START
from shared.kernel.clock import Clock
from shared.messaging.backfill import Head, ask_head
from shared.messaging.bus import Bus, Unanswered
from shared.messaging.patience import Interrupted, unless
from shared.projections.runner import GROUND, Lag, Tail, ViewsBehind, waiting
from shared.projections.views import Views

LOOK_EVERY: Final = 0.01
"""Seconds between two looks at the checkpoints, however many wait for them."""
ASK_EVERY: Final = 5.0
"""Seconds between two questions to another owner."""
_log = structlog.get_logger()


class Checkpoints:
    """Waits until the process that works has brought the views to a position."""

    def __init__(self, views: Views) -> None:
        self.views = views
        self._reached: dict[str, int] = {}
        self._looked = -math.inf
        self._one_look = asyncio.Lock()

    async def wait_for(self, source: str, position: int, *, within: float = 2.0) -> None:
        """Return when the views have passed *position* of *source*. Raises ``ViewsBehind``.

        Each looks at least once: after a failover the database may know less than it did.
        """
        try:
            async with asyncio.timeout(within):
                await self._look()
                while self._reached.get(source, START) < position:
                    await self._look()
        except TimeoutError:
            raise ViewsBehind(f"{source} {position}") from None

    async def _look(self) -> None:
        """Look once for all who wait, and not again before ``LOOK_EVERY`` seconds are over."""
        clock = asyncio.get_running_loop().time
        asked = clock()
        async with self._one_look:
            if self._looked > asked:
                return
            await asyncio.sleep(self._looked + LOOK_EVERY - clock())
            self._looked = clock()
            with suppress(*GROUND):  # who waits waits on, for as long as it may
                self._reached = dict(await self.views.checkpoints())


class WatchedViews:
    """The own read models as doors see them that another process keeps up with the store."""

    trouble: None = None
    """What keeps the views from moving is known to who moves them; here only the lag shows."""

    def __init__(self, store: Tail, checkpoints: Checkpoints, source: str, clock: Clock) -> None:
        self.store, self.checkpoints, self.source, self.clock = store, checkpoints, source, clock

    async def run(self, stopping: asyncio.Event) -> None:
        """Do nothing until *stopping* is set: somebody else does."""
        await stopping.wait()

    async def wait_for(self, position: int, *, within: float = 2.0) -> None:
        """Return when the views have passed *position*. Raises ``ViewsBehind``."""
        await self.checkpoints.wait_for(self.source, position, within=within)

    async def lag(self) -> Lag:
        """Give how far the views are behind the store, both asked just now."""
        reached = (await self.checkpoints.views.checkpoints()).get(self.source, START)
        events, seconds = await waiting(self.store, reached, self.clock)
        return Lag(events, seconds, 0.0)


class WatchedSource:
    """What the views know of another service, as doors see it: how old it may be.

    The same questions are answered as by a :class:`~shared.messaging.consumer.Consumer`, from the
    checkpoint that the worker has reached and what the owner says follows it.
    """

    def __init__(self, bus: Bus, source: str, views: Views) -> None:
        self._bus, self._views, self.source = bus, views, source
        self.durable = "watched"
        self.problem: str | None = "has not asked yet"
        """Why it is not known how old the views are; ``None`` while it is."""
        self._head: Head | None = None
        self._whole = -math.inf

    @property
    def head_age_seconds(self) -> float:
        """How long ago the views held all that the owner had; infinite where that never showed.

        By this process's own time: stamps of facts are made by the clocks of others.
        """
        return asyncio.get_running_loop().time() - self._whole

    @property
    def lag_events(self) -> int:
        """How many facts the owner, when last asked, had and the views have not; at most 200."""
        return self._head.behind if self._head else 0

    @property
    def lag_seconds(self) -> float:
        """How long the views have lacked some of these, or 0: by this process's own time too."""
        return self.head_age_seconds if self.lag_events else 0.0

    async def run(self, stopping: asyncio.Event) -> None:
        """Ask the owner now and then until *stopping* is set; silence shows in the age."""
        with suppress(Interrupted):
            while not stopping.is_set():
                await unless(stopping, self._ask())
                await unless(stopping, asyncio.sleep(ASK_EVERY))

    async def _ask(self) -> None:
        try:
            reached = (await self._views.checkpoints()).get(self.source, START)
            asked = asyncio.get_running_loop().time()
            self._head = await ask_head(self._bus, self.source, reached)
        except (Unanswered, *GROUND) as problem:
            self.problem = type(problem).__name__
            _log.warning("not known how far", source=self.source, error=self.problem)
            return
        self.problem = None
        if self._head.head == reached:
            self._whole = asked
