"""When was what: positions of an EventStoreDB by the moment they were recorded."""

from bisect import bisect_right
from collections.abc import Sequence
from typing import NamedTuple

from shared.eventstore.esdb_naming import stamp_of
from shared.eventstore.esdb_reading import Reading
from shared.eventstore.port import START, Stored

PAGE = 500
"""Facts between two marks, and so the most that is read again for one question."""


class Mark(NamedTuple):
    """Up to this position, nothing was recorded later than this stamp."""

    stamp: str
    position: int


class Timetable:
    """A mark every so many facts, kept in memory and made as far as somebody asks.

    Processes stamp by their own clocks, so a stamp may be a little older than the one before it.
    The marks go by the youngest stamp so far, which never goes back.
    """

    def __init__(self, reading: Reading) -> None:
        self._reading = reading
        self._marks = [Mark("", START)]

    async def position_at(self, moment: str) -> int:
        """Give the last position before anything was recorded after *moment* (as written)."""
        mark = self._marks[bisect_right(self._marks, moment, key=lambda mark: mark.stamp) - 1]
        last = mark.position
        while True:
            page = await self._reading.everything(last, PAGE)
            for fact in page:
                if stamp_of(fact.metadata) > moment:
                    return last
                last = fact.position
            if len(page) < PAGE:
                return last
            mark = self._after(mark, page)

    def _after(self, mark: Mark, page: Sequence[Stored]) -> Mark:
        """Give the mark at the end of a page, and keep it unless it was known or another did."""
        youngest = max(mark.stamp, *(stamp_of(fact.metadata) for fact in page))
        made = Mark(youngest, page[-1].position)
        if made.position > self._marks[-1].position:
            self._marks.append(made)
        return made
