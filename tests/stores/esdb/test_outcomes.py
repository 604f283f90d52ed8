"""What came of an append is found out by the ids of its facts, whatever became of the answer."""

import asyncio

import pytest

from shared.eventstore.esdb import EsdbStore
from shared.eventstore.esdb_patience import Limits
from shared.eventstore.port import (
    NO_STREAM,
    OutcomeUnknown,
    StoreDown,
    WrongVersion,
)
from shared.kernel.clock import StandingClock
from shared.testing.esdb import EsdbServer, Fault, Order
from tests.stores.esdb.conftest import HASTY, Connect
from tests.stores.facts import DEADLINE, facts, ids
from tests.stores.test_reading import HOUR

ONCE = [
    Fault.SLOW_DONE,
    Fault.SLOW_UNDONE,
    Fault.LOST_DONE,
    Fault.LOST_UNDONE,
    Fault.TIMED_OUT,
    Fault.REFUSED,
    Fault.NOT_LEADER,
]
BRIEF = Limits(call=0.3, scan=0.3, whole=1.0, start=10.0)
"""A question is given up almost at once."""
ALWAYS = 10_000


@pytest.mark.parametrize("fault", ONCE)
async def test_a_lost_answer_loses_and_doubles_nothing(
    fault: Fault, server: EsdbServer, store: EsdbStore
) -> None:
    """However the first answer was lost, the caller hears of its facts, stored once."""
    await server.order(Order(fault=fault))
    sent = facts(3)

    async with asyncio.timeout(DEADLINE):
        added = await store.append("a", NO_STREAM, sent)
    assert ids(added) == ids(sent)
    assert await store.read_all() == added


async def come(server: EsdbServer, count: int) -> None:
    """Wait until *count* appends have come to the server, whatever became of them."""
    async with asyncio.timeout(DEADLINE):
        while len(server.deadlines) < count:  # noqa: ASYNC110 - the server rings no bell for this
            await asyncio.sleep(0)


async def test_a_lost_answer_is_not_taken_for_success(
    server: EsdbServer, store: EsdbStore, connect: Connect
) -> None:
    """Where another was faster before it was sent again, the caller has to decide again."""
    rival = await connect()
    await server.order(Order(fault=Fault.SLOW_UNDONE))
    losing = asyncio.ensure_future(store.append("a", NO_STREAM, facts(2)))
    await come(server, 1)
    won = await rival.append("a", NO_STREAM, facts(3))

    with pytest.raises(WrongVersion) as refused:
        async with asyncio.timeout(DEADLINE):
            await losing
    assert refused.value.actual == 2
    assert await store.read_all() == won


@pytest.mark.parametrize("fault", [Fault.SLOW_DONE, Fault.LOST_DONE, Fault.TIMED_OUT])
async def test_what_is_there_is_found_without_an_answer(
    fault: Fault, server: EsdbServer, connect: Connect
) -> None:
    """An engine that stores and never answers is asked for the facts themselves."""
    store = await connect(limits=BRIEF)
    await server.order(Order(fault=fault, times=ALWAYS))
    sent = facts(2)

    assert ids(await store.append("a", NO_STREAM, sent)) == ids(sent)


@pytest.mark.parametrize("fault", [Fault.SLOW_UNDONE, Fault.LOST_UNDONE, Fault.REFUSED])
async def test_what_nobody_knows_is_said_to_be_unknown(
    fault: Fault, server: EsdbServer, connect: Connect
) -> None:
    """An append that may still happen is neither a success nor a failure, and is said in time."""
    store = await connect(limits=BRIEF)
    await server.order(Order(fault=fault, times=ALWAYS))

    with pytest.raises(OutcomeUnknown):
        async with asyncio.timeout(DEADLINE):
            await store.append("a", NO_STREAM, facts(1))


async def test_where_nobody_leads_nothing_has_happened(
    server: EsdbServer, connect: Connect
) -> None:
    """An append that no leader ever took is known not to have happened."""
    store = await connect(limits=BRIEF)
    await server.order(Order(fault=Fault.NOT_LEADER, times=ALWAYS))

    with pytest.raises(StoreDown, match="NodeIsNotLeader"):
        async with asyncio.timeout(DEADLINE):
            await store.append("a", NO_STREAM, facts(1))
    assert await store.read_all() == ()


async def test_every_append_has_a_deadline(server: EsdbServer, store: EsdbStore) -> None:
    """The engine is told how long anybody waits; by itself the client says ten thousand years."""
    await server.order(Order(fault=Fault.LOST_DONE))
    await store.append("a", NO_STREAM, facts(1))

    assert len(server.deadlines) == 2
    assert all(0 < deadline <= HASTY.call for deadline in server.deadlines)


async def test_the_first_stamp_stays(
    server: EsdbServer, store: EsdbStore, connect: Connect, clock: StandingClock
) -> None:
    """Who asks again later, here or at another replica, is told what was stored the first time."""
    await server.order(Order(fault=Fault.LOST_DONE))
    sent = facts(2)
    first = await store.append("a", NO_STREAM, sent)
    clock.forward(HOUR)

    for replica in (store, await connect()):
        assert await replica.append("a", NO_STREAM, sent) == first


async def test_replicas_that_race_with_the_same_ids_tell_the_same(
    store: EsdbStore, connect: Connect, clock: StandingClock
) -> None:
    """The engine tells both that they stored it; both give the bytes that it really holds."""
    ahead = await connect(clock=StandingClock(clock.moment + HOUR))
    for number in range(20):
        sent = facts(2)
        one, other = await asyncio.gather(
            store.append(f"a-{number}", NO_STREAM, sent),
            ahead.append(f"a-{number}", NO_STREAM, sent),
        )
        assert one == other == await store.read_stream(f"a-{number}")


async def test_a_caller_that_gives_up_does_not_take_the_append_along(
    server: EsdbServer, store: EsdbStore
) -> None:
    """What was begun is finished, before a close returns too, though nobody hears of it."""
    await server.order(Order(fault=Fault.SLOW_UNDONE))
    sent = facts(3)
    asking = asyncio.ensure_future(store.append("a", NO_STREAM, sent))
    await come(server, 1)
    asking.cancel()
    await asyncio.gather(asking, return_exceptions=True)
    await store.close()

    assert asking.cancelled()
    assert [record.id for record in server.log.records[1:]] == [str(one) for one in ids(sent)]
