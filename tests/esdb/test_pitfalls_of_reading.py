"""Pitfalls of reading with esdbclient, each shown with the plain client on the test server."""

from itertools import pairwise

import pytest
from esdbclient import DEFAULT_EXCLUDE_FILTER, AsyncEventStoreDBClient
from esdbclient.exceptions import GrpcError, NotFound, ServiceUnavailable, StreamIsDeleted

from shared.testing.esdb import EsdbServer, Fault, Order
from tests.esdb.plain import all_of, fill


async def test_two_filter_patterns_are_not_bracketed(client: AsyncEventStoreDBClient) -> None:
    """Two patterns become ^A|B$: whatever begins with the first or ends with the second."""
    await fill(client, "a", "CaseOpened", "CaseOpenedV2", "NotReferralSent", "ReferralSent")
    two = ["CaseOpened", "ReferralSent"]
    found = [event.type for event in await all_of(client, filter_include=two)]
    assert found == ["CaseOpened", "CaseOpenedV2", "NotReferralSent", "ReferralSent"]
    one = [r"(CaseOpened|ReferralSent)"]
    found = [event.type for event in await all_of(client, filter_include=one)]
    assert found == ["CaseOpened", "ReferralSent"]


async def test_a_filter_may_be_on_stream_names(client: AsyncEventStoreDBClient) -> None:
    """The same expressions find streams when they are told to."""
    await fill(client, "referrals.a", "Sent")
    await fill(client, "not-referrals.a", "Sent")
    found = await all_of(client, filter_include=[r"(referrals\.).*"], filter_by_stream_name=True)
    assert [event.stream_name for event in found] == ["referrals.a"]
    two = ["referrals", "rrals.a"]
    found = await all_of(client, filter_include=two, filter_by_stream_name=True)
    assert [event.stream_name for event in found] == ["referrals.a", "not-referrals.a"]


async def test_a_filter_that_is_none_is_refused(client: AsyncEventStoreDBClient) -> None:
    """A broken expression is an error when the first event is asked for, not before."""
    response = await client.read_all(filter_include=["("])
    with pytest.raises(GrpcError, match="no regular expression"):
        await anext(response)


async def test_the_default_filter_drops_more_than_one_thinks(
    client: AsyncEventStoreDBClient,
) -> None:
    """Types that begin with $ or look like a persistent subscription's are never read."""
    await fill(client, "a", "PersistentConfig1", "Sent")
    assert [event.type for event in await all_of(client)] == ["Sent"]
    types = [event.type for event in await all_of(client, filter_exclude=())]
    assert types == ["$ServerStarted", "PersistentConfig1", "Sent"]
    assert len(DEFAULT_EXCLUDE_FILTER) == 2


async def test_positions_have_gaps(client: AsyncEventStoreDBClient) -> None:
    """A position is a place in a log of records of many sizes: nobody can count to the next."""
    positions = await fill(client, "a", *["Sent"] * 6)
    assert positions == sorted(positions)
    steps = {later - sooner for sooner, later in pairwise(positions)}
    assert len(steps) > 1
    assert min(steps) > 1


async def test_read_all_is_inclusive_and_needs_a_position_that_exists(
    client: AsyncEventStoreDBClient,
) -> None:
    """What lies at the position is read again; a position inside a record is refused."""
    first, second, third = await fill(client, "a", "Sent", "Read", "Closed")
    found = await all_of(client, commit_position=second)
    assert [event.commit_position for event in found] == [second, third]
    for nowhere in (second - 1, second + 1, third + 1, 1):
        with pytest.raises(GrpcError, match="invalid position"):
            await all_of(client, commit_position=nowhere)
    assert await all_of(client, commit_position=third + 10_000) == []
    assert (await all_of(client, commit_position=0))[0].commit_position == first


async def test_backwards_a_position_is_exclusive(client: AsyncEventStoreDBClient) -> None:
    """Backwards the position is the place after: what lies at it is not read."""
    first, second, third = await fill(client, "a", "Sent", "Read", "Closed")
    back = await all_of(client, commit_position=second, backwards=True)
    assert [event.commit_position for event in back] == [first]
    back = await all_of(client, backwards=True, limit=1)
    assert [event.commit_position for event in back] == [third]


async def test_a_missing_stream_is_noticed_at_the_first_event(
    client: AsyncEventStoreDBClient,
) -> None:
    """Reading a stream that is not there fails in the loop and not in the call."""
    response = await client.read_stream("nobody-knows")
    with pytest.raises(NotFound):
        await anext(response)


async def test_a_stream_is_read_from_a_version_both_ways(client: AsyncEventStoreDBClient) -> None:
    """A version is inclusive in both directions."""
    await fill(client, "a", "Sent", "Read", "Accepted", "Closed")
    onwards = await client.get_stream("a", stream_position=2)
    assert [event.type for event in onwards] == ["Accepted", "Closed"]
    back = await client.get_stream("a", stream_position=2, backwards=True, limit=2)
    assert [event.type for event in back] == ["Accepted", "Read"]


async def test_iteration_errors_are_not_retried(
    server: EsdbServer, client: AsyncEventStoreDBClient
) -> None:
    """A connection that is lost in the middle of a read is the caller's to heal."""
    await fill(client, "a", "Sent", "Read", "Closed")
    await server.order(Order(fault=Fault.LOST_UNDONE, call="read", after=2))
    read = []
    with pytest.raises(ServiceUnavailable):
        read += [event.type async for event in await client.read_all()]
    found = [event.type async for event in await client.read_all()]
    assert found == ["Sent", "Read", "Closed"]


async def test_a_tombstone_ends_a_stream(client: AsyncEventStoreDBClient) -> None:
    """A stream that was tombstoned is neither read nor appended to, but stays in $all."""
    await fill(client, "a", "Sent")
    await client.tombstone_stream("a", current_version=0)
    with pytest.raises(StreamIsDeleted):
        await client.get_stream("a")
    with pytest.raises(StreamIsDeleted):
        await fill(client, "a", "Sent")
    assert [event.type for event in await all_of(client)] == ["Sent"]
