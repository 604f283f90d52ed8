"""The connection to an EventStoreDB: each call with a deadline, and mended when it is lost.

The client's own methods try again and open new channels behind the caller's back, each call for
itself; a new channel cuts off what others were reading, and a reading that is cut off ends as if
it were whole. So calls are made beneath those methods, and said to be cut off where they are.
"""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

import grpc
from esdbclient import AsyncEventStoreDBClient, RecordedEvent, StreamState
from esdbclient import NewEvent as Sent
from esdbclient.common import handle_rpc_error
from esdbclient.connection import AsyncESDBConnection
from esdbclient.exceptions import AbortedByServer, EventStoreDBClientException, NodeIsNotLeader
from esdbclient.streams import AsyncReadResponse

from shared.eventstore.esdb_address import Address
from shared.eventstore.port import NO_STREAM, StoreDown

WINDOW = 500
"""Events of $all that the server looks at between two signs of life."""
GRACE = 10.0
"""Seconds for which a connection that was replaced may still bring answers."""
_VERSION = "/event_store.client.server_features.ServerFeatures/GetSupportedMethods"


class Line(AsyncEventStoreDBClient):
    """One connection, renewed once however many calls found it broken."""

    def __init__(self, address: Address) -> None:
        super().__init__(address.url)
        self.grpc_options += address.grpc_options
        self._clustered = address.clustered
        self._renewing = asyncio.Lock()
        self._retiring: set[asyncio.Task[None]] = set()
        self.over = False

    async def add(
        self,
        stream: str,
        expected: int,
        events: Sequence[Sent],
        timeout: float,  # noqa: ASYNC109 - it is told to the server
    ) -> None:
        """Append to a stream of the cluster, once."""
        version = StreamState.NO_STREAM if expected == NO_STREAM else expected
        cancelled = cancellations()
        try:
            await self.connection.streams.batch_append(
                stream,
                version,
                events,
                timeout=timeout,
                metadata=self._call_metadata,
                credentials=self._call_credentials,
            )
        except asyncio.CancelledError:
            raise_if_cancelled(cancelled)
            raise AbortedByServer("the connection was closed") from None

    async def read(self, timeout: float, **which: Any) -> list[RecordedEvent]:  # noqa: ANN401, ASYNC109 - the client's own words; the server is told
        """Give what a read that ends gives, all of it or an exception."""
        cancelled = cancellations()
        async with await self._reading(timeout, **which) as response:
            found = [event async for event in response]
            await ensure_whole(response, cancelled)
        return found

    @asynccontextmanager
    async def subscription(
        self,
        after: int | None,
        pattern: str,
        timeout: float,  # noqa: ASYNC109 - it is told to the server
    ) -> AsyncIterator[AsyncReadResponse]:
        """Give what is added to everything after a position, or from the start, and checkpoints."""
        cancelled = cancellations()
        try:
            response = await self._reading(
                timeout,
                commit_position=after,
                filter_include=[pattern],
                subscribe=True,
                include_checkpoints=True,
            )
        except EventStoreDBClientException:
            raise_if_cancelled(cancelled)
            raise
        async with response:
            yield response

    async def engine(self, timeout: float) -> bytes:  # noqa: ASYNC109 - it is told to the server
        """Give what the engine says of itself: a ``SupportedMethods`` message."""
        channel = self.connection._grpc_channel  # noqa: SLF001 - the client has no call for this
        ask = channel.unary_unary(_VERSION, response_deserializer=bytes)
        given = {"metadata": self._call_metadata, "credentials": self._call_credentials}
        try:
            answer: bytes = await ask(b"", timeout=timeout, **given)
        except grpc.RpcError as problem:
            raise handle_rpc_error(problem) from None
        return answer

    @property
    def connection(self) -> AsyncESDBConnection:
        """The connection in use; ``StoreDown`` after the end."""
        if self.over:
            raise StoreDown("the store is closed")
        return self._connection

    async def mend(self, broken: AsyncESDBConnection, problem: Exception) -> None:
        """Look for the leader where a call on *broken* came to nothing.

        A single server is found again by gRPC itself.
        """
        if not self._clustered:
            return
        leader = problem.leader_grpc_target if isinstance(problem, NodeIsNotLeader) else None
        async with self._renewing:
            if self.connection is not broken:
                return
            self._connection = await self._connect(leader)
        # What others began on it may still end well; the client's own close would cut it off.
        retiring = asyncio.create_task(broken._grpc_channel.close(grace=GRACE))  # noqa: SLF001 - as above
        self._retiring.add(retiring)
        retiring.add_done_callback(self._retiring.discard)

    async def end(self) -> None:
        """Cut off whatever still goes on."""
        if self.over:
            return
        self.over = True
        for retiring in self._retiring:
            retiring.cancel()
        await asyncio.gather(*self._retiring, return_exceptions=True)
        await self.close()

    async def _reading(self, timeout: float, **which: Any) -> AsyncReadResponse:  # noqa: ANN401, ASYNC109 - as in read
        filtered = {"filter_by_stream_name": True, "window_size": WINDOW}
        read: Any = self.connection.streams.read  # its types leave out a window that it takes
        response: AsyncReadResponse = await read(
            **which,
            **(filtered if "filter_include" in which else {}),
            timeout=timeout,
            metadata=self._call_metadata,
            credentials=self._call_credentials,
        )
        return response


async def ensure_whole(response: AsyncReadResponse, cancelled: int) -> None:
    """Raise where an iteration that ended had been cut off: the client ends it like any other.

    *cancelled* is what :func:`cancellations` gave before it.
    """
    raise_if_cancelled(cancelled)
    if await response.aio_call.code() is not grpc.StatusCode.OK:
        raise AbortedByServer("cut off")


def cancellations() -> int:
    """Give how often this task was cancelled so far."""
    task = asyncio.current_task()
    return task.cancelling() if task is not None else 0


def raise_if_cancelled(before: int) -> None:
    """Cancel for good a task whose cancellation, since *before*, the client has swallowed."""
    if cancellations() > before:
        raise asyncio.CancelledError
