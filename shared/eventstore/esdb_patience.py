"""How long a call is tried again, and how long anybody waits for its end."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import TypeVar

from shared.eventstore.esdb_line import Line
from shared.eventstore.esdb_meaning import TROUBLE, at_last, final
from shared.messaging.patience import Backoff

T = TypeVar("T")
_LONGEST_PAUSE = 1.0
_SHORTEST_CALL = 0.1


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds: for one call to the engine, for all that one question takes, and for the start."""

    call: float = 5.0
    scan: float = 30.0
    """For a call that reads everything: the engine may pass over millions of others' events."""
    whole: float = 12.0
    start: float = 20.0
    subscription: float = 300.0
    """After this a subscription is renewed, so that one which the engine forgot is not for ever."""


class Trying:
    """One question to the engine, asked again until it is answered or its time is up."""

    def __init__(self, line: Line, limits: Limits, *, scans: bool = False) -> None:
        self._line, self._limits, self._scans = line, limits, scans
        self._connection = line.connection
        self._until = asyncio.get_running_loop().time() + limits.whole
        self._backoff = Backoff(_LONGEST_PAUSE)

    @property
    def timeout(self) -> float:
        """Give the seconds that the next call may take."""
        self._connection = self._line.connection
        if self._scans:
            return self._limits.scan
        return max(min(self._limits.call, self._left()), _SHORTEST_CALL)

    async def again(self, problem: Exception) -> bool:
        """Mend what is broken and pause; False where the time is up."""
        if self._left() <= 0:
            return False
        with suppress(TimeoutError, *TROUBLE):  # then the next call finds it broken still
            async with asyncio.timeout(self._left()):
                await self._line.mend(self._connection, problem)
        await self._backoff.wait()
        return True

    def _left(self) -> float:
        return self._until - asyncio.get_running_loop().time()


async def answered(trying: Trying, ask: Callable[[float], Awaitable[T]]) -> T:
    """Give the answer to a question that changes nothing; it is asked with its deadline.

    Raises what its failure means, once it is final or asking again has not helped for long.
    """
    while True:
        try:
            return await ask(trying.timeout)
        except TROUBLE as problem:
            if meaning := final(problem):
                raise meaning from problem
            if not await trying.again(problem):
                raise at_last(problem) from problem
