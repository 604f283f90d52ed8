"""Pitfalls of appending with esdbclient, each shown with the plain client on the test server."""

from uuid import uuid4

import pytest
from esdbclient import AsyncEventStoreDBClient, NewEvent, StreamState
from esdbclient.common import PROTOBUF_MAX_DEADLINE_SECONDS
from esdbclient.exceptions import (
    AppendDeadlineExceeded,
    GrpcDeadlineExceeded,
    GrpcError,
    MaximumAppendSizeExceededError,
    NodeIsNotLeader,
    NotFound,
    ServiceUnavailable,
    UnknownError,
    WrongCurrentVersion,
)

from shared.testing.esdb import EsdbServer, Fault, Order
from tests.esdb.plain import all_of, fill

NEW = StreamState.NO_STREAM


async def test_no_deadline_by_default(server: EsdbServer, client: AsyncEventStoreDBClient) -> None:
    """Without a timeout the server is told to take ten thousand years: a caller must give one."""
    await fill(client, "a", "Sent")
    await client.append_to_stream("b", current_version=NEW, events=NewEvent("Sent", b""), timeout=5)
    assert list(server.deadlines) == [PROTOBUF_MAX_DEADLINE_SECONDS, 5]


async def test_timeouts_double(server: EsdbServer, client: AsyncEventStoreDBClient) -> None:
    """A timeout is tried twice, so it takes twice as long as was asked for."""
    await client.get_commit_position()  # so that no attempt is spent on connecting
    await server.order(Order(fault=Fault.SLOW_UNDONE, times=9))
    with pytest.raises(GrpcDeadlineExceeded):
        await client.append_to_stream(
            "a", current_version=NEW, events=NewEvent("Sent", b""), timeout=0.5
        )
    assert list(server.deadlines) == [0.5, 0.5]


async def test_a_lost_connection_is_tried_four_times(
    server: EsdbServer, client: AsyncEventStoreDBClient
) -> None:
    """The retry of a call meets the retry of a connection."""
    await server.order(Order(fault=Fault.LOST_UNDONE, times=9))
    with pytest.raises(ServiceUnavailable):
        await fill(client, "a", "Sent")
    assert len(server.deadlines) == 4


@pytest.mark.parametrize("fault", [Fault.SLOW_DONE, Fault.LOST_DONE])
async def test_a_retry_uses_the_same_ids(
    fault: Fault, server: EsdbServer, client: AsyncEventStoreDBClient
) -> None:
    """An append that was done but not answered is tried again, and stays one."""
    await client.get_commit_position()  # so that no attempt is spent on connecting
    await server.order(Order(fault=fault))
    event = NewEvent("Sent", b"")
    await client.append_to_stream("a", current_version=NEW, events=event, timeout=1)
    assert len(server.deadlines) == 2
    assert [one.id for one in await client.get_stream("a")] == [event.id]


async def test_the_same_ids_are_answered_again(client: AsyncEventStoreDBClient) -> None:
    """With an expected version the same ids give the first answer, however much came since."""
    events = [NewEvent("Sent", b""), NewEvent("Read", b"")]
    first = await client.append_to_stream("a", current_version=NEW, events=events)
    await fill(client, "a", "Accepted", "Closed", after=1)
    assert await client.append_to_stream("a", current_version=NEW, events=events) == first
    assert len(await client.get_stream("a")) == 4


async def test_a_conflict_may_be_our_own_success(client: AsyncEventStoreDBClient) -> None:
    """Ids that are there only in part are a wrong version, although the first of them are ours."""
    events = [NewEvent("Sent", b""), NewEvent("Read", b"")]
    await client.append_to_stream("a", current_version=NEW, events=events[:1])
    with pytest.raises(WrongCurrentVersion):
        await client.append_to_stream("a", current_version=NEW, events=events)


async def test_new_ids_in_a_retry_are_a_conflict(client: AsyncEventStoreDBClient) -> None:
    """Who makes new ids for the second try is refused, though the first one was done."""
    await client.append_to_stream("a", current_version=NEW, events=NewEvent("Sent", b""))
    with pytest.raises(WrongCurrentVersion):
        await client.append_to_stream("a", current_version=NEW, events=NewEvent("Sent", b""))


async def test_any_version_is_only_best_effort(
    server: EsdbServer, client: AsyncEventStoreDBClient
) -> None:
    """Without an expected version ids are known until the server ends, and then no more."""
    event = NewEvent("Sent", b"")
    first = await client.append_to_stream("a", current_version=StreamState.ANY, events=event)
    assert (
        await client.append_to_stream("a", current_version=StreamState.ANY, events=event) == first
    )
    server.log.recent.clear()
    assert await client.append_to_stream("a", current_version=StreamState.ANY, events=event) > first
    assert [one.id for one in await client.get_stream("a")] == [event.id, event.id]


async def test_without_a_version_the_first_id_decides(client: AsyncEventStoreDBClient) -> None:
    """Ids known only in part are a conflict if the first is among them, and new if it is not."""
    known, new = NewEvent("Sent", b""), NewEvent("Read", b"")
    await client.append_to_stream("a", current_version=StreamState.ANY, events=known)
    with pytest.raises(WrongCurrentVersion):
        await client.append_to_stream("a", current_version=StreamState.ANY, events=[known, new])
    await client.append_to_stream("a", current_version=StreamState.ANY, events=[new, known])
    assert [one.id for one in await client.get_stream("a")] == [known.id, new.id, known.id]


async def test_a_wrong_version_has_no_structure(client: AsyncEventStoreDBClient) -> None:
    """What the version really is stands in a sentence, and nowhere else."""
    await fill(client, "a", "Sent", "Read")
    event = NewEvent("Closed", b"")
    with pytest.raises(WrongCurrentVersion) as conflict:
        await client.append_to_stream("a", current_version=7, events=event)
    assert conflict.value.args == ("Stream position of last event is 1 not 7",)
    with pytest.raises(WrongCurrentVersion, match="'b' does not exist"):
        await client.append_to_stream("b", current_version=7, events=event)


async def test_an_append_is_at_most_one_mebibyte(client: AsyncEventStoreDBClient) -> None:
    """Data, metadata and twice the type's length count; all events of the append together."""
    fits = [NewEvent("S", b"x" * (512 * 1024 - 2)), NewEvent("S", b"x", b"y" * (512 * 1024 - 3))]
    await client.append_to_stream("a", current_version=NEW, events=fits)
    one_more = [*fits[:1], NewEvent("S", b"x", b"y" * (512 * 1024 - 2))]
    with pytest.raises(MaximumAppendSizeExceededError, match="1048576"):
        await client.append_to_stream("b", current_version=NEW, events=one_more)
    assert await client.get_current_version("b") is NEW


async def test_out_of_time_at_the_server_is_not_tried_again(
    server: EsdbServer, client: AsyncEventStoreDBClient
) -> None:
    """When the server itself gives up nobody knows what was done: the client only says so."""
    await server.order(Order(fault=Fault.TIMED_OUT))
    with pytest.raises(AppendDeadlineExceeded):
        await fill(client, "a", "Sent")
    assert len(server.deadlines) == 1
    assert await client.get_current_version("a") == 0


async def test_a_refusal_without_a_reason(
    server: EsdbServer, client: AsyncEventStoreDBClient
) -> None:
    """A full disk is an unknown error, which is no gRPC error and is not tried again."""
    await server.order(Order(fault=Fault.REFUSED))
    with pytest.raises(UnknownError):
        await fill(client, "a", "Sent")
    assert await client.get_current_version("a") is NEW


def test_some_errors_are_no_grpc_errors() -> None:
    """Who catches GrpcError alone misses a change of leader and a missing stream."""
    assert not issubclass(NodeIsNotLeader, GrpcError)
    assert not issubclass(NotFound, GrpcError)


async def test_deleted_streams_go_on_numbering(client: AsyncEventStoreDBClient) -> None:
    """After a deletion the next number is the one after the last; $all keeps what was."""
    await fill(client, "a", "Sent", "Read")
    await client.delete_stream("a", current_version=1)
    with pytest.raises(NotFound):
        await client.get_stream("a")
    event = NewEvent("Sent", b"")
    await client.append_to_stream("a", current_version=NEW, events=event)
    assert [(one.id, one.stream_position) for one in await client.get_stream("a")] == [
        (event.id, 2)
    ]
    assert [one.stream_position for one in await all_of(client)] == [0, 1, 2]


async def test_ids_are_of_a_place_in_a_stream(client: AsyncEventStoreDBClient) -> None:
    """The same id may be appended once more at another place: only there it is a repetition."""
    event = NewEvent("Sent", b"", id=uuid4())
    await client.append_to_stream("a", current_version=NEW, events=event)
    await client.append_to_stream("a", current_version=0, events=event)
    await client.append_to_stream("b", current_version=NEW, events=event)
    assert [one.id for one in await all_of(client)] == [event.id] * 3
