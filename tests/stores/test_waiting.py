"""Waiting for what comes, and closing."""

import asyncio
from collections.abc import Awaitable, Callable

import pytest

from shared.eventstore.port import NO_STREAM, START, EventStore, StoreDown
from tests.stores.facts import DEADLINE, NOON, facts

ASKED: dict[str, Callable[[EventStore], Awaitable[object]]] = {
    "append": lambda store: store.append("a", NO_STREAM, facts(1)),
    "read_stream": lambda store: store.read_stream("a"),
    "read_all": lambda store: store.read_all(),
    "head": lambda store: store.head(),
    "position_at": lambda store: store.position_at(NOON),
    "wait": lambda store: store.wait(START),
}


async def begun(waiting: Awaitable[None]) -> "asyncio.Future[None]":
    """Start *waiting* and let it come to where it waits."""
    task = asyncio.ensure_future(waiting)
    await asyncio.sleep(0)
    return task


async def test_who_waits_is_woken_by_the_next_fact(store: EventStore) -> None:
    """A reader at the head is told of the next fact, and can read it then."""
    first = await store.append("a", NO_STREAM, facts(1))
    waiting = [await begun(store.wait(first[-1].position)) for _ in range(3)]
    assert not any(each.done() for each in waiting)

    await store.append("a", 0, facts(1))
    async with asyncio.timeout(DEADLINE):
        await asyncio.gather(*waiting)
    assert len(await store.read_all(first[-1].position)) == 1


async def test_what_is_there_is_not_waited_for(store: EventStore) -> None:
    """A reader that is behind goes on at once."""
    added = await store.append("a", NO_STREAM, facts(2))

    async with asyncio.timeout(DEADLINE):
        await store.wait(START)
        await store.wait(added[0].position)


async def test_a_fact_before_the_position_wakes_nobody(store: EventStore) -> None:
    """Who waits for what comes after a position sleeps until that is passed."""
    (probe,) = await store.append("a", NO_STREAM, facts(1))
    far = await begun(store.wait(probe.position + 10**9))

    await store.append("a", 0, facts(1))
    async with asyncio.timeout(DEADLINE):
        await store.wait(probe.position)
    assert not far.done()
    far.cancel()


async def test_who_stops_waiting_disturbs_nobody(store: EventStore) -> None:
    """Of two who wait, one may give up and the other is woken all the same."""
    given_up, waiting = await begun(store.wait(START)), await begun(store.wait(START))
    given_up.cancel()

    await store.append("a", NO_STREAM, facts(1))
    async with asyncio.timeout(DEADLINE):
        await waiting
    assert given_up.cancelled()


@pytest.mark.parametrize("asked", sorted(ASKED))
async def test_a_closed_store_says_so(store: EventStore, asked: str) -> None:
    """After closing, every question has one answer and none waits for ever."""
    await store.append("before", NO_STREAM, facts(1))
    await store.close()

    with pytest.raises(StoreDown):
        async with asyncio.timeout(DEADLINE):
            await ASKED[asked](store)


async def test_closing_wakes_who_waits(store: EventStore) -> None:
    """A reader at the head of a store that is closed hears that nothing more will come."""
    waiting = await begun(store.wait(START))
    await store.close()

    with pytest.raises(StoreDown):
        async with asyncio.timeout(DEADLINE):
            await waiting


async def test_closing_finishes_what_was_begun(store: EventStore) -> None:
    """Every append that was taken before the end is answered with what was stored."""
    asked = [asyncio.ensure_future(store.append(str(n), NO_STREAM, facts(1))) for n in range(50)]
    await asyncio.sleep(0)
    await store.close()

    async with asyncio.timeout(DEADLINE):
        assert [len(added) for added in await asyncio.gather(*asked)] == [1] * 50


async def test_closing_twice_is_closing(store: EventStore) -> None:
    """Who cleans up need not know whether somebody did before."""
    await store.close()
    await store.close()
