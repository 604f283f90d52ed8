"""Whoever waits hears of new facts, whatever happens to the subscription below."""

import asyncio
from dataclasses import replace

import pytest

from shared.eventstore.esdb import EsdbStore
from shared.eventstore.port import NO_STREAM, START, StoreDown
from shared.testing.esdb import EsdbServer, Fault, Order
from tests.stores.esdb.conftest import HASTY, Connect
from tests.stores.facts import DEADLINE, facts

ENDS = [Fault.LOST_UNDONE, Fault.TOO_SLOW, Fault.NOT_LEADER]
OFTEN = replace(HASTY, subscription=0.2)
"""A subscription is renewed all the time."""


async def hears(listener: EsdbStore, writer: EsdbStore, stream: str) -> None:
    """Let *listener* wait at the head, let *writer* add a fact, and see the one hear the other."""
    waiting = asyncio.ensure_future(listener.wait(await listener.head()))
    await asyncio.sleep(0)
    await writer.append(stream, NO_STREAM, facts(1))
    async with asyncio.timeout(DEADLINE):
        await waiting


@pytest.mark.parametrize("fault", ENDS)
@pytest.mark.parametrize("after", [0, 1])
async def test_a_subscription_that_ends_is_begun_again(
    fault: Fault, after: int, server: EsdbServer, store: EsdbStore, connect: Connect
) -> None:
    """Lost, too slow or at the wrong node, at once or after a fact: nobody sleeps through one."""
    writer = await connect()
    await hears(store, writer, "before")
    await server.order(Order(call="subscribe", fault=fault, after=after, times=2))

    for number in range(4):
        await hears(store, writer, f"a-{number}")


async def test_a_subscription_that_says_nothing_is_renewed(
    server: EsdbServer, connect: Connect
) -> None:
    """One that the engine has forgotten is not waited on for ever."""
    listener, writer = await connect(limits=OFTEN), await connect()
    await server.order(Order(call="subscribe", fault=Fault.SLOW_UNDONE))

    for number in range(3):
        await hears(listener, writer, f"a-{number}")


async def test_a_fact_said_twice_wakes_once(
    server: EsdbServer, store: EsdbStore, connect: Connect
) -> None:
    """Who has heard of a fact and waits for the next one is not woken by the same again."""
    writer = await connect()
    await hears(store, writer, "before")
    await server.order(Order(call="subscribe", fault=Fault.TWICE, times=2))
    await hears(store, writer, "a")
    waiting = asyncio.ensure_future(store.wait(await store.head()))
    await hears(store, await connect(), "b")

    assert await _woken(waiting)


async def _woken(waiting: "asyncio.Future[None]") -> bool:
    async with asyncio.timeout(DEADLINE):
        await waiting
    return waiting.done()


@pytest.mark.parametrize("filtered", [True, False])
async def test_the_facts_of_others_wake_nobody(
    store: EsdbStore, careless: EsdbStore, connect: Connect, *, filtered: bool
) -> None:
    """Who is woken finds a fact of its own, even where the filter lets others' through."""
    listener = store if filtered else careless
    other, writer = await connect(service="things-of-others"), await connect()
    await hears(listener, writer, "b")

    async def woken() -> int:
        await listener.wait(await listener.head())
        return len(await listener.read_stream("c"))

    waiting = asyncio.ensure_future(woken())
    for number in range(50):
        await other.append(f"d-{number}", NO_STREAM, facts(1))
    await writer.append("c", NO_STREAM, facts(1))

    async with asyncio.timeout(DEADLINE):
        assert await waiting == 1


async def test_what_came_before_the_first_wait_is_heard_of(
    store: EsdbStore, connect: Connect
) -> None:
    """A subscription begins after a head that was read before it, so nothing falls between."""
    writer = await connect()
    await writer.append("a", NO_STREAM, facts(3))

    async with asyncio.timeout(DEADLINE):
        await store.wait(START)


@pytest.mark.parametrize("fault", [None, *ENDS, Fault.SLOW_UNDONE])
async def test_closing_ends_a_subscription(
    fault: Fault | None, server: EsdbServer, connect: Connect
) -> None:
    """The client swallows the cancellation of a subscription; a close ends all the same."""
    store = await connect()
    if fault is not None:
        await server.order(Order(call="subscribe", fault=fault, times=1000))
    waiting = asyncio.ensure_future(store.wait(START))
    await asyncio.sleep(0)

    async with asyncio.timeout(DEADLINE):
        await store.close()
        with pytest.raises(StoreDown):
            await waiting
