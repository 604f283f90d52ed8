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
        reader, writer = connection = await self.free.get()
        try:
            writer.write(request)
            answer = await _answer(reader)
        finally:
            self.free.put_nowait(connection)
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
    where = urlsplit(url)
    held: asyncio.Queue[tuple[asyncio.StreamReader, asyncio.StreamWriter]] = asyncio.Queue()
    opened = [await asyncio.open_connection(where.hostname, where.port) for _ in range(connections)]
    for each in opened:
        held.put_nowait(each)
    try:
        yield Knocking(where.netloc, held)
    finally:
        for _, writer in opened:
            writer.close()


async def _answer(reader: asyncio.StreamReader) -> Answer:
    head = (await reader.readuntil(END_OF_HEAD)).decode("latin-1")
    first, *lines = head.split("\r\n")[:-2]
    named = (line.partition(":") for line in lines)
    headers = {name.lower(): value.strip() for name, _, value in named}
    body = await reader.readexactly(int(headers.get("content-length", 0)))
    return Answer(int(first.split(" ", 2)[1]), headers, body)
