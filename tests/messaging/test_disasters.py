"""Whatever is killed, wiped or broken: followers end complete, in order, with no effect doubled."""

import asyncio
import os
import signal
import sqlite3
import sys
from pathlib import Path

from shared.messaging.consumer import Consumer
from shared.testing.nats import NatsServer
from tests.messaging.stage import (
    DEADLINE,
    STREAM,
    Remembering,
    a_store,
    all_of,
    append,
    beyond,
    following,
    on_the_bus,
    operating,
    owning,
    running,
    until,
)
from tests.messaging.tally import Tally


async def test_a_bus_wiped_between_two_appends_leaves_every_follower_complete(
    nats: NatsServer,
) -> None:
    """The bus may be thrown away at any moment: owners have everything, followers know how far."""
    store, sinks = a_store(), (Remembering(), Remembering())
    async with (
        owning(nats, store),
        following(nats, sinks[0]) as docket,
        on_the_bus(nats, "audit") as (bus,),
    ):
        ledger = Consumer(bus, "referrals", "ledger", sinks[1])
        async with running(ledger):
            await append(store, 50)
            await until(lambda: docket.position == ledger.position == 50)
            await nats.wipe()
            await append(store, 50)
            await nats.start()
            await append(store, 50)
            await until(lambda: docket.position == ledger.position == 150)
            await until(lambda: docket.problem is ledger.problem is None)
    for sink in sinks:
        assert sink.of("referrals") == await all_of(store)


async def test_a_bus_killed_again_and_again_is_only_a_delay(nats: NatsServer) -> None:
    """Relay and follower each start over from what is really there."""
    store, sink = a_store(), Remembering()
    async with owning(nats, store), following(nats, sink) as consumer:
        for _ in range(4):
            before = consumer.position
            await append(store, 300)
            await beyond(before, consumer)
            await nats.restart()
        await until(lambda: consumer.position == 1200)
    assert sink.of("referrals") == await all_of(store)


async def test_a_deleted_consumer_is_made_again(nats: NatsServer) -> None:
    """An operator who deletes a consumer costs its follower a moment and no fact."""
    store, sink = a_store(), Remembering()
    async with (
        owning(nats, store),
        operating(nats) as js,
        following(nats, sink, head_every=0.2) as consumer,
    ):
        await append(store, 5)
        await until(lambda: consumer.position == 5 and consumer.problem is None)
        await js.delete_consumer(STREAM, consumer.durable)
        await append(store, 5)
        await until(lambda: consumer.position == 10)
        async with asyncio.timeout(DEADLINE):
            while consumer.durable not in {c.name for c in await js.consumers_info(STREAM)}:
                await append(store)
    assert sink.of("referrals") == (await all_of(store))[: consumer.position]


async def test_a_deleted_stream_costs_no_fact(nats: NatsServer) -> None:
    """While there is no stream the owner's answers go on; when there is one again, the bus."""
    store, sink = a_store(), Remembering()
    async with (
        owning(nats, store) as relay,
        operating(nats) as js,
        following(nats, sink, head_every=0.2) as consumer,
    ):
        await append(store, 5)
        await until(lambda: relay.position == consumer.position == 5)
        await js.delete_stream(STREAM)
        await append(store, 5)
        await until(lambda: consumer.position == 10)
    assert sink.of("referrals") == await all_of(store)


async def test_a_sink_that_fails_gets_the_same_facts_again(nats: NatsServer) -> None:
    """Nothing is acknowledged, nothing passed over, until the sink has committed it."""
    store, sink = a_store(), Remembering()
    async with owning(nats, store), operating(nats) as js, following(nats, sink) as consumer:
        await append(store, 5)
        await until(lambda: consumer.position == 5 and consumer.problem is None)
        sink.refuse()
        await append(store, 5)
        await until(lambda: sink.refused > 2)
        assert consumer.problem == "SinkDown: OSError"
        assert (await js.consumer_info(STREAM, consumer.durable)).num_ack_pending
        sink.recover()
        await until(lambda: consumer.position == 10 and consumer.problem is None)
    assert sink.of("referrals") == await all_of(store)


async def test_a_follower_killed_between_apply_and_ack_has_no_effect_twice(
    nats: NatsServer, tmp_path: Path
) -> None:
    """Effect and position are one transaction, so what comes again is seen to be old."""
    store, file = a_store(), tmp_path / "tally.db"
    async with owning(nats, store) as relay:
        facts = await append(store, 20)
        await until(lambda: relay.position == 20)
        address = nats.address("councils")
        victim = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "tests.messaging.tally", address.url, file),
            env={**os.environ, "BUS_PASSWORD": address.password},
        )
        async with asyncio.timeout(DEADLINE):
            assert await victim.wait() == -signal.SIGKILL
        async with operating(nats) as js:
            assert (await js.consumer_info(STREAM, "councils-docket")).num_ack_pending == 20
        sink = Tally(file)
        assert await sink.position("referrals") == 20
        async with following(nats, sink) as consumer:
            facts += await append(store, 5)
            await until(lambda: consumer.position == 25)
        with sqlite3.connect(file) as db:
            tallied = dict(db.execute("SELECT fact, times FROM effects"))
        db.close()
        sink.close()
    assert tallied == {str(fact.id): 1 for fact in facts}


async def test_what_a_sink_has_begun_it_finishes(nats: NatsServer) -> None:
    """Losing the bus, and being asked to stop, never cut a transaction in two."""
    store, sink, stopping = a_store(), Slow(), asyncio.Event()
    async with owning(nats, store), on_the_bus(nats, "councils") as (bus,):
        consumer = Consumer(bus, "referrals", "docket", sink)
        task = asyncio.create_task(consumer.run(stopping))
        await append(store)
        await sink.begun.wait()
        await nats.kill()
        await until(lambda: not bus.healthy)
        stopping.set()
        sink.go_on.set()
        await task
        assert consumer.position == sink.committed == 1


class Slow:
    """A sink that waits in the middle of its work until it may go on."""

    def __init__(self) -> None:
        self.begun, self.go_on = asyncio.Event(), asyncio.Event()
        self.committed = 0

    async def position(self, _source: str) -> int:
        """Give the last position committed."""
        return self.committed

    async def apply(self, _source: str, facts: object) -> None:
        """Begin, wait, commit."""
        assert isinstance(facts, list)
        self.begun.set()
        await self.go_on.wait()
        self.committed = facts[-1].position
