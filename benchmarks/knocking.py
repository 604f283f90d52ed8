"""A client that costs little: requests are bytes, of answers only what is needed is read.

It shares two cores with what it asks, so whatever it spends would be taken from the figures. One
connection carries one request at a time, and is used again.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlsplit

END_OF_HEAD = b"\r\n\r\n"


class Answer(NamedTuple):
    """What came back; names of headers in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Unexpected(Exception):
    """A door answered otherwise than the measurement needs; the text is what it said."""


@dataclass(frozen=True)
class Knocking:
    """So many connections to one service."""

    host: str
    free: "asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]]"

    async def ask(self, request: bytes, expect: int | None = None) -> Answer:
        """Give the answer to *request*, made by :func:`written`, over the next free connection.

        Raises ``Unexpected`` for another status than *expect*.
        """
        reader, writer = await self.free.get()
        try:
            if reader.at_eof():  # a service closes what was idle for five seconds
                writer.close()
                reader, writer = await _opened(self.host)
            writer.write(request)
            answer = await _answer(reader)
        finally:
            self.free.put_nowait((reader, writer))
        if expect is not None and answer.status != expect:
            raise Unexpected(f"{answer.status} {answer.body[:300].decode(errors='replace')}")
        return answer


def written(method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> bytes:
    """Give a request as bytes."""
    told = {"Host": "127.0.0.1", **headers}
    if body:
        told |= {"Content-Type": "application/json", "Content-Length": str(len(body))}
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in told.items())]
    return "\r\n".join(lines).encode() + END_OF_HEAD + body


@asynccontextmanager
async def knocking(url: str, connections: int) -> AsyncIterator[Knocking]:
    """Give a client of *url*, closed when the block is left."""
    host = urlsplit(url).netloc
    held: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()
    for _ in range(connections):
        held.put_nowait(await _opened(host))
    try:
        yield Knocking(host, held)
    finally:
        while not held.empty():
            held.get_nowait()[1].close()


async def _opened(host: str) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    name, _, port = host.rpartition(":")
    return await asyncio.open_connection(name, int(port))


async def _answer(reader: asyncio.StreamReader) -> Answer:
    head = (await reader.readuntil(END_OF_HEAD)).decode("latin-1")
    first, *lines = head.split("\r\n")[:-2]
    named = (line.partition(":") for line in lines)
    headers = {name.lower(): value.strip() for name, _, value in named}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Answer(int(first.split(" ", 2)[1]), headers, body)
