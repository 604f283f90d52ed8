"""Pitfalls of connecting with esdbclient, each shown with the plain client on the test server."""

from pathlib import Path

import grpc
import pytest
from esdbclient import AsyncEventStoreDBClient, EventStoreDBClient, NewEvent, StreamState
from esdbclient.exceptions import (
    FollowerNotFound,
    NodeIsNotLeader,
    ServiceUnavailable,
    SSLError,
    WrongCurrentVersion,
)

from shared.testing.certificates import MadeUpAuthority
from shared.testing.esdb import Certificate, EsdbServer, Fault, Order, esdb_process, esdb_server
from tests.esdb.plain import connected, fill

FEATURES = "/event_store.client.server_features.ServerFeatures/GetSupportedMethods"


async def test_a_single_target_does_not_follow_the_leader(
    server: EsdbServer, client: AsyncEventStoreDBClient
) -> None:
    """With one target a change of leader is the caller's trouble, though the answer names it."""
    await server.order(Order(fault=Fault.NOT_LEADER, leader="127.0.0.1:9"))
    with pytest.raises(NodeIsNotLeader) as elsewhere:
        await fill(client, "a", "Sent")
    assert elsewhere.value.leader_grpc_target == "127.0.0.1:9"
    assert len(server.deadlines) == 1


async def test_a_discovered_target_follows_the_leader(server: EsdbServer, tmp_path: Path) -> None:
    """With esdb+discover the client goes where the answer sends it, and appends there."""
    found = server.url.replace("esdb:", "esdb+discover:")
    async with esdb_server(tmp_path / "other") as leader, connected(found) as client:
        await server.order(Order(fault=Fault.NOT_LEADER, leader=leader.target))
        await fill(client, "a", "Sent")
        assert client.connection_target == leader.target
        assert len(leader.log.stream("a").records) == 1


async def test_a_lone_node_has_no_follower(server: EsdbServer) -> None:
    """A node preference that the cluster cannot meet fails when one connects."""
    wish = server.url.replace("esdb:", "esdb+discover:") + "&nodePreference=follower"
    with pytest.raises(FollowerNotFound):
        await AsyncEventStoreDBClient(wish + "&maxDiscoverAttempts=1").connect()


async def test_a_lone_target_is_not_asked_when_one_connects() -> None:
    """With one target nobody is called until the first request: a wrong address goes unnoticed."""
    async with connected("esdb://127.0.0.1:9?tls=false") as client:
        with pytest.raises(ServiceUnavailable):
            await client.get_commit_position(timeout=5)


async def test_keepalive_is_named_in_vain(server: EsdbServer) -> None:
    """KeepAliveInterval becomes an option that gRPC does not have: connections stay untended."""
    options = AsyncEventStoreDBClient(server.url + "&keepAliveInterval=10000").grpc_options
    assert ("grpc.keepalive_ms", 10000) in options
    assert "grpc.keepalive_time_ms" not in dict(options)


async def test_not_verifying_a_certificate_is_not_heeded(tmp_path: Path) -> None:
    """TlsVerifyCert=false changes nothing; TlsCaFile does."""
    made = MadeUpAuthority.made(tmp_path / "ca").server("store")
    certificate = Certificate(made.cert, made.key)
    async with esdb_server(tmp_path / "store", certificate=certificate) as server:
        async with connected(server.url + "&tlsVerifyCert=false") as client:
            with pytest.raises((SSLError, ServiceUnavailable)):
                await client.get_commit_position(timeout=5)
        async with connected(f"{server.url}&tlsCaFile={made.ca}") as client:
            await fill(client, "a", "Sent")
            assert await client.get_current_version("a") == 0


async def test_a_name_and_password_are_not_sent_without_tls(server: EsdbServer) -> None:
    """Without TLS the name and the password of the connection string are dropped in silence."""
    client = AsyncEventStoreDBClient(server.url.replace("://", "://somebody:secret@"))
    assert client._call_credentials is None  # noqa: SLF001 - nowhere else is it to be seen


@pytest.mark.parametrize("version", ["24.10.6", "23.10.0"])
async def test_a_server_tells_its_version(version: str, tmp_path: Path) -> None:
    """The client has no question for the version; the service for it answers in field 2."""
    async with (
        esdb_server(tmp_path / "store", version=version) as server,
        grpc.aio.insecure_channel(server.target) as channel,
    ):
        answer = await channel.unary_unary(FEATURES)(b"")
    assert answer == b"\x12" + bytes([len(version)]) + version.encode()


async def test_the_client_that_does_not_wait_is_served_too(tmp_path: Path) -> None:
    """The other client of esdbclient, the one for threads, finds the same streams."""
    async with esdb_process(tmp_path / "store") as server:
        client = EventStoreDBClient(server.url)
        event = NewEvent("Sent", b"{}", b'{"by":"a test"}')
        at = client.append_to_stream("a", current_version=StreamState.NO_STREAM, events=event)
        assert client.append_to_stream("b", current_version=StreamState.ANY, events=[event]) > at
        (found,) = client.get_stream("a")
        assert (found.id, found.data, found.metadata) == (event.id, event.data, event.metadata)
        assert (found.commit_position, found.content_type) == (at, "application/json")
        with client.subscribe_to_all() as subscription:
            assert next(subscription).id == event.id
        with pytest.raises(WrongCurrentVersion, match="is 0 not 7"):
            client.append_to_stream("a", current_version=7, events=event)
        client.close()
