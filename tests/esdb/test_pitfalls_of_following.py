"""Pitfalls of subscriptions with esdbclient, shown with the plain client on the test server."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from esdbclient import AsyncEventStoreDBClient, CaughtUp, Checkpoint, RecordedEvent
from esdbclient.exceptions import (
    AbortedByServer,
    ConsumerTooSlow,
    GrpcError,
    NodeIsNotLeader,
    ServiceUnavailable,
)

from shared.testing.esdb import EsdbServer, Fault, Order
from tests.esdb.plain import PATIENCE, fill, heard


async def only_sent(client: AsyncEventStoreDBClient) -> AsyncIterator[RecordedEvent]:
    """Give a subscription to what is of the type "Sent", with all that is said beside it."""
    return await client.subscribe_to_all(
        filter_include=["(Sent)"], include_checkpoints=True, include_caught_up=True
    )


async def test_cancellation_is_swallowed_by_the_iterator(client: AsyncEventStoreDBClient) -> None:
    """A task that is cancelled in the loop goes on after it, as if the stream had ended."""
    subscription = await client.subscribe_to_all(include_caught_up=True)
    waits, went_on = asyncio.Event(), []

    async def follow() -> None:
        async for _ in subscription:
            waits.set()
        went_on.append("after the loop")

    task = asyncio.create_task(follow())
    await waits.wait()
    task.cancel()
    await asyncio.wait({task}, timeout=PATIENCE)
    assert went_on == ["after the loop"]
    assert not task.cancelled()


async def test_caught_up_carries_position_0(client: AsyncEventStoreDBClient) -> None:
    """Who stores the position of everything that comes starts all over after "caught up"."""
    (position,) = await fill(client, "a", "Sent")
    subscription = await client.subscribe_to_all(include_caught_up=True)
    event, caught_up = await heard(subscription, 2)
    assert (event.commit_position, caught_up.commit_position) == (position, 0)
    assert isinstance(caught_up, CaughtUp)


async def test_subscribe_is_exclusive(client: AsyncEventStoreDBClient) -> None:
    """A subscription begins after the position that is named, unlike a read."""
    first, second, third = await fill(client, "a", "Sent", "Read", "Closed")
    subscription = await client.subscribe_to_all(commit_position=first)
    assert [event.commit_position for event in await heard(subscription, 2)] == [second, third]


async def test_subscribe_needs_a_position_that_exists_too(client: AsyncEventStoreDBClient) -> None:
    """It is confirmed first, and refused when the first event is asked for."""
    first, _ = await fill(client, "a", "Sent", "Read")
    subscription = await client.subscribe_to_all(commit_position=first + 1)
    with pytest.raises(GrpcError, match="invalid position"):
        await anext(subscription)


async def test_a_position_ahead_of_the_log_hides_what_comes(
    client: AsyncEventStoreDBClient,
) -> None:
    """A position of another, longer log is not refused: events up to it are skipped in silence."""
    (position,) = await fill(client, "a", "Sent")
    subscription = await client.subscribe_to_all(
        commit_position=position + 400, include_caught_up=True
    )
    await heard(subscription, 1)
    later = await fill(client, "b", *["Sent"] * 9)
    (event,) = await heard(subscription, 1)
    assert event.commit_position == min(each for each in later if each > position + 400)
    assert event.commit_position != later[0]


async def test_what_is_appended_later_is_heard_in_order(client: AsyncEventStoreDBClient) -> None:
    """A subscription goes over from what was to what comes without a gap and without a repeat."""
    before = await fill(client, "a", *["Sent"] * 40)
    subscription = await client.subscribe_to_all()
    after = await fill(client, "b", *["Sent"] * 10)
    assert [event.commit_position for event in await heard(subscription, 50)] == [*before, *after]


async def test_an_idle_filter_gets_no_checkpoint(client: AsyncEventStoreDBClient) -> None:
    """A small store in which nothing fits the filter never says where the reader is."""
    await fill(client, "a", *["Read"] * 20)
    subscription = await only_sent(client)
    (said,) = await heard(subscription, 1)
    assert isinstance(said, CaughtUp)
    await fill(client, "b", *["Read"] * 100, "Sent")
    (said,) = await heard(subscription, 1)
    assert said.type == "Sent"


async def test_a_checkpoint_comes_after_a_window_times_five(
    client: AsyncEventStoreDBClient,
) -> None:
    """Live, each 150 events looked at give one checkpoint: the last event looked at."""
    subscription = await only_sent(client)
    await heard(subscription, 1)
    positions = await fill(client, "a", *["Read"] * 150)
    (said,) = await heard(subscription, 1)
    assert isinstance(said, Checkpoint)
    assert said.commit_position == positions[-1]


async def test_a_checkpoint_never_lies_ahead(client: AsyncEventStoreDBClient) -> None:
    """From 24.10.5 on no checkpoint is past an event that is still to be sent (KurrentDB 4970)."""
    types = (["Read"] * 29 + ["Sent"]) * 6
    positions = await fill(client, "a", *types)
    sent = [each for each, type_ in zip(positions, types, strict=True) if type_ == "Sent"]
    subscription = await only_sent(client)
    said = await heard(subscription, 6 + 2 + 1)
    for place, one in enumerate(said):
        if isinstance(one, Checkpoint):
            due = [each for each in sent if each <= (one.commit_position or 0)]
            assert [each.commit_position for each in said[:place] if each.type == "Sent"] == due
    assert sum(isinstance(one, Checkpoint) for one in said) == 2
    assert isinstance(said[-1], CaughtUp)


@pytest.mark.parametrize(
    ("fault", "seen"),
    [
        (Fault.LOST_UNDONE, ServiceUnavailable),
        (Fault.TOO_SLOW, ConsumerTooSlow),
        (Fault.NOT_LEADER, NodeIsNotLeader),
    ],
)
async def test_a_subscription_ends_and_is_not_resumed(
    fault: Fault, seen: type[Exception], server: EsdbServer, client: AsyncEventStoreDBClient
) -> None:
    """A subscription that waits is ended by the server; its reader must begin another one."""
    await fill(client, "a", "Sent")
    subscription = await client.subscribe_to_all(include_caught_up=True)
    await heard(subscription, 2)
    await server.order(Order(fault=fault, call="subscribe"))
    with pytest.raises(seen):
        await heard(subscription, 1)
    assert issubclass(ConsumerTooSlow, AbortedByServer)
    with pytest.raises(StopAsyncIteration):
        await heard(subscription, 1)


async def test_a_subscription_breaks_in_the_middle(
    server: EsdbServer, client: AsyncEventStoreDBClient
) -> None:
    """It may be lost after any event, with more to come."""
    await fill(client, "a", "Sent", "Read", "Closed")
    await server.order(Order(fault=Fault.LOST_UNDONE, call="subscribe", after=2))
    subscription = await client.subscribe_to_all()
    assert [event.type for event in await heard(subscription, 2)] == ["Sent", "Read"]
    with pytest.raises(ServiceUnavailable):
        await heard(subscription, 1)


async def test_an_event_may_come_twice(server: EsdbServer, client: AsyncEventStoreDBClient) -> None:
    """Whoever follows must know an event that was there before."""
    await fill(client, "a", "Sent", "Read")
    await server.order(Order(fault=Fault.TWICE, call="subscribe", after=1))
    subscription = await client.subscribe_to_all()
    assert [event.type for event in await heard(subscription, 3)] == ["Sent", "Read", "Read"]


async def test_a_silent_subscription_looks_like_a_quiet_one(
    server: EsdbServer, client: AsyncEventStoreDBClient
) -> None:
    """A subscription can stop without an error: only the head tells that there is more."""
    subscription = await client.subscribe_to_all(include_caught_up=True)
    await heard(subscription, 1)
    await server.order(Order(fault=Fault.SLOW_UNDONE, call="subscribe"))
    positions = await fill(client, "a", *["Sent"] * 5)
    assert await client.get_commit_position() == positions[-1]
    with pytest.raises(StopAsyncIteration):
        await _next_within(subscription, 0.2)


async def test_a_timeout_around_the_iterator_is_swallowed(client: AsyncEventStoreDBClient) -> None:
    """``asyncio.timeout`` cancels, so the loop ends quietly and the timeout tells nobody."""
    subscription = await client.subscribe_to_all(include_caught_up=True)
    said = []
    async with asyncio.timeout(0.2):
        said += [one async for one in subscription]
    assert [type(one) for one in said] == [CaughtUp]


async def test_one_stream_can_be_followed(client: AsyncEventStoreDBClient) -> None:
    """A subscription to a stream begins after the version that is named, and goes on live."""
    await fill(client, "a", "Sent", "Read")
    subscription = await client.subscribe_to_stream("a", stream_position=0, include_caught_up=True)
    assert [one.type for one in await heard(subscription, 2)] == ["Read", ""]
    await fill(client, "b", "Sent")
    await fill(client, "a", "Closed", after=1)
    assert [one.type for one in await heard(subscription, 1)] == ["Closed"]


async def _next_within(subscription: AsyncIterator[RecordedEvent], seconds: float) -> None:
    async with asyncio.timeout(seconds):
        await anext(subscription)
