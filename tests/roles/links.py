"""A way to a local server that can fall silent: nothing is closed, and nothing arrives any more."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

_PIECE = 65536


class Link:
    """Carries bytes between whoever connects to ``port`` and the server at the port *to*."""

    def __init__(self, to: int) -> None:
        self._to = to
        self.port = 0
        self._ends: set[asyncio.StreamWriter] = set()
        self._silent: set[asyncio.StreamWriter] = set()
        self._carrying: set[asyncio.Task[None] | None] = set()

    def fall_silent(self) -> None:
        """Carry nothing more for those who are connected; whoever connects later is served."""
        self._silent |= self._ends

    async def carry(self, here: asyncio.StreamReader, back: asyncio.StreamWriter) -> None:
        """Connect one more."""
        self._carrying.add(asyncio.current_task())
        there, forth = await asyncio.open_connection("127.0.0.1", self._to)
        self._ends |= {back, forth}
        await asyncio.gather(self._one_way(here, forth), self._one_way(there, back))

    async def _one_way(self, source: asyncio.StreamReader, sink: asyncio.StreamWriter) -> None:
        with suppress(OSError):
            while piece := await source.read(_PIECE):
                if sink not in self._silent:
                    sink.write(piece)
        if sink not in self._silent:
            sink.close()

    async def end(self) -> None:
        """Close every connection."""
        for end in self._ends:
            end.close()
        await asyncio.gather(*(task for task in self._carrying if task))


@asynccontextmanager
async def link(to: int) -> AsyncIterator[Link]:
    """Give a way to the server at the local port *to*."""
    way = Link(to)
    server = await asyncio.start_server(way.carry, "127.0.0.1", 0)
    way.port = server.sockets[0].getsockname()[1]
    try:
        yield way
    finally:
        server.close()
        await way.end()
