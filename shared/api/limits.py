"""How large a body may be: counted before anything reads it."""

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.api.edge import BodyTooLarge
from shared.api.problems import answer

MAX_BODY_BYTES = 256 * 1024
MOST_DISCARDED_BYTES = 16 * 1024 * 1024
"""Read and thrown away, so that a caller who is still sending hears the answer; then we hang up."""


class BodyLimit:
    """Refuses a body over *limit* bytes, by what its length claims and by what really comes.

    Whatever the application makes of the interrupted body is not sent: the answer is always
    ``BodyTooLarge``, unless an answer had already begun.
    """

    def __init__(self, app: ASGIApp, limit: int = MAX_BODY_BYTES) -> None:
        self._app, self._limit = app, limit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on, as far as its body is small enough."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        counted = _Counted(receive, send, self._limit)
        claimed = _claimed(scope)
        if claimed <= self._limit:
            try:
                await self._app(scope, counted.receive, counted.send)
            except BodyTooLarge:
                if counted.begun:
                    raise
            if not counted.too_large or counted.begun:
                return
        if claimed <= MOST_DISCARDED_BYTES and "expect" not in Headers(scope=scope):
            await counted.discard()
        await answer(BodyTooLarge())(scope, receive, send)


def _claimed(scope: Scope) -> int:
    length = Headers(scope=scope).get("content-length", "")
    return int(length) if length.isdecimal() else 0


class _Counted:
    """The two ways of one request, with what has come in counted."""

    def __init__(self, receive: Receive, send: Send, limit: int) -> None:
        self._receive, self._send, self._left = receive, send, limit
        self._is_whole = False
        self.begun = False

    @property
    def too_large(self) -> bool:
        return self._left < 0

    async def receive(self) -> Message:
        message = await self._counted()
        if self.too_large:
            raise BodyTooLarge
        return message

    async def discard(self) -> None:
        while not self._is_whole and self._left > -MOST_DISCARDED_BYTES:
            await self._counted()

    async def _counted(self) -> Message:
        message = await self._receive()
        self._left -= len(message.get("body", b""))
        self._is_whole = not message.get("more_body", False)
        return message

    async def send(self, message: Message) -> None:
        if self.too_large and not self.begun:
            return
        self.begun = True
        await self._send(message)
