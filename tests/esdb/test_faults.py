"""Faults on command: what may be ordered, how often it happens, and what it leaves alone."""

import grpc
import pytest
from esdbclient import AsyncEventStoreDBClient, StreamState
from esdbclient.exceptions import NodeIsNotLeader, ServiceUnavailable
from pydantic import ValidationError

from shared.testing.esdb import EsdbServer, Fault, Faults, Order
from shared.testing.esdb.faults import METHOD, SERVICE
from tests.esdb.plain import all_of, fill


async def test_an_order_counts(server: EsdbServer, client: AsyncEventStoreDBClient) -> None:
    """It happens so many times, after so many calls that went well, and then no more."""
    await Faults(server.target).order(Order(fault=Fault.NOT_LEADER, after=1, times=2))
    await fill(client, "a", "Sent")
    for _ in range(2):
        with pytest.raises(NodeIsNotLeader) as elsewhere:
            await fill(client, "b", "Sent")
        assert elsewhere.value.leader_grpc_target == server.target
    await fill(client, "b", "Sent")


async def test_orders_happen_one_after_the_other(
    server: EsdbServer, client: AsyncEventStoreDBClient
) -> None:
    """Of two orders for the same call the older one happens first; other calls go well."""
    await fill(client, "a", "Sent")
    await server.order(Order(fault=Fault.LOST_UNDONE, times=4))
    await server.order(Order(fault=Fault.NOT_LEADER))
    await all_of(client)
    with pytest.raises(ServiceUnavailable):
        await fill(client, "b", "Sent")
    with pytest.raises(NodeIsNotLeader):
        await fill(client, "b", "Sent")
    assert await client.get_current_version("b") is StreamState.NO_STREAM


async def test_a_read_may_be_led_elsewhere(
    server: EsdbServer, client: AsyncEventStoreDBClient
) -> None:
    """A change of leader meets readers too, also those who find nothing."""
    await server.order(Order(fault=Fault.NOT_LEADER, call="read"))
    with pytest.raises(NodeIsNotLeader):
        await client.get_stream("nobody-knows")


def test_what_cannot_happen_cannot_be_ordered() -> None:
    """An append has no event to say twice, and a read nothing to have done."""
    with pytest.raises(ValidationError, match="is nothing that happens to 'append'"):
        Order(fault=Fault.TWICE)
    with pytest.raises(ValidationError, match="is nothing that happens to 'read'"):
        Order(fault=Fault.LOST_DONE, call="read")


async def test_an_order_that_makes_no_sense_is_refused(server: EsdbServer) -> None:
    """The server refuses an order that it does not understand."""
    async with grpc.aio.insecure_channel(server.target) as channel:
        with pytest.raises(grpc.RpcError, match="fault"):
            await channel.unary_unary(f"/{SERVICE}/{METHOD}")(b'{"fault": "rain"}')
