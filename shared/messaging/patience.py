"""Waiting: longer after each failure, and never past the moment when one is asked to stop."""

import asyncio
import random
from collections.abc import Coroutine
from contextlib import suppress
from typing import Any, TypeVar

T = TypeVar("T")

_dice = random.SystemRandom()


class Interrupted(Exception):
    """What was waited for did not come, because something else came first."""


class Backoff:
    """A wait that doubles each time, from *first* to *most* seconds, and is spread by chance."""

    def __init__(self, most: float = 5.0, *, first: float = 0.05) -> None:
        self._first, self._most = first, most
        self._next = first

    def reset(self) -> None:
        """Begin with the shortest wait again: something worked."""
        self._next = self._first

    async def wait(self) -> None:
        """Wait once, and longer the next time."""
        seconds, self._next = self._next, min(self._next * 2, self._most)
        await asyncio.sleep(_dice.uniform(seconds / 2, seconds))


async def unless(event: asyncio.Event, work: Coroutine[Any, Any, T]) -> T:
    """Give what *work* gives, or raise ``Interrupted`` as soon as *event* is set.

    The work has ended in either case. It is cancelled again and again until it has: nats-py can
    swallow a cancellation, or make a lost connection of it.
    """
    task = asyncio.ensure_future(work)
    interruption = asyncio.ensure_future(event.wait())
    try:
        await asyncio.wait({task, interruption}, return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return task.result()
        raise Interrupted
    finally:
        interruption.cancel()
        while not task.done():
            task.cancel()
            await asyncio.wait({task}, timeout=0.1)
        _heard(task)


async def to_its_end(work: Coroutine[Any, Any, T]) -> T:
    """Give what *work* gives; when cancelled, however often, let it finish first and stop then."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        while not task.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait({task})
        _heard(task)
        raise


def _heard(task: asyncio.Future[Any]) -> None:
    """Take note of how *task* ended, or asyncio complains that nobody did."""
    if not task.cancelled():
        task.exception()
