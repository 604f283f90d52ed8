"""One service as one process: its doors, until it is told to stop."""

import asyncio
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager, suppress
from typing import Final, TypeVar

import uvicorn
from fastapi import FastAPI
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared.api.exporting import export_spans
from shared.api.logging import configure
from shared.kernel.starting import CannotStart
from shared.serving.opening import clock_of
from shared.serving.refused import demand_sense
from shared.serving.settings import ServiceSettings
from shared.serving.sole import sole

REFUSED: Final = 78
"""How a process ends that cannot start like this: a mistake in its settings (sysexits.h)."""

S = TypeVar("S", bound=ServiceSettings)


@contextmanager
def plainly_ended(service: str) -> Iterator[None]:
    """End the process with ``REFUSED`` where it cannot start like this.

    What is wrong and how to mend it is said in two languages.
    """
    try:
        yield
    except CannotStart as why:
        sys.exit(_said(service, why))


def _nothing_more(_settings: ServiceSettings) -> None:
    """Nobody demands anything."""


def serve(
    service: str,
    create_app: Callable[[S], FastAPI],
    settings: S,
    *,
    demand: Callable[[S], object] = _nothing_more,
) -> None:
    """Serve until a signal comes; what was begun is finished first.

    *demand* raises a kind of ``CannotStart`` where something is missing that can be seen before
    anything is opened: a process that could never work does not stand by until its turn.
    """
    configure(service, clock_of(settings))
    with plainly_ended(service):
        demand_sense(settings, service)
        demand(settings)
        asyncio.run(_served(service, create_app, settings))


async def _served(service: str, create_app: Callable[[S], FastAPI], settings: S) -> None:
    async with AsyncExitStack() as stack:
        if settings.role.works and not await _turn_came(stack, settings.views_of(service), service):
            return
        app = create_app(settings)
        export_spans(app, service, os.environ)
        beginning = _Beginning(app)
        told = uvicorn.Config(
            beginning,
            host=settings.host,
            port=settings.port,
            log_config=None,
            access_log=False,
            timeout_graceful_shutdown=5,
        )
        try:
            await uvicorn.Server(told).serve()
        except SystemExit:
            if beginning.refused is None:
                raise
            raise beginning.refused from None


async def _turn_came(stack: AsyncExitStack, views_url: str, service: str) -> bool:
    """Wait until this process is the only one; False where it is told to stop meanwhile.

    What SIGTERM does by itself it does not do to the first process of a container.
    """
    loop, waiting = asyncio.get_running_loop(), asyncio.current_task()
    if waiting is not None:
        loop.add_signal_handler(signal.SIGTERM, waiting.cancel)
    try:
        await stack.enter_async_context(sole(views_url, service))
    except asyncio.CancelledError:
        return False
    finally:
        loop.remove_signal_handler(signal.SIGTERM)
    return True


class _Beginning:
    """Keeps why an application could not start, which the server would print as a stack trace."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app
        self.refused: CannotStart | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan":
            await self._app(scope, receive, send)
            return

        async def sending(message: Message) -> None:
            problem = sys.exc_info()[1]  # while the failure is told, it is being handled
            if isinstance(problem, CannotStart):
                self.refused, message = problem, {**message, "message": ""}
            await send(message)

        with suppress(CannotStart):
            await self._app(scope, receive, sending)


def _said(service: str, why: CannotStart) -> int:
    words = why.words()
    for line in (f"{service}: {words.da}", f"    {words.en}", f"    ({why.found})"):
        sys.stderr.write(f"{line}\n")
    return REFUSED
