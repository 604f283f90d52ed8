"""What the tests of the bus share: owners with facts, followers that remember, and patience."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from typing import Protocol
from uuid import uuid4

from nats.aio.client import Client
from nats.js import JetStreamContext

from shared.eventstore.memory import MemoryStore
from shared.eventstore.port import NO_STREAM, EventStore, NewEvent, Stored
from shared.kernel.clock import SystemClock
from shared.messaging.backfill import answer_reads
from shared.messaging.bus import Bus
from shared.messaging.consumer import Consumer
from shared.messaging.envelope import Carried, carried, outgoing
from shared.messaging.names import stream_of
from shared.messaging.relay import Relay
from shared.messaging.sink import Sink
from shared.testing.nats import NatsServer

FOLLOWS = {
    "referrals": (("councils", "directory"),),
    "councils": (("referrals", "docket"),),
    "audit": (("referrals", "ledger"), ("councils", "ledger")),
}
STREAM = "FACTS_referrals"
DEADLINE = 30.0
METADATA = {
    "actor": "9f2c",
    "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
    "rulebook": "  Ærø: 100 % \"sikker\", \\ og 'to'  mellemrum\r\nog ny linje ",
    "not-a-header": "only in the bytes",
}


class Runs(Protocol):
    """A relay or a consumer."""

    async def run(self, stopping: asyncio.Event) -> None:
        """Work until asked to stop."""


def a_store() -> MemoryStore:
    """Give an owner's store with nothing in it."""
    return MemoryStore(SystemClock())


async def append(
    store: EventStore, count: int = 1, *, kind: str = "referral.sent.v1", size: int = 40
) -> list[Stored]:
    """Append *count* facts to new streams; give them as stored."""
    added = list[Stored]()
    for _ in range(count):
        event = NewEvent(uuid4(), kind, METADATA, b"\x00\xff{}\r\n" + b"x" * size)
        added += await store.append(f"referral-æ-{uuid4()}", NO_STREAM, [event])
    return added


async def all_of(store: EventStore) -> list[Stored]:
    """Give every fact in *store*."""
    return list(await store.read_all(limit=100_000))


async def until(condition: Callable[[], bool]) -> None:
    """Wait until *condition* holds, at most until the deadline."""
    async with asyncio.timeout(DEADLINE):
        while not condition():  # noqa: ASYNC110 - attributes of others set no event
            await asyncio.sleep(0.005)


async def beyond(position: int, each: Relay | Consumer) -> None:
    """Wait until *each* has come further than *position*."""
    await until(lambda: each.position > position)


@asynccontextmanager
async def running(*loops: Runs) -> AsyncIterator[None]:
    """Run *loops* for as long as the block lasts."""
    stopping = asyncio.Event()
    tasks = [asyncio.create_task(each.run(stopping)) for each in loops]
    try:
        yield
    finally:
        stopping.set()
        async with asyncio.timeout(DEADLINE):
            await asyncio.gather(*tasks)


@asynccontextmanager
async def on_the_bus(server: NatsServer, *services: str) -> AsyncIterator[list[Bus]]:
    """Give a bus for each of *services*, closed at the end."""
    buses = [await Bus.connect(server.address(service)) for service in services]
    try:
        yield buses
    finally:
        for bus in buses:
            await bus.close()


@asynccontextmanager
async def owning(
    server: NatsServer, store: EventStore, *, answers: bool = True, pause: float = 0.0
) -> AsyncIterator[Relay]:
    """Run the referrals service's side: its relay, and where *answers* its answers from *store*."""
    async with on_the_bus(server, "referrals") as (bus,):
        if answers:
            await answer_reads(bus, store, SystemClock())
        relay = Relay(bus, store, "referrals", pause=pause)
        async with running(relay):
            yield relay


@asynccontextmanager
async def answering(server: NatsServer, store: EventStore) -> AsyncIterator[None]:
    """Run an owner that answers questions and relays nothing."""
    async with on_the_bus(server, "referrals") as (bus,):
        await answer_reads(bus, store, SystemClock())
        await bus.connection()
        yield


@asynccontextmanager
async def following(
    server: NatsServer, sink: Sink, *, head_every: float = 60.0
) -> AsyncIterator[Consumer]:
    """Run the councils service's follower of referrals, which hardly ever asks for the head."""
    async with on_the_bus(server, "councils") as (bus,):
        consumer = Consumer(bus, "referrals", "docket", sink, head_every=head_every)
        async with running(consumer):
            yield consumer


@asynccontextmanager
async def operating(server: NatsServer) -> AsyncIterator[JetStreamContext]:
    """Give JetStream to somebody who may do everything."""
    async with on_the_bus(server, "operator") as (bus,):
        yield (await bus.connection()).js


@asynccontextmanager
async def raw(server: NatsServer, user: str) -> AsyncIterator[tuple[Client, list[str]]]:
    """Give a bare client of *user*, and the errors that the server reports to it."""
    client, errors = Client(), list[str]()

    async def note(error: Exception) -> None:
        errors.append(str(error))

    address = server.address(user)
    await client.connect(
        address.url,
        user=address.user,
        password=address.password,
        inbox_prefix=address.inbox_prefix,
        error_cb=note,
    )
    try:
        yield client, errors
    finally:
        await client.close()


async def on_stream(js: JetStreamContext, service: str = "referrals") -> list[Carried]:
    """Give every message of a stream, read one by one."""
    last = (await js.stream_info(stream_of(service))).state.last_seq
    messages = [await js.get_msg(stream_of(service), seq=n) for n in range(1, last + 1)]
    return [carried(each.headers, each.data or b"") for each in messages]


async def publish(js: JetStreamContext, fact: Stored, previous: int, **headers: str) -> None:
    """Publish one fact by hand, as a relay would, with *headers* changed."""
    message = outgoing("referrals", fact, previous)
    assert message is not None
    changed = {name.replace("_", "-"): value for name, value in headers.items()}
    await js.publish(message.subject, message.body, headers={**message.headers, **changed})


async def make_stream(js: JetStreamContext) -> None:
    """Make the stream of referrals as an operator would who has no relay."""
    await js.add_stream(name=STREAM, subjects=["facts.referrals.*.>"])


class Remembering:
    """A sink that keeps all it is told, and refuses repetitions and what does not follow."""

    def __init__(self) -> None:
        self.facts: dict[str, list[Stored]] = {}
        self.refused = 0
        self._accepting = True

    async def position(self, source: str) -> int:
        """Give the last position kept."""
        kept = self.facts.get(source)
        return kept[-1].position if kept else 0

    async def apply(self, source: str, facts: Sequence[Stored]) -> None:
        """Keep *facts*."""
        stood = await self.position(source)
        if not self._accepting:
            self.refused += 1
            raise OSError("made up: the disk is full")
        positions = [stood, *(fact.position for fact in facts)]
        assert positions == list(range(stood, stood + len(positions))), positions
        self.facts.setdefault(source, []).extend(facts)

    def refuse(self) -> None:
        """Fail from now on, without changing anything."""
        self._accepting = False

    def recover(self) -> None:
        """Work again."""
        self._accepting = True

    def of(self, source: str) -> list[Stored]:
        """Give what was kept of *source*."""
        return self.facts.get(source, [])
