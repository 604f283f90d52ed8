"""Starting one service as a process, with settings that may not do."""

import asyncio
import os
import subprocess
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from shared.platform.supervising import ROOT

Told = Mapping[str, str]
WITHIN = 60.0
DEAF = ("sh", "-c", 'trap "" TERM; exec "$@"', "sh")
"""Starts a process that SIGTERM does nothing to by itself, like the first one of a container."""


@asynccontextmanager
async def started(
    var: Path, told: Told, service: str, *, way: Sequence[str] = (), asked: Sequence[str] = ()
) -> AsyncIterator[Process]:
    """Start a service that is told this; it is gone at the end."""
    said = {f"KREDSLOB_{name}": value for name, value in told.items()}
    plain = {name: value for name, value in os.environ.items() if "KREDSLOB" not in name}
    process = await asyncio.create_subprocess_exec(
        *(*way, sys.executable, "-m", f"services.{service}", *asked),
        cwd=ROOT,
        env={**plain, **said, "KREDSLOB_VAR": str(var)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.communicate()


async def ended(process: Process, status: int) -> str:
    """See a process end with *status*, and without a word of Python's; give what it says."""
    async with asyncio.timeout(WITHIN):
        said, _ = await process.communicate()
    words = said.decode()
    assert process.returncode == status, words
    assert "Traceback" not in words
    return words


async def refused(var: Path, told: Told, service: str = "referrals") -> str:
    """Start a service that is told this, see it end for a mistake in its settings; what it says."""
    async with started(var, told, service) as process:
        return await ended(process, 78)
