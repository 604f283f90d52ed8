"""Reading the facts of one service in an EventStoreDB."""

from collections.abc import Iterable
from typing import Any

from esdbclient import RecordedEvent
from esdbclient.exceptions import NotFound

from shared.eventstore.esdb_line import Line
from shared.eventstore.esdb_naming import Naming, position_of
from shared.eventstore.esdb_patience import Limits, Trying, answered
from shared.eventstore.esdb_stamps import Stamps
from shared.eventstore.port import NO_STREAM, START, Stored


class Reading:
    """Reads, and takes note of the stamps of whatever it reads."""

    def __init__(self, line: Line, naming: Naming, stamps: Stamps, limits: Limits) -> None:
        self._line, self._naming, self._limits = line, naming, limits
        self._stamps = stamps

    async def stream(
        self, stream: str, from_version: int = 0, limit: int | None = None
    ) -> tuple[Stored, ...]:
        """Give a stream from a version on; nothing for one that never was."""
        which: dict[str, Any] = {"stream_position": max(from_version, 0)}
        if limit is not None:
            which["limit"] = limit
        return self._stored(await self._of_stream(stream, **which))

    async def last(self, stream: str) -> int:
        """Give the version at which a stream stands."""
        there = self._stored(await self._of_stream(stream, backwards=True, limit=1))
        return there[0].version if there else NO_STREAM

    async def everything(self, after: int, limit: int) -> tuple[Stored, ...]:
        """Give at most *limit* facts after a position that the store gave."""
        found: list[Stored] = []
        while (wanted := limit - len(found)) > 0:
            # The engine begins with the position named, which must be that of an event.
            named: dict[str, int] = {"commit_position": after} if after > START else {}
            events = await self._of_all(limit=wanted + len(named), **named)
            found += [fact for fact in self._stored(events) if fact.position > after]
            if len(events) < wanted + len(named):
                break
            after = position_of(events[-1])
        return tuple(found[:limit])

    async def head(self) -> int:
        """Give the last position."""
        limit = 1
        while True:
            events = await self._of_all(backwards=True, limit=limit)
            if found := self._stored(events):
                return found[0].position
            if len(events) < limit:
                return START
            limit *= 10  # the filter lets others' events through: look behind them

    async def _of_stream(self, stream: str, **which: Any) -> list[RecordedEvent]:  # noqa: ANN401 - the client's own words
        name = self._naming.inside(stream)

        async def ask(timeout: float) -> list[RecordedEvent]:  # noqa: ASYNC109 - it is told to the server
            try:
                return await self._line.read(timeout, stream_name=name, **which)
            except NotFound as answer:
                if answer.args:  # else it is the status of a call that found no leader
                    return []
                raise

        return await answered(Trying(self._line, self._limits), ask)

    async def _of_all(self, **which: Any) -> list[RecordedEvent]:  # noqa: ANN401 - as above
        return await self._asked(scans=True, filter_include=[self._naming.pattern], **which)

    async def _asked(self, *, scans: bool = False, **which: Any) -> list[RecordedEvent]:  # noqa: ANN401 - as above
        trying = Trying(self._line, self._limits, scans=scans)
        return await answered(trying, lambda timeout: self._line.read(timeout, **which))

    def _stored(self, events: Iterable[RecordedEvent]) -> tuple[Stored, ...]:
        facts = tuple(self._naming.stored(event) for event in events if self._naming.owns(event))
        self._stamps.saw(facts)
        return facts
