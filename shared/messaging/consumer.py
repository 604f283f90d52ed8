"""Following another service's facts: all of them, in order, each applied once."""

import asyncio
from collections.abc import Iterable, Sequence
from contextlib import suppress
from math import inf
from typing import Never

import structlog
from nats.aio.msg import Msg
from nats.js import JetStreamContext
from nats.js.errors import NotFoundError

from shared.api.tracing import taking_in
from shared.eventstore.port import START, Stored
from shared.messaging.backfill import Head, ask_head, fetch_range
from shared.messaging.bus import BUS_FAULTS, Bus, Connection, Unanswered
from shared.messaging.durable import ConsumerDiffers, ensure
from shared.messaging.envelope import Carried, NotAFact, carried
from shared.messaging.names import durable_of, stream_of
from shared.messaging.patience import Backoff, Interrupted, to_its_end, unless
from shared.messaging.sink import Sink

BATCH = 256

_log = structlog.get_logger()


class Contradiction(Exception):
    """What an owner or a sink says cannot be after what was applied: one of them was set back."""


class SinkDown(Exception):
    """The sink could not do its part: it raised an exception of the kind named."""


class Consumer:
    """Brings the facts of *source* to *sink*: from the bus, and over its holes from the owner.

    Each message names the fact before it. Below the last one applied it is a repetition and is
    dropped; above, there is a hole, and what lies between is fetched from the owner first. A lost
    tail shows no hole, so every *head_every* seconds, and at each new connection, the owner is
    asked how far it is; where nothing has been applied since the question before although the
    owner is ahead, the rest is fetched from it. So the bus may lose anything, and be late, and
    deliver twice, and the sink still gets every fact once and in order.

    A message is acknowledged only after the sink has committed it; a crash between the two brings
    it again, and its position shows that it is old.
    """

    def __init__(
        self, bus: Bus, source: str, name: str, sink: Sink, *, head_every: float = 5.0
    ) -> None:
        self._bus, self._sink, self._head_every = bus, sink, head_every
        self.source = source
        self.durable = durable_of(bus.service, name)
        self.position = START
        """The last position that the sink has applied."""
        self.problem: str | None = "has not reached the bus yet"
        """Why nothing is applied at the moment; ``None`` while all is well."""
        self.strangers = 0
        """Messages that no relay wrote: passed over, since they can be neither read nor removed."""
        self._head: Head | None = None
        self._heard = -inf
        self._applied = 0
        self._applied_when_heard = 0
        self._backoff = Backoff()

    @property
    def head_age_seconds(self) -> float:
        """How long ago the owner last said how far it is; infinite where it never has.

        While this grows, the two below say nothing.
        """
        return asyncio.get_running_loop().time() - self._heard

    @property
    def lag_events(self) -> int:
        """How many facts the owner, when last asked, had and the sink has not; at most 200."""
        if self._head is None or self.position >= self._head.head:
            return 0
        return max(1, self._head.behind - (self._applied - self._applied_when_heard))

    @property
    def lag_seconds(self) -> float:
        """How long ago the owner recorded the first of these facts, or an earlier one."""
        return self._head.age + self.head_age_seconds if self._head and self.lag_events else 0.0

    async def run(self, stopping: asyncio.Event) -> None:
        """Follow until *stopping* is set. Whatever fails is tried again; nothing is raised.

        What the sink has begun to apply when this is stopped or cancelled, it finishes.
        """
        with suppress(Interrupted):
            await unless(stopping, self._always())

    async def _always(self) -> Never:
        while True:
            connection = await self._bus.connection()
            try:
                await unless(connection.lost, self._follow(connection))
            except Interrupted:
                self.problem = "the connection was lost"
                self._backoff.reset()
            except (*BUS_FAULTS, Unanswered, ConsumerDiffers, Contradiction, SinkDown) as error:
                self._trouble(error)
            await self._backoff.wait()

    def _trouble(self, error: Exception) -> None:
        self.problem = f"{type(error).__name__}: {error}"
        kind = type(error).__name__
        _log.warning("not followed", consumer=self.durable, source=self.source, error=kind)

    async def _follow(self, connection: Connection) -> Never:
        self.position = await self._ask_sink()
        await self._ask_head()
        try:
            await ensure(connection.js, stream_of(self.source), self.durable)
        except NotFoundError:
            await self._fill_to_head()  # no stream yet, or no longer: the owner still has it all
            raise
        self.problem = None
        await self._pull(connection.js)

    async def _pull(self, js: JetStreamContext) -> Never:
        loop = asyncio.get_running_loop()
        bound = await js.pull_subscribe_bind(consumer=self.durable, stream=stream_of(self.source))
        try:
            seen, due = self.position, loop.time() + self._head_every
            while True:
                await self._take(await _fetched(bound, max(0.05, due - loop.time())))
                if loop.time() < due:
                    continue
                await self._ask_head()
                if self.position == seen:
                    await self._fill_to_head()
                seen, due = self.position, loop.time() + self._head_every
        finally:
            with suppress(*BUS_FAULTS):
                await bound.unsubscribe()

    async def _take(self, messages: Sequence[Msg]) -> None:
        fresh = list[Stored]()
        for fact, previous in self._in_order(messages):
            last = fresh[-1].position if fresh else self.position
            if fact.position <= last:
                continue
            if previous > last:
                await self._apply(fresh)
                await self._fill(previous)
                fresh, last = [], self.position
            if previous != last:
                raise Contradiction(
                    f"{self.source} says {previous} came before {fact.position}: {last}"
                )
            fresh.append(fact)
        await self._apply(fresh)
        for message in messages:
            await message.ack()

    def _in_order(self, messages: Iterable[Msg]) -> list[Carried]:
        """Give the facts in order of position: what comes again may come after newer ones."""
        facts = list[Carried]()
        for message in messages:
            try:
                facts.append(carried(message.headers, message.data))
            except NotAFact:
                self.strangers += 1
        return sorted(facts, key=lambda each: each.fact.position)

    async def _fill(self, until: int) -> None:
        """Apply what lies after ``position`` up to and including *until*, from the owner."""
        batch = list[Stored]()
        async for fact in fetch_range(self._bus, self.source, self.position, until):
            batch.append(fact)
            if len(batch) == BATCH:
                await self._apply(batch)
                batch = []
        await self._apply(batch)

    async def _fill_to_head(self) -> None:
        if self._head is not None and self._head.head > self.position:
            await self._fill(self._head.head)

    async def _ask_head(self) -> None:
        """Ask the owner how far it is; one that does not answer shows in ``head_age_seconds``."""
        try:
            head = await ask_head(self._bus, self.source, self.position)
        except Unanswered:
            _log.info("owner does not answer", consumer=self.durable, source=self.source)
            return
        if head.head < self.position:
            raise Contradiction(
                f"{self.source} is at {head.head}, {self.durable} at {self.position}"
            )
        self._head, self._applied_when_heard = head, self._applied
        self._heard = asyncio.get_running_loop().time()

    async def _ask_sink(self) -> int:
        try:
            return await self._sink.position(self.source)
        except Exception as error:
            raise SinkDown(type(error).__name__) from error

    async def _apply(self, facts: Sequence[Stored]) -> None:
        """Have the sink apply *facts*, again and again until it has."""
        while facts:
            try:
                return await to_its_end(self._commit(facts))
            except Exception as error:  # noqa: BLE001 - whatever a sink raises, its ground gave way
                self._trouble(SinkDown(type(error).__name__))  # its text may quote what was written
            await self._backoff.wait()
            stands = await self._ask_sink()
            if stands < self.position:
                raise Contradiction(f"the sink is at {stands}, and was at {self.position}")
            self.position = stands
            facts = [fact for fact in facts if fact.position > stands]
        return None

    async def _commit(self, facts: Sequence[Stored]) -> None:
        with taking_in(facts, source=self.source, consumer=self.durable):
            await self._sink.apply(self.source, facts)
        self.position = facts[-1].position
        self._applied += len(facts)
        self.problem = None
        self._backoff.reset()


async def _fetched(bound: JetStreamContext.PullSubscription, seconds: float) -> Sequence[Msg]:
    """Give what there is, as soon as there is something; nothing after *seconds*."""
    try:
        return await bound.fetch(BATCH, timeout=seconds)
    except TimeoutError:
        return ()
