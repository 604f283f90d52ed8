"""A reading that is cut off is never taken for whole, and one that is cancelled ends."""

import asyncio
from contextlib import suppress

import pytest
from esdbclient.exceptions import AbortedByServer

from shared.eventstore.esdb import EsdbStore
from shared.eventstore.esdb_address import Address
from shared.eventstore.esdb_line import Line, cancellations, ensure_whole
from shared.eventstore.esdb_naming import Naming
from shared.eventstore.port import NO_STREAM, START, StoreDown
from shared.testing.esdb import EsdbServer, Fault, Order
from tests.stores.esdb.conftest import SERVICE, Connect
from tests.stores.esdb.test_outcomes import ALWAYS, BRIEF
from tests.stores.facts import DEADLINE, NOON, facts


@pytest.mark.parametrize("fault", [Fault.SLOW_UNDONE, Fault.LOST_UNDONE, Fault.NOT_LEADER])
@pytest.mark.parametrize("after", [0, 3])
async def test_a_reading_is_whole_or_begun_again(
    fault: Fault, after: int, server: EsdbServer, store: EsdbStore
) -> None:
    """A connection that is lost, at once or in the middle, costs a reader nothing but time."""
    added = await store.append("a", NO_STREAM, facts(7))
    async with asyncio.timeout(DEADLINE):
        await server.order(Order(call="read", fault=fault, after=after))
        assert await store.read_stream("a") == added
        await server.order(Order(call="read", fault=fault, after=after))
        assert await store.read_all() == added


async def test_an_engine_that_never_answers_a_reader_is_down(
    server: EsdbServer, connect: Connect
) -> None:
    """A reader is told in time."""
    store = await connect(limits=BRIEF)
    await store.append("a", NO_STREAM, facts(1))
    await server.order(Order(call="read", fault=Fault.SLOW_UNDONE, times=ALWAYS))

    async with asyncio.timeout(DEADLINE):
        for ask in (
            lambda: store.read_stream("a"),
            lambda: store.position_at(NOON),
        ):
            with pytest.raises(StoreDown):
                await ask()


@pytest.fixture
async def line(server: EsdbServer) -> Line:
    """Give a bare connection to the server."""
    line = Line(Address.read(server.url))
    await line.connect()
    return line


async def test_what_a_closed_connection_had_not_yet_given_is_missed(
    server: EsdbServer, store: EsdbStore, line: Line
) -> None:
    """The client ends a reading whose connection is closed as if it were complete; we do not."""
    await store.append("a", NO_STREAM, facts(7))
    await server.order(Order(call="read", fault=Fault.SLOW_UNDONE, after=3))
    reading = asyncio.ensure_future(line.read(DEADLINE, stream_name=f"{SERVICE}.a"))
    await line.engine(DEADLINE)
    await line.end()

    with pytest.raises(AbortedByServer):
        await reading


async def test_a_subscription_on_a_closed_connection_is_known_to_be_over(
    store: EsdbStore, line: Line
) -> None:
    """So is a subscription, in the middle of what there is to hear."""
    await store.append("a", NO_STREAM, facts(7))
    async with line.subscription(None, Naming.of(SERVICE).pattern, DEADLINE) as news:
        await anext(news)
        await line.end()
        assert len([each async for each in news]) < 6
        with pytest.raises(AbortedByServer):
            await ensure_whole(news, cancellations())


@pytest.mark.parametrize("asked", ["stream", "all", "append"])
async def test_a_cancelled_question_is_over(
    asked: str, server: EsdbServer, store: EsdbStore
) -> None:
    """The client swallows a cancellation and gives what it has; whoever cancelled must not wait."""
    await store.append("a", NO_STREAM, facts(7))
    await server.order(Order(call="read", fault=Fault.SLOW_UNDONE, after=3))
    await server.order(Order(fault=Fault.SLOW_UNDONE))
    questions = {
        "stream": lambda: store.read_stream("a"),
        "all": lambda: store.read_all(START),
        "append": lambda: store.append("a", 6, facts(1)),
    }

    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.1):
            await questions[asked]()


async def test_a_task_that_was_once_cancelled_may_still_ask(store: EsdbStore) -> None:
    """Who cleans up after a cancellation gets answers: only a new one ends a question."""
    added = await store.append("a", NO_STREAM, facts(2))

    async def cleans_up() -> object:
        with suppress(asyncio.CancelledError):
            await asyncio.Event().wait()
        return await store.read_all()

    task = asyncio.ensure_future(cleans_up())
    await asyncio.sleep(0)
    task.cancel()
    assert await task == added
