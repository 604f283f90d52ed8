"""Several services, and several processes of one service, on one engine."""

from datetime import timedelta

import pytest

from shared.eventstore.esdb import EsdbStore
from shared.eventstore.esdb_timetable import PAGE
from shared.eventstore.port import NO_STREAM, START, EventStore, StoreDown
from shared.kernel.clock import StandingClock
from tests.stores.esdb.conftest import Connect
from tests.stores.facts import NOON, facts, ids, recorded_at

HOUR = timedelta(hours=1)
TICK = timedelta(microseconds=1)


async def alone(store: EventStore) -> None:
    """See that a store between others holds its own facts and nothing else."""
    added = await store.read_stream("a")
    assert [fact.stream for fact in added] == ["a"] * 3
    assert await store.read_all() == added
    assert await store.read_all(START, 2) == added[:2]
    assert await store.read_all(added[0].position, 1) == added[1:2]
    assert await store.head() == added[-1].position
    assert await store.position_at(NOON) == added[-1].position


async def between_others(store: EsdbStore, connect: Connect) -> None:
    """Put facts of other services before, between and after those of *store*."""
    others = [await connect(service=name) for name in ("thing", "things-s", "sthings")]
    for _ in range(3):
        for each in (*others, store, *others):
            there = await each.read_stream("a")
            await each.append("a", len(there) - 1, facts(1))


async def test_services_do_not_see_each_other(store: EsdbStore, connect: Connect) -> None:
    """Streams of the same name in services of nearly the same name are told apart."""
    await between_others(store, connect)

    await alone(store)


async def test_what_the_filter_lets_through_is_looked_at_again(
    store: EsdbStore, careless: EsdbStore, connect: Connect
) -> None:
    """Two patterns in one filter once matched more than either; nobody relies on a filter alone."""
    await between_others(store, connect)

    await alone(careless)


async def test_a_position_that_nobody_gave_is_not_read_from(store: EsdbStore) -> None:
    """A reader whose position is of another store is told, and does not wait for ever instead."""
    first, _ = await store.append("a", NO_STREAM, facts(2))

    with pytest.raises(StoreDown):
        await store.read_all(first.position + 1)


@pytest.mark.parametrize("reads_first", [True, False])
async def test_no_fact_is_older_than_the_one_before_it_in_its_stream(
    store: EsdbStore, connect: Connect, clock: StandingClock, *, reads_first: bool
) -> None:
    """Replicas have clocks of their own; within a stream time does not go back all the same."""
    ahead = await connect(clock=StandingClock(clock.moment + HOUR))
    (first,) = await ahead.append("a", NO_STREAM, facts(1))
    if reads_first:
        await store.read_stream("a")
    (second,) = await store.append("a", 0, facts(1))

    assert recorded_at(second) == recorded_at(first)


async def test_a_new_replica_begins_where_the_store_stands(
    store: EsdbStore, connect: Connect, clock: StandingClock
) -> None:
    """Whose clock is behind the last fact stamps as that was stamped."""
    (last,) = await store.append("a", NO_STREAM, facts(1))
    behind = await connect(clock=StandingClock(clock.moment - HOUR))
    (new,) = await behind.append("b", NO_STREAM, facts(1))

    assert recorded_at(new) == recorded_at(last)


async def test_a_moment_ends_before_the_first_later_fact(
    store: EsdbStore, connect: Connect, clock: StandingClock
) -> None:
    """Where stamps of replicas go back a little, a moment holds no fact after a later one."""
    ahead = await connect(clock=StandingClock(clock.moment + HOUR))
    (early,) = await store.append("a", NO_STREAM, facts(1))
    (late,) = await ahead.append("b", NO_STREAM, facts(1))
    (again,) = await store.append("c", NO_STREAM, facts(1))

    assert recorded_at(again) < recorded_at(late)
    assert await store.position_at(NOON) == early.position
    assert await store.position_at(NOON + HOUR - TICK) == early.position
    assert await store.position_at(NOON + HOUR) == again.position


async def test_any_moment_of_a_long_history_is_found(
    store: EsdbStore, connect: Connect, clock: StandingClock
) -> None:
    """Whether asked in the middle of writing, afterwards, or by a process that has seen nothing."""
    last: list[int] = []
    while len(last) * 100 < 2 * PAGE + 100:
        added = await store.append(f"a-{len(last)}", NO_STREAM, facts(100))
        assert await store.position_at(clock.now()) == added[-1].position
        last.append(added[-1].position)
        clock.forward(HOUR)

    for asked in (store, await connect()):
        assert await asked.position_at(NOON - TICK) == START
        for hours in reversed(range(len(last))):
            assert await asked.position_at(NOON + hours * HOUR) == last[hours]


async def test_facts_keep_their_names(store: EsdbStore) -> None:
    """The name that the cluster knows a stream by never comes out."""
    sent = facts(1)
    (added,) = await store.append("a.b", NO_STREAM, sent)

    assert (added.stream, await store.read_stream("a.b")) == ("a.b", (added,))
    assert ids(await store.read_stream("things.a.b")) == []


async def test_a_moment_ends_there_however_long_ago_it_is(
    store: EsdbStore, connect: Connect, clock: StandingClock
) -> None:
    """What was made out for a later moment does not lead past a fact that is later than asked."""
    ahead = await connect(clock=StandingClock(clock.moment + HOUR))
    (early,) = await store.append("a", NO_STREAM, facts(1))
    await ahead.append("b", NO_STREAM, facts(1))
    for number in range(PAGE // 100 + 1):
        await store.append(f"c-{number}", NO_STREAM, facts(100))

    assert await store.position_at(NOON + 2 * HOUR) == await store.head()
    assert await store.position_at(NOON) == early.position
