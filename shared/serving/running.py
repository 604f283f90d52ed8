"""The work that goes on beside the doors, begun and ended with the service."""

import asyncio
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import TypeAlias

import structlog

Task: TypeAlias = Callable[[asyncio.Event], Awaitable[None]]
"""Works until the event is set, and then finishes what it has begun."""

PATIENCE = 10.0
_log = structlog.get_logger()


@asynccontextmanager
async def running(tasks: Mapping[str, Task]) -> AsyncIterator[None]:
    """Run *tasks* by name until the block ends.

    One that ends before, whatever the reason, takes the service down: half a service that looks
    whole is worse than one that the supervisor starts anew.
    """
    stopping = asyncio.Event()
    begun = [asyncio.create_task(_watched(name, task, stopping)) for name, task in tasks.items()]
    try:
        yield
    finally:
        stopping.set()
        _, late = await asyncio.wait(begun, timeout=PATIENCE) if begun else (set(), set())
        for task in late:
            task.cancel()
        await asyncio.gather(*begun, return_exceptions=True)


async def _watched(name: str, task: Task, stopping: asyncio.Event) -> None:
    try:
        await task(stopping)
    except Exception:
        _log.error("task ended", process=name, exc_info=True)
        signal.raise_signal(signal.SIGTERM)
        raise
    if not stopping.is_set():
        _log.error("task ended", process=name)
        signal.raise_signal(signal.SIGTERM)
