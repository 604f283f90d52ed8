"""Many messages on their way to JetStream at once, and what became of each.

nats-py 2.16.0 has two ways of its own. ``publish`` spends a task and a timer on every message.
``publish_async`` never ends for a message that is refused: what should give the error raises it
instead, and the future stays pending. So the acknowledgements are collected here, in one inbox.
"""

import asyncio
import json
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Self

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error
from nats.js import api
from nats.js.errors import APIError, NoStreamResponseError

from shared.messaging.envelope import Outgoing

PATIENCE = 10.0
"""Seconds for all the acknowledgements of one window."""


class Window:
    """Publishes in order over one connection, and tells the acknowledgements apart."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._inbox = client.new_inbox()
        self._sent = 0
        self._waiting: dict[str, asyncio.Future[api.PubAck]] = {}

    @classmethod
    @asynccontextmanager
    async def opened(cls, client: Client) -> AsyncIterator[Self]:
        """Give a window that listens for acknowledgements as long as the block lasts."""
        window = cls(client)
        listening = await client.subscribe(f"{window._inbox}.*", cb=window._answered)
        try:
            yield window
        finally:
            with suppress(Error):  # the connection is gone, and the subscription with it
                await listening.unsubscribe()

    async def send(self, messages: Sequence[Outgoing]) -> list[api.PubAck | BaseException]:
        """Publish *messages*; give for each its acknowledgement, or the error it met.

        Raises ``TimeoutError`` where not all were answered in time: nobody knows what became of
        the others.
        """
        answers = [await self._publish(message) for message in messages]
        try:
            async with asyncio.timeout(PATIENCE):
                return await asyncio.gather(*answers, return_exceptions=True)
        finally:
            self._waiting.clear()

    async def _publish(self, message: Outgoing) -> asyncio.Future[api.PubAck]:
        self._sent += 1
        answer = asyncio.get_running_loop().create_future()
        self._waiting[str(self._sent)] = answer
        reply = f"{self._inbox}.{self._sent}"
        await self._client.publish(message.subject, message.body, reply, message.headers)
        return answer

    async def _answered(self, message: Msg) -> None:
        answer = self._waiting.pop(message.subject.rpartition(".")[2], None)
        if answer is None or answer.done():
            return
        try:
            answer.set_result(_acknowledgement(message))
        except (APIError, NoStreamResponseError) as error:
            answer.set_exception(error)


def _acknowledgement(message: Msg) -> api.PubAck:
    if message.headers and message.headers.get(api.Header.STATUS) == "503":
        raise NoStreamResponseError
    reply = json.loads(message.data)
    if "error" in reply:
        APIError.from_error(reply["error"])
    return api.PubAck.from_response(reply)
