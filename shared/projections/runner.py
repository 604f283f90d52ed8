"""Keeps the read models of a service up with its own store."""

import asyncio
import json
import math
import time
from contextlib import suppress
from typing import NamedTuple, Protocol

from sqlalchemy.exc import SQLAlchemyError

from shared.eventstore.port import Stored, StoreProblem
from shared.kernel.clock import Clock, read
from shared.messaging.patience import Backoff, Interrupted, unless
from shared.projections.bookkeeping import START
from shared.projections.views import Reader, Views, WentBack

BATCH = 500
MOST_COUNTED = 500
"""Facts behind; whoever is further behind is far behind, and counting costs reading."""
HEARTBEAT = 5.0
"""Seconds after which a quiet store is asked again, so that silence can be told from death."""
GROUND = (StoreProblem, SQLAlchemyError, OSError, WentBack)
"""What passes by itself: a store or a database that does not answer just now."""


class Tail(Reader, Protocol):
    """The part of an event store that is needed to follow it."""

    async def head(self) -> int:
        """Give the last position, ``START`` where there is none."""
        ...

    async def wait(self, after: int) -> None:
        """Return as soon as there is a fact after position *after*."""
        ...


class ViewsBehind(Exception):
    """What was asked for is stored, but cannot be seen in the read models yet."""


class Lag(NamedTuple):
    """How far the read models are behind their store.

    ``events`` is counted up to ``MOST_COUNTED``. ``seconds`` is the age of the oldest fact not
    applied. Both are asked of the store and the database themselves, so that a dead runner shows.
    ``head_age``: seconds since the runner last heard from the store, infinite where it never did;
    well above ``HEARTBEAT`` means it is dead.
    """

    events: int
    seconds: float
    head_age: float


class Runner:
    """Follows one store. Only one may run for a database; a second is stopped by ``TwoRunners``.

    Where nobody waits for what is new it is gathered for ``pause`` seconds after each batch: each
    fact by itself costs as much again as the whole of a batch.
    """

    def __init__(
        self, store: Tail, views: Views, source: str, clock: Clock, *, pause: float = 0.0
    ) -> None:
        self.store, self.views, self.source, self.clock = store, views, source, clock
        self._pause = pause
        self.trouble: str | None = None
        """The class of what keeps the views from moving on, while it does."""
        self._passed = START
        self._progress = asyncio.Condition()
        self._head_read = -math.inf

    async def run(self, stopping: asyncio.Event) -> None:
        """Apply what is stored until *stopping* is set; a batch once begun is finished.

        Raises ``TwoRunners`` and ``OtherShape``; outlasts a store or database that is away.
        """
        backoff = Backoff()
        with suppress(Interrupted):
            while not stopping.is_set():
                try:
                    found = await self._batch()
                    if not found:
                        await unless(stopping, self._news())
                    elif found < BATCH and self._pause:
                        await unless(stopping, asyncio.sleep(self._pause))
                    self.trouble = None
                    backoff.reset()
                except GROUND as problem:
                    self.trouble = type(problem).__name__
                    await unless(stopping, backoff.wait())

    async def wait_for(
        self, position: int, *, stream: str | None = None, within: float = 2.0
    ) -> None:
        """Return when the views have passed *position*.

        Raises ``ViewsBehind`` after *within* seconds, and where *stream* is parked: then its rows
        stand still although the position was passed.
        """
        try:
            async with asyncio.timeout(within), self._progress:
                await self._progress.wait_for(lambda: self._passed >= position)
        except TimeoutError:
            raise ViewsBehind(f"{self.source} {self._passed} < {position}") from None
        if stream is not None and await self.views.parked_list(stream):
            raise ViewsBehind(f"{self.source} {position} is parked")

    async def lag(self) -> Lag:
        """Give how far behind the views are, and how long ago the runner was seen alive."""
        reached = (await self.views.checkpoints()).get(self.source, START)
        events, seconds = await waiting(self.store, reached, self.clock)
        return Lag(events, seconds, time.monotonic() - self._head_read)

    async def _batch(self) -> int:
        reached = await self.views.position(self.source)
        facts = await self.store.read_all(reached, BATCH)
        self._head_read = time.monotonic()
        if facts:
            await self.views.apply(self.source, facts)
            reached = facts[-1].position
        async with self._progress:
            self._passed = reached
            self._progress.notify_all()
        return len(facts)

    async def _news(self) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(HEARTBEAT):
                await self.store.wait(self._passed)


async def waiting(store: Reader, reached: int, clock: Clock) -> tuple[int, float]:
    """Give the number of facts after *reached*, up to ``MOST_COUNTED``, and the first one's age."""
    facts = await store.read_all(reached, MOST_COUNTED)
    return len(facts), _age(facts[0], clock) if facts else 0.0


def _age(fact: Stored, clock: Clock) -> float:
    recorded = read(json.loads(fact.metadata)["recorded_at"])
    return max(0.0, (clock.now() - recorded).total_seconds())
