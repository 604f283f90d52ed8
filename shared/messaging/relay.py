"""What is stored goes out on the bus: each fact once, in order, byte for byte."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from typing import Never

import structlog
from nats.js import JetStreamContext, api
from nats.js.errors import BadRequestError, NotFoundError

from shared.eventstore.port import START, EventStore, Stored, StoreProblem
from shared.messaging.bus import BUS_FAULTS, Bus, Connection
from shared.messaging.envelope import NotAFact, Outgoing, carried, outgoing
from shared.messaging.names import facts_of, stream_of
from shared.messaging.patience import Backoff, Interrupted, unless
from shared.messaging.window import Window

WINDOW = 256
"""Facts on their way at once."""
WINDOW_BYTES = 4 * 1024 * 1024
MOST_COUNTED = 500
NAME_IN_USE = 10058

_log = structlog.get_logger()


class NotNext(Exception):
    """The stream took a fact elsewhere than right after the one before it."""


class AnotherHistory(Exception):
    """The bus holds facts that this store does not: the store was set back, or the bus was swapped.

    Nothing is published until an operator has emptied the bus; followers then fill up from here.
    """


class Relay:
    """Publishes a store's facts to ``FACTS_<service>``, in order and never around a hole.

    It keeps no checkpoint. At the start, on each new connection and after any failure it asks the
    stream's leader for the last message, and goes on with the fact after it. A wiped stream is
    made anew and filled from the beginning. Where nobody waits for the news, what comes within
    ``pause`` seconds of the last is gathered and goes out together.

    Why two relays can never mix up the order: each message is published on the condition
    ``Nats-Expected-Last-Sequence: n``, where message n carries the fact before it, seen there or
    acknowledged there. The leader checks this where it appends, so whatever was retried, delayed
    or sent by another relay, a message is either the next one or is not stored; and when one of a
    window fails, all after it fail too. By induction the stream is always the beginning of the
    store. A refused condition (error 10071) does not say whether an earlier try succeeded, and a
    cluster may answer ``duplicate`` instead: both end the window, and the last message is asked
    for again. The loser of a race starts over where the winner stands.
    """

    def __init__(
        self, bus: Bus, store: EventStore, service: str, *, replicas: int = 1, pause: float = 0.0
    ) -> None:
        self._bus, self._store, self._service, self._replicas = bus, store, service, replicas
        self._pause = pause
        self.position = START
        """The last position known to be on the bus."""
        self.problem: str | None = "has not reached the bus yet"
        """Why nothing goes out at the moment; ``None`` while all is well."""

    async def run(self, stopping: asyncio.Event) -> None:
        """Relay until *stopping* is set. Whatever fails is tried again; nothing is raised."""
        with suppress(Interrupted):
            await unless(stopping, self._always())

    async def lag(self) -> int:
        """Give how many facts are stored and not on the bus, counted up to 500."""
        return len(await self._store.read_all(after=self.position, limit=MOST_COUNTED))

    async def _always(self) -> Never:
        backoff = Backoff()
        while True:
            connection = await self._bus.connection()
            try:
                await unless(connection.lost, self._relay(connection, backoff))
            except Interrupted:
                self.problem = "the connection was lost"
                backoff.reset()
            except (*BUS_FAULTS, StoreProblem, AnotherHistory, NotNext) as error:
                self.problem = f"{type(error).__name__}: {error}"
                _log.warning("nothing relayed", error=self.problem.partition(":")[0])
            await backoff.wait()

    async def _relay(self, connection: Connection, backoff: Backoff) -> Never:
        sequence = await self._resume(connection.js)
        self.problem = None
        async with Window.opened(connection.client) as window:
            while True:
                facts = await self._store.read_all(after=self.position, limit=WINDOW)
                if facts:
                    sequence = await self._publish(window, _light(facts), sequence)
                    backoff.reset()
                    if len(facts) < WINDOW and self._pause:
                        await asyncio.sleep(self._pause)
                else:
                    await self._store.wait(self.position)

    async def _resume(self, js: JetStreamContext) -> int:
        """Set ``position`` to the last fact on the stream; give the stream's last sequence."""
        made = await self._stream(js)
        try:
            last = await js.get_msg(stream_of(self._service), subject=facts_of(self._service))
        except NotFoundError:
            self.position = START
            return made.state.last_seq
        self.position = await self._position_of(last)
        return max(made.state.last_seq, last.seq or 0)

    async def _position_of(self, last: api.RawStreamMsg) -> int:
        """Give the position of the stream's last message, which must be a fact of this store."""
        with suppress(NotAFact):
            fact = carried(last.headers, last.data or b"").fact
            held = await self._store.read_stream(fact.stream, from_version=fact.version)
            if held[:1] == (fact,):
                return fact.position
        raise AnotherHistory(f"{stream_of(self._service)} at sequence {last.seq}")

    async def _stream(self, js: JetStreamContext) -> api.StreamInfo:
        """Make the stream, or bring the one there is to the configuration wanted.

        Messages can be neither deleted nor purged, which no later change can undo: right for a
        stream that holds nothing but sealed personal fields. They never expire, so that the last
        one is always there to resume after.
        """
        wanted = api.StreamConfig(
            name=stream_of(self._service),
            subjects=[facts_of(self._service)],
            retention=api.RetentionPolicy.LIMITS,
            discard=api.DiscardPolicy.NEW,
            storage=api.StorageType.FILE,
            num_replicas=self._replicas,
            duplicate_window=120,
            deny_delete=True,
            deny_purge=True,
        )
        try:
            return await js.add_stream(wanted)
        except BadRequestError as error:
            if error.err_code != NAME_IN_USE:
                raise
        return await js.update_stream(wanted)

    async def _publish(self, window: Window, facts: Sequence[Stored], sequence: int) -> int:
        """Publish *facts* after *sequence*, all acknowledged; give the new last sequence."""
        previous, messages = self.position, list[Outgoing]()
        for fact in facts:
            message = outgoing(self._service, fact, previous)
            if message is None:
                _log.warning("left to backfill", position=fact.position)
            else:
                messages.append(message)
            previous = fact.position
        await _send(window, messages, sequence)
        self.position = previous
        return sequence + len(messages)


def _light(facts: Sequence[Stored]) -> Sequence[Stored]:
    """Give the first of *facts*, at least one, that together stay under ``WINDOW_BYTES``."""
    weight = 0
    for count, fact in enumerate(facts):
        weight += len(fact.data) + 2 * len(fact.metadata)
        if count and weight > WINDOW_BYTES:
            return facts[:count]
    return facts


async def _send(window: Window, messages: Sequence[Outgoing], sequence: int) -> None:
    """Publish *messages* right after *sequence*, each on condition of its place."""
    placed = enumerate(messages, sequence)
    answers = await window.send([_after(place, message) for place, message in placed])
    for place, answer in enumerate(answers, sequence + 1):
        if isinstance(answer, BaseException):
            raise answer
        if answer.duplicate or answer.seq != place:
            raise NotNext(f"{answer.stream}: {answer.seq} instead of {place}")


def _after(sequence: int, message: Outgoing) -> Outgoing:
    expected = {api.Header.EXPECTED_LAST_SEQUENCE.value: str(sequence)}
    return message._replace(headers=message.headers | expected)
