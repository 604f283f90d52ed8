"""Clusters: another node leads, the old one is gone, and nothing is lost on the way."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.eventstore.esdb import EsdbStore
from shared.eventstore.port import NO_STREAM, StoreDown
from shared.testing.esdb import EsdbServer, Fault, Order, esdb_server
from tests.stores.esdb.conftest import Connect
from tests.stores.esdb.test_hearing import hears
from tests.stores.esdb.test_outcomes import ALWAYS, BRIEF
from tests.stores.facts import DEADLINE, facts, ids


@pytest.fixture
async def next_leader(tmp_path: Path) -> AsyncIterator[EsdbServer]:
    """Give the node that is to lead next. It holds nothing: test servers copy nothing."""
    async with esdb_server(tmp_path / "next") as running:
        yield running


@pytest.fixture
async def member(server: EsdbServer, next_leader: EsdbServer, connect: Connect) -> EsdbStore:
    """Give a store on the cluster of both, of which the first leads."""
    return await connect(url=f"esdb://{server.target},{next_leader.target}?tls=false")


async def resigns(server: EsdbServer, leader: EsdbServer) -> None:
    """Let one node refer to another from now on, whatever it is asked."""
    for call in ("append", "read", "subscribe"):
        order = {"call": call, "fault": Fault.NOT_LEADER, "times": ALWAYS, "leader": leader.target}
        await server.order(Order.model_validate(order))


async def test_a_writer_follows_the_leader(
    server: EsdbServer, next_leader: EsdbServer, member: EsdbStore, connect: Connect
) -> None:
    """An append that comes to a node which leads no longer is made at the one that does."""
    await resigns(server, next_leader)
    sent = facts(2)
    async with asyncio.timeout(DEADLINE):
        added = await member.append("a", NO_STREAM, sent)

    assert ids(added) == ids(sent)
    assert await (await connect(url=next_leader.url)).read_all() == added
    assert len(server.log.records) == 1


async def test_many_writers_follow_the_leader_at_once(
    server: EsdbServer, next_leader: EsdbServer, member: EsdbStore
) -> None:
    """However many notice it, the connection is renewed and each append is made once."""
    await resigns(server, next_leader)
    async with asyncio.timeout(DEADLINE):
        added = await asyncio.gather(
            *(member.append(str(n), NO_STREAM, facts(1)) for n in range(100))
        )

    assert {fact.id for (fact,) in added} == set(ids(await member.read_all()))
    assert len(next_leader.log.records) == 101


async def test_a_listener_follows_the_leader(
    server: EsdbServer, next_leader: EsdbServer, member: EsdbStore, connect: Connect
) -> None:
    """Who waits at a node which leads no longer hears what is added at the one that does."""
    writer = await connect(url=next_leader.url)
    waiting = asyncio.ensure_future(member.wait(await member.head()))
    await asyncio.sleep(0)
    await resigns(server, next_leader)
    await writer.append("a", NO_STREAM, facts(1))

    async with asyncio.timeout(DEADLINE):
        await waiting
    await hears(member, writer, "b")


async def test_a_leader_that_is_gone_is_replaced(
    tmp_path: Path, next_leader: EsdbServer, connect: Connect
) -> None:
    """Where the leader's machine is lost, the others are asked who leads now."""
    async with esdb_server(tmp_path / "first") as first:
        member = await connect(url=f"esdb://{first.target},{next_leader.target}?tls=false")
        await member.append("before", NO_STREAM, facts(1))

    async with asyncio.timeout(DEADLINE):
        added = await member.append("after", NO_STREAM, facts(1))
    assert await member.read_all() == added


async def test_one_server_that_leads_no_longer_is_down(
    server: EsdbServer, next_leader: EsdbServer, connect: Connect
) -> None:
    """A string that names one server promises that it leads; nobody is sent elsewhere."""
    single = await connect(limits=BRIEF)
    await single.append("a", NO_STREAM, facts(1))
    await resigns(server, next_leader)

    for asked in (single.append("b", NO_STREAM, facts(1)), single.read_stream("a")):
        with pytest.raises(StoreDown):
            async with asyncio.timeout(DEADLINE):
                await asked
    assert len(next_leader.log.records) == 1
