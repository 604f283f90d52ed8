"""One service's connection to the bus, made anew for as long as the service lives."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Self

import nats.errors
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.js import JetStreamContext

from shared.messaging.patience import Backoff
from shared.messaging.server import BusAddress

BUS_FAULTS = (nats.errors.Error, TimeoutError, OSError)
"""What nats-py raises where the bus does not do what was asked."""

Answer = Callable[[bytes], Awaitable[bytes]]

_log = structlog.get_logger()


class Unanswered(Exception):
    """A question got no answer: nobody is there, they were too slow, or they refused."""


@dataclass(eq=False)
class Connection:
    """One connection from its beginning to its end, which sets ``lost``."""

    client: Client
    lost: asyncio.Event = field(default_factory=asyncio.Event)
    denials: int = 0
    js: JetStreamContext = field(init=False)

    def __post_init__(self) -> None:
        self.js = self.client.jetstream()


class Bus:
    """The way to everyone else: connects in the background, and again after each loss.

    nats-py's own reconnecting is switched off. It would send what it had buffered before the loss
    after it, when nobody knows any more whether that still follows; and some errors of the server
    end it for good. Here a connection simply ends, and who used it starts over from what the
    server really holds.
    """

    def __init__(self, address: BusAddress) -> None:
        self.address = address
        self.errors = 0
        """How many errors nats-py has reported, failed attempts to connect among them."""
        self._answers: dict[str, Answer] = {}
        self._now: Connection | None = None
        self._ready = asyncio.Event()
        self._keeper: asyncio.Task[None] | None = None

    @classmethod
    async def connect(cls, address: BusAddress) -> Self:
        """Give a bus that is connected, or will be as soon as the server is there: no waiting."""
        bus = cls(address)
        bus._keeper = asyncio.create_task(bus._keep_connected())
        return bus

    @property
    def service(self) -> str:
        """Whose connection this is."""
        return self.address.user

    @property
    def healthy(self) -> bool:
        """Whether there is a connection, and the server has denied it nothing.

        A denial reaches the one who asked as a mere timeout, so it is seen only here.
        """
        return self._ready.is_set() and self._now is not None and not self._now.denials

    async def connection(self) -> Connection:
        """Give the connection there is, or wait for the next one."""
        while self._now is None or not self._ready.is_set():
            await self._ready.wait()
        return self._now

    async def request(self, subject: str, question: bytes, *, within: float = 2.0) -> bytes:
        """Give the answer to *question*, or raise ``Unanswered`` after at most *within* seconds."""
        try:
            async with asyncio.timeout(within):
                connection = await self.connection()
                message = await connection.client.request(subject, question, timeout=within)
        except BUS_FAULTS as error:
            raise Unanswered(f"{subject}: {type(error).__name__}") from error
        return message.data

    async def answer(self, subject: str, answer: Answer) -> None:
        """Answer the questions on *subject* from now on, over every connection to come."""
        self._answers[subject] = answer
        if self._now is not None:
            with suppress(*BUS_FAULTS):  # the connection is ending, and the next one will listen
                await self._listen(self._now, subject)
                await _arrived(self._now.client)

    async def close(self) -> None:
        """End the connection and make no new one."""
        # nats-py now and then swallows a cancellation, so that one may not be enough.
        while self._keeper is not None and not self._keeper.done():
            self._keeper.cancel()
            await asyncio.wait({self._keeper}, timeout=0.5)

    async def _keep_connected(self) -> None:
        backoff = Backoff(most=2.0)
        while True:
            client = Client()
            try:
                connection = await self._open(client)
                backoff.reset()
                await connection.lost.wait()
                _log.warning("lost the bus")
            except BUS_FAULTS as error:
                _log.info("does not reach the bus", error=type(error).__name__)
            finally:
                self._ready.clear()
                self._now = None
                await client.close()
            await backoff.wait()

    async def _open(self, client: Client) -> Connection:
        connection = Connection(client)
        await self._connect(connection)
        self._now = connection
        for subject in tuple(self._answers):
            await self._listen(connection, subject)
        await _arrived(client)
        self._ready.set()
        return connection

    async def _connect(self, connection: Connection) -> None:
        async def count(error: Exception) -> None:
            self.errors += 1
            connection.denials += "permissions violation" in str(error).lower()

        async def lose() -> None:
            connection.lost.set()

        await connection.client.connect(
            self.address.url,
            user=self.address.user,
            password=self.address.password,
            inbox_prefix=self.address.inbox_prefix,
            name=self.service,
            error_cb=count,
            closed_cb=lose,
            allow_reconnect=False,
            max_reconnect_attempts=1,
            reconnect_time_wait=0,
            ping_interval=10,
        )

    async def _listen(self, connection: Connection, subject: str) -> None:
        async def reply(message: Msg) -> None:
            await message.respond(await self._answers[subject](message.data))

        await connection.client.subscribe(subject, queue=self.service, cb=reply)


async def _arrived(client: Client) -> None:
    """Wait until the server has read all that was sent: whoever asks now finds us listening.

    Twice, because in nats-py 2.16.0 ``flush`` writes its ping ahead of what is still queued; by
    the time of the second one the queue is out.
    """
    await client.flush()
    await client.flush()
