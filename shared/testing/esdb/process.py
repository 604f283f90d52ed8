"""The test server as a process of its own, which a test may kill and start again."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from shared.platform.tied import PARENT
from shared.testing.esdb.cluster import VERSION
from shared.testing.esdb.faults import Faults, Order
from shared.testing.esdb.server import HOST, Certificate, url

ROOT = Path(__file__).parents[3]
READY = "ready at "
READY_WITHIN = 30


class DidNotStart(RuntimeError):
    """The server ended before it was ready; the message holds what it said."""


class EsdbProcess:
    """A test server of its own process; after ``kill`` the same folder and port start again."""

    def __init__(self, folder: Path, version: str, certificate: Certificate | None) -> None:
        self._folder = folder
        self._version = version
        self._certificate = certificate
        self._process: asyncio.subprocess.Process | None = None
        self.port = 0

    @property
    def target(self) -> str:
        """Its "host:port"."""
        return f"{HOST}:{self.port}"

    @property
    def url(self) -> str:
        """How a client names it."""
        return url(self.target, secure=self._certificate is not None)

    @property
    def pid(self) -> int:
        """The process that runs it."""
        if self._process is None:
            raise DidNotStart("it does not run")
        return self._process.pid

    async def start(self) -> None:
        """Start it, and wait until it says that it is ready. Raises ``DidNotStart``."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "shared.platform.tied", sys.executable, "-m", "shared.testing.esdb"),
            *self._arguments(),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=ROOT,
            env={**os.environ, PARENT: str(os.getpid())},
        )
        if self._process.stdout is None:
            raise DidNotStart("it cannot be heard")
        async with asyncio.timeout(READY_WITHIN):
            line = (await self._process.stdout.readline()).decode()
        if READY not in line:
            raise DidNotStart(await self._last_words())
        self.port = int(line.rpartition(":")[2])

    async def kill(self) -> None:
        """End it without a word, as a power cut would, and wait until it is gone."""
        if self._process is not None:
            if self._process.returncode is None:
                self._process.kill()
            await self._last_words()

    async def stop(self) -> int:
        """Ask it to end (SIGTERM), wait until it is gone and give its exit code."""
        if self._process is None:
            raise DidNotStart("it does not run")
        self._process.terminate()
        process = self._process
        await self._last_words()
        return process.returncode or 0

    async def restart(self) -> None:
        """Kill it where it runs, and start it again on the same port and folder."""
        await self.kill()
        await self.start()

    async def order(self, order: Order) -> None:
        """Let something go wrong from now on."""
        chain = None if self._certificate is None else self._certificate.chain
        await Faults(self.target, chain).order(order)

    def _arguments(self) -> Sequence[str]:
        given = [str(self._folder), "--port", str(self.port), "--version", self._version]
        if self._certificate is not None:
            given += ["--tls-cert", str(self._certificate.chain)]
            given += ["--tls-key", str(self._certificate.key)]
        return given

    async def _last_words(self) -> str:
        if self._process is None:
            return ""
        process, self._process = self._process, None
        _, said = await process.communicate()
        return said.decode()


@asynccontextmanager
async def esdb_process(
    folder: Path, *, version: str = VERSION, certificate: Certificate | None = None
) -> AsyncIterator[EsdbProcess]:
    """Give a test server of its own process at a free port; it is killed at the end.

    Raises:
        DidNotStart: with what it said.
    """
    process = EsdbProcess(folder, version, certificate)
    try:
        await process.start()
        yield process
    finally:
        await process.kill()
