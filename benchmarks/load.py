"""Asking as fast as answers come, or at a given rate, and how long each answer took."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterable, Iterator
from dataclasses import dataclass
from time import perf_counter

from benchmarks.rows import percentile

Ask = Callable[[], Awaitable[object]]


@dataclass(frozen=True, slots=True)
class Timed:
    """So many answers in so many seconds, and how long each took."""

    seconds: float
    each: tuple[float, ...]

    @property
    def rate(self) -> float:
        """Answers in a second."""
        return len(self.each) / self.seconds

    def ms(self, part: float) -> float:
        """Give the milliseconds within which *part* (0 to 1) of the answers came."""
        return percentile(self.each, part) * 1000


async def flat_out(asks: Iterable[Ask], in_flight: int) -> Timed:
    """Ask all of *asks*, *in_flight* at a time: each asks anew as soon as it has its answer."""
    left, each = iter(asks), list[float]()
    begun = perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(in_flight):
            group.create_task(_one_after_the_other(left, each))
    return Timed(perf_counter() - begun, tuple(each))


async def at_rate(asks: Iterable[Ask], rate: float, dice: random.Random) -> Timed:
    """Ask all of *asks* at *rate* a second, however long answers take; gaps are drawn (Poisson).

    Time counts from when it was due to be asked, so that a stall delays whatever fell into it.
    """
    each = list[float]()
    begun = due = perf_counter()
    async with asyncio.TaskGroup() as group:
        for ask in asks:
            due += dice.expovariate(rate)
            await asyncio.sleep(max(0.0, due - perf_counter()))
            group.create_task(_timed(ask, due, each))
    return Timed(perf_counter() - begun, tuple(each))


def until(asks: Iterable[Ask], seconds: float) -> Iterator[Ask]:
    """Give *asks*, and no more of them after so many *seconds*: what is slow is soon known."""
    last = perf_counter() + seconds
    for ask in asks:
        if perf_counter() > last:
            return
        yield ask


async def _one_after_the_other(left: Iterator[Ask], each: list[float]) -> None:
    for ask in left:
        await _timed(ask, perf_counter(), each)


async def _timed(ask: Ask, since: float, each: list[float]) -> None:
    await ask()
    each.append(perf_counter() - since)
