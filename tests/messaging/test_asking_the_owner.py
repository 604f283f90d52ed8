"""What an owner answers when asked for its facts, and for how far it is."""

import json
from datetime import UTC, datetime, timedelta

import pytest

from shared.eventstore.memory import MemoryStore
from shared.eventstore.port import Stored
from shared.kernel.clock import StandingClock
from shared.messaging.backfill import answer_reads, ask_head, fetch_range
from shared.messaging.bus import Bus, Unanswered
from shared.testing.nats import NatsServer
from tests.messaging.stage import a_store, all_of, answering, append, on_the_bus

READ = "facts.referrals.read"


async def fetched(bus: Bus, after: int, until: int) -> list[Stored]:
    """Give what the owner of referrals answers."""
    return [fact async for fact in fetch_range(bus, "referrals", after, until)]


async def test_a_range_begins_after_one_position_and_ends_with_another(nats: NatsServer) -> None:
    """The hole between the last fact applied and the predecessor named is exactly this range."""
    facts = await append(store := a_store(), 500)
    async with answering(nats, store), on_the_bus(nats, "councils") as (bus,):
        assert await fetched(bus, 0, 500) == facts
        assert await fetched(bus, 3, 5) == facts[3:5]
        assert await fetched(bus, 5, 5) == []


async def test_no_answer_is_larger_than_a_mebibyte(nats: NatsServer) -> None:
    """The largest facts come one at a time, and all of them come."""
    await append(store := a_store(), 4, size=500 * 1024)
    await append(store, 300, size=8 * 1024)
    async with answering(nats, store), on_the_bus(nats, "councils") as (bus,):
        for after in (0, 4):
            answer = await bus.request(READ, json.dumps({"after": after}).encode())
            assert 512 * 1024 < len(answer) <= 1024 * 1024
        assert await fetched(bus, 0, 304) == await all_of(store)


async def test_a_range_beyond_the_end_is_not_answered_with_less(nats: NatsServer) -> None:
    """A follower told that there is more than there is must learn that something is wrong."""
    await append(store := a_store(), 2)
    async with answering(nats, store), on_the_bus(nats, "councils") as (bus,):
        with pytest.raises(Unanswered):
            await fetched(bus, 0, 3)


async def test_an_owner_that_is_away_or_down_is_told_apart_from_an_empty_one(
    nats: NatsServer,
) -> None:
    """Silence and refusal are no answer; "nothing" is one."""
    async with on_the_bus(nats, "councils") as (bus,):
        with pytest.raises(Unanswered, match="NoResponders"):
            await ask_head(bus, "referrals", 0)
        store = a_store()
        async with answering(nats, store):
            assert await ask_head(bus, "referrals", 0) == (0, 0, 0.0)
            await store.close()
            with pytest.raises(Unanswered, match="StoreDown"):
                await ask_head(bus, "referrals", 0)


async def test_the_head_says_how_much_and_how_old_what_is_missing_is(nats: NatsServer) -> None:
    """Lag is counted in facts, and in seconds of the owner's clock, since positions may skip."""
    clock = StandingClock(datetime(2026, 3, 6, 15, 40, tzinfo=UTC))
    store = MemoryStore(clock)
    async with on_the_bus(nats, "referrals", "councils") as (owner, bus):
        await answer_reads(owner, store, clock)
        await owner.connection()
        for _ in range(3):
            await append(store)
            clock.forward(timedelta(seconds=10))
        assert await ask_head(bus, "referrals", 1) == (3, 2, 20.0)
        assert await ask_head(bus, "referrals", 3) == (3, 0, 0.0)


async def test_answers_go_on_over_the_next_connection(nats: NatsServer) -> None:
    """A restarted server has forgotten who listens; an owner tells it again."""
    await append(store := a_store(), 2)
    async with answering(nats, store), on_the_bus(nats, "councils") as (bus,):
        assert len(await fetched(bus, 0, 2)) == 2
        await nats.restart()
        while True:
            try:
                head = await ask_head(bus, "referrals", 0)
                break
            except Unanswered:
                continue
        assert head.head == 2
