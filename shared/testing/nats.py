"""A real NATS server for a test: its own process, folder and port; it can be killed and wiped."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Iterable, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from shared.messaging.server import (
    BusAddress,
    BusUser,
    nats_config,
    nats_server_binary,
    service_user,
    write_config,
)
from shared.platform.layout import KNOWN_BY, free_port

Follows = Mapping[str, Iterable[tuple[str, str]]]
"""Each service with the (source, name) of every consumer it keeps."""

OPERATOR = BusUser("operator", "made-up", (">",), (">",))
"""Somebody who may do everything, so that a test can break things from outside."""


class NatsServer:
    """A running server, and how to hurt it."""

    def __init__(self, directory: Path, users: Iterable[BusUser]) -> None:
        self._users = {user.name: user for user in users}
        self._store = directory / "store"
        self.config = directory / "nats.conf"
        self.port = free_port()
        self.log: list[str] = []
        self._process: asyncio.subprocess.Process | None = None
        self._reading: asyncio.Task[None] | None = None

    def address(self, user: str) -> BusAddress:
        """Give what *user* needs to connect."""
        return self._users[user].address(self.port)

    async def start(self) -> None:
        """Start it, and wait until it says that it is ready."""
        write_config(self.config, nats_config(list(self._users.values()), self.port, self._store))
        self._process = await asyncio.create_subprocess_exec(
            nats_server_binary(), "-c", self.config, stderr=asyncio.subprocess.PIPE
        )
        assert self._process.stderr is not None
        ready = asyncio.Event()
        self._reading = asyncio.create_task(self._read(self._process.stderr, ready))
        async with asyncio.timeout(20):
            await ready.wait()

    async def kill(self) -> None:
        """End it as a power cut would, without a word, and wait until it is gone."""
        if self._process is None or self._reading is None:
            return
        self._process.kill()
        await self._process.wait()
        await self._reading
        self._process = None

    async def restart(self) -> None:
        """Kill it where it runs, and start it again on the same port and folder."""
        await self.kill()
        await self.start()

    async def wipe(self) -> None:
        """Kill it where it runs, and delete everything it stored; it is not started again."""
        await self.kill()
        shutil.rmtree(self._store, ignore_errors=True)

    async def _read(self, stream: asyncio.StreamReader, ready: asyncio.Event) -> None:
        async for line in stream:
            self.log.append(line.decode())
            if "Server is ready" in self.log[-1]:
                ready.set()
        assert ready.is_set(), "".join(self.log)


@asynccontextmanager
async def nats_server(
    directory: Path, follows: Follows, *, started: bool = True
) -> AsyncIterator[NatsServer]:
    """Give a server with a user per service in *follows*, and an operator; killed at the end."""
    users = [service_user(each, pairs, KNOWN_BY.get(each, ())) for each, pairs in follows.items()]
    server = NatsServer(directory, [*users, OPERATOR])
    try:
        if started:
            await server.start()
        yield server
    finally:
        await server.kill()
