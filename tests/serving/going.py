"""A small service with one task beside its doors: ``python -m tests.serving.going HOW PORT``."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import FastAPI

from shared.serving.running import running
from shared.serving.serve import serve
from shared.serving.settings import ServiceSettings


async def fails(_stopping: asyncio.Event) -> None:
    """Fail as a task does whose ground gave way; the words are nobody's business."""
    await asyncio.sleep(0)
    raise ConnectionError("Opdigtet Hemmelighed")


async def returns(_stopping: asyncio.Event) -> None:
    """Come to an end that nobody asked for."""
    await asyncio.sleep(0)


async def goes_on(stopping: asyncio.Event) -> None:
    """Work until asked to stop, and then finish what was begun."""
    print("begun", flush=True)  # noqa: T201 - what the test waits for
    await stopping.wait()
    await asyncio.sleep(0)
    print("finished", flush=True)  # noqa: T201 - as above


def create_app(_settings: ServiceSettings) -> FastAPI:
    """Give an application with the task that the command line names."""

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with running({"made-up": TASKS[sys.argv[1]]}):
            yield

    return FastAPI(lifespan=lifespan)


TASKS = {"fails": fails, "returns": returns, "goes-on": goes_on}

if __name__ == "__main__":
    serve("made-up", create_app, ServiceSettings())
