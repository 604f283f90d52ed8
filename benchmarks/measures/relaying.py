"""How fast do facts reach the bus, beside ``nats-py`` publishing the same bytes by itself?

One server, which writes to disk before it acknowledges; 256 on their way at once on both sides.
"""

import asyncio
from time import perf_counter

from nats.js import JetStreamContext, api

from benchmarks.filling import filled, one_life
from benchmarks.rows import Row, at_least, ratio
from benchmarks.run import Run
from shared.eventstore.sqlite import SqliteStore
from shared.kernel.clock import SystemClock
from shared.messaging.bus import Bus
from shared.messaging.envelope import Outgoing, outgoing
from shared.messaging.relay import WINDOW, Relay
from shared.testing.nats import NatsServer, nats_server

LIVES, ROUNDS = 2_000, 4
OPERATOR = "operator"


async def relaying(run: Run) -> list[Row]:
    """Relay a store, and publish the messages it makes, each time into a stream of its own."""
    folder = run.place("relaying")
    facts = await one_life(folder)
    filled(folder / "events.db", facts, run.count(LIVES), run.dice("relaying"))
    store = SqliteStore.open(folder / "events.db", SystemClock())
    rounds = []
    try:
        async with nats_server(run.place("relaying-bus"), {}) as server:
            for number in range(ROUNDS):
                theirs = await _bare(server, await _messages(store, f"bare{number}"), number)
                rounds.append((await _relayed(server, store, f"relay{number}"), theirs))
    finally:
        await store.close()
    return [
        Row("relay ÷ bare nats-py, same bytes, window 256", ratio(rounds), "×", at_least(0.8)),
        Row("relay", max(ours for ours, _ in rounds), "events/s"),
        Row("bare nats-py", max(theirs for _, theirs in rounds), "events/s"),
    ]


async def _messages(store: SqliteStore, service: str) -> list[Outgoing]:
    previous, messages = 0, list[Outgoing]()
    while facts := await store.read_all(after=previous):
        for fact in facts:
            if message := outgoing(service, fact, previous):
                messages.append(message)
            previous = fact.position
    return messages


async def _relayed(server: NatsServer, store: SqliteStore, service: str) -> float:
    bus = await Bus.connect(server.address(OPERATOR))
    relay, stopping = Relay(bus, store, service), asyncio.Event()
    head = await store.head()
    await bus.connection()
    begun = perf_counter()
    running = asyncio.create_task(relay.run(stopping))
    while relay.position < head:  # noqa: ASYNC110 - the relay tells nobody; a look costs little
        await asyncio.sleep(0.001)
    rate = head / (perf_counter() - begun)
    stopping.set()
    await running
    await bus.close()
    return rate


async def _bare(server: NatsServer, messages: list[Outgoing], number: int) -> float:
    bus = await Bus.connect(server.address(OPERATOR))
    js = (await bus.connection()).client.jetstream(publish_async_max_pending=WINDOW)
    name, subjects = f"BARE{number}", [f"facts.bare{number}.*.>"]
    begun = perf_counter()
    await js.add_stream(api.StreamConfig(name=name, subjects=subjects))
    await _published(js, messages)
    rate = len(messages) / (perf_counter() - begun)
    await bus.close()
    return rate


async def _published(js: JetStreamContext, messages: list[Outgoing]) -> None:
    """Publish in order with so many unanswered at most, as the client's own manual does."""
    answers = [
        await js.publish_async(each.subject, each.body, headers=dict(each.headers))
        for each in messages
    ]
    await js.publish_async_completed()
    for answer in answers:
        answer.result()
