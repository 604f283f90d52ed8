"""Answers and wake-up calls for coroutines, given from any thread."""

from asyncio import AbstractEventLoop, Future, get_running_loop
from collections import defaultdict
from collections.abc import Iterable
from contextlib import suppress
from threading import Lock
from typing import TypeVar

from shared.eventstore.port import StoreDown

T = TypeVar("T")


def answer(outcomes: Iterable[tuple[Future[T], T | Exception]]) -> None:
    """Settle each future with what came of it; who no longer waits is passed over.

    A loop is woken once however many of its futures are settled: each wake-up is a system call.
    """
    by_loop: dict[AbstractEventLoop, list[tuple[Future[T], T | Exception]]] = defaultdict(list)
    for future, outcome in outcomes:
        by_loop[future.get_loop()].append((future, outcome))
    for loop, theirs in by_loop.items():
        with suppress(RuntimeError):  # the loop was closed meanwhile: nobody waits there any more
            loop.call_soon_threadsafe(_settle, theirs)


def _settle(outcomes: Iterable[tuple[Future[T], T | Exception]]) -> None:
    for future, outcome in outcomes:
        if future.done():
            continue
        if isinstance(outcome, Exception):
            future.set_exception(outcome)
        else:
            future.set_result(outcome)


class Bell:
    """Wakes those who wait until a store has passed a position."""

    def __init__(self, head: int) -> None:
        """Start at *head*, the last position of the store."""
        self._lock = Lock()
        self._head = head
        self._over = False
        self._waiting: dict[Future[None], int] = {}

    async def passed(self, after: int) -> None:
        """Return once there is something after position *after*; ``StoreDown`` after the end."""
        with self._lock:
            if self._over:
                raise StoreDown("nothing more will be stored here")
            if self._head > after:
                return
            woken: Future[None] = get_running_loop().create_future()
            self._waiting[woken] = after
        try:
            await woken
        finally:
            with self._lock:
                self._waiting.pop(woken, None)

    def ring(self, head: int) -> None:
        """Say that the store has come to position *head*."""
        with self._lock:
            self._head = max(self._head, head)
            passed = [woken for woken, after in self._waiting.items() if after < self._head]
        answer((woken, None) for woken in passed)

    def end(self) -> None:
        """Say that nothing more will come."""
        with self._lock:
            self._over = True
            left = list(self._waiting)
        answer((woken, StoreDown("nothing more will be stored here")) for woken in left)
