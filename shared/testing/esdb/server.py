"""The test server itself: one folder, one port, everything that it serves."""

import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import grpc
from esdbclient.protos.Grpc import gossip_pb2_grpc, streams_pb2_grpc

from shared.testing.esdb.appending import system_event
from shared.testing.esdb.cluster import VERSION, Gossip, features
from shared.testing.esdb.faults import FaultBook, Order
from shared.testing.esdb.log import Log, Sync
from shared.testing.esdb.streams import Streams
from shared.testing.esdb.striking import Striker, orders

HOST = "127.0.0.1"
LARGEST_MESSAGE = 17 * 1024 * 1024
"""As a real server's: an append that is too large is refused in words, not by the connection."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """What a server that speaks TLS shows: the files of its certificate and of its key."""

    chain: Path
    key: Path


class EsdbServer:
    """A running test server. It is no EventStoreDB: it keeps what tests need, and no more."""

    def __init__(self, log: Log, *, secure: bool) -> None:
        self.log = log
        self.port = 0
        self.streams = Streams(log, Striker(book := FaultBook(), lambda: self.target))
        self._book = book
        self._secure = secure

    @property
    def target(self) -> str:
        """Its "host:port"."""
        return f"{HOST}:{self.port}"

    @property
    def url(self) -> str:
        """How a client names it."""
        return url(self.target, secure=self._secure)

    @property
    def deadlines(self) -> Sequence[float]:
        """The deadline of each append that came, in seconds; also of those that went wrong."""
        return self.streams.deadlines

    async def order(self, order: Order) -> None:
        """Let something go wrong from now on."""
        self.take(order)

    def take(self, order: Order) -> None:
        """As ``order``, for whoever does not wait."""
        self._book.order(order)
        self.log.nudge()


def url(target: str, *, secure: bool) -> str:
    """Give the connection string of the server at *target*.

    With TLS the client insists on a name and a password; this server takes any.
    """
    return f"esdb://made:up@{target}?tls=true" if secure else f"esdb://{target}?tls=false"


@asynccontextmanager
async def esdb_server(
    folder: Path,
    *,
    port: int = 0,
    version: str = VERSION,
    certificate: Certificate | None = None,
    sync: Sync = os.fdatasync,
) -> AsyncIterator[EsdbServer]:
    """Serve the streams of *folder* in this process, at a free port if *port* is 0; for tests only.

    *sync* is how it waits for the disk.

    Raises:
        FolderInUse: another server serves this folder.
        RuntimeError: the port is taken.
    """
    log = Log(folder, sync)
    try:
        server = EsdbServer(log, secure=certificate is not None)
        serving = grpc.aio.server(options=_OPTIONS)
        _add(server, serving)
        serving.add_generic_rpc_handlers([features(version), orders(server.take)])
        server.port = _bound(serving, f"{HOST}:{port}", certificate)
        if not log.records:
            (first,) = log.write(
                system_event(log, "$server", "$ServerStarted", {"version": version})
            )
            await log.until_synced(first.position)
        await serving.start()
        try:
            yield server
        finally:
            await serving.stop(grace=0)
    finally:
        await log.close()


def _add(server: EsdbServer, serving: grpc.aio.Server) -> None:
    gossip = Gossip(lambda: server.port)
    streams_pb2_grpc.add_StreamsServicer_to_server(server.streams, serving)  # type: ignore[no-untyped-call]  # generated
    gossip_pb2_grpc.add_GossipServicer_to_server(gossip, serving)  # type: ignore[no-untyped-call]  # generated


_OPTIONS = (
    ("grpc.max_receive_message_length", LARGEST_MESSAGE),
    ("grpc.so_reuseport", 0),
    # A real server is not asked more often than it likes; this one is, by tests that hurry.
    ("grpc.http2.min_recv_ping_interval_without_data_ms", 500),
    ("grpc.http2.max_ping_strikes", 0),
    ("grpc.keepalive_permit_without_calls", 1),
)


def _bound(serving: grpc.aio.Server, address: str, certificate: Certificate | None) -> int:
    port: int
    if certificate is None:
        port = serving.add_insecure_port(address)
    else:
        pair = (certificate.key.read_bytes(), certificate.chain.read_bytes())
        port = serving.add_secure_port(address, grpc.ssl_server_credentials([pair]))
    return port
