"""Adding facts to an EventStoreDB: what comes of an append is settled by the ids of its facts."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from esdbclient import NewEvent as Sent
from esdbclient.exceptions import WrongCurrentVersion

from shared.eventstore.esdb_line import Line
from shared.eventstore.esdb_meaning import TROUBLE, at_last, final, surely_undone
from shared.eventstore.esdb_naming import Naming, sent
from shared.eventstore.esdb_patience import Limits, Trying
from shared.eventstore.esdb_reading import Reading
from shared.eventstore.esdb_stamps import Stamps
from shared.eventstore.port import (
    NO_STREAM,
    NewEvent,
    OutcomeUnknown,
    Stored,
    StoreProblem,
    WrongVersion,
)


@dataclass(frozen=True, slots=True)
class Append:
    """One append: metadata is what :func:`~shared.eventstore.stamping.unstamped` gave."""

    stream: str
    expected: int
    events: Sequence[NewEvent]
    metadata: Sequence[bytes]

    @property
    def ids(self) -> list[UUID]:
        """The ids of its facts, in their order."""
        return [event.id for event in self.events]


@dataclass(frozen=True, slots=True)
class Appending:
    """Appends, and finds out what came of it where the answer was lost."""

    line: Line
    naming: Naming
    reading: Reading
    stamps: Stamps
    limits: Limits

    async def add(self, append: Append) -> tuple[Stored, ...]:
        """Append, and give what the store holds. Raises as the port says.

        The answer is always read from the store: the engine takes the same ids at the same place
        for a repeat and calls it a success, but another process, asked the same in the same
        moment, may have stored them under its own stamp, and the engine does not tell.
        """
        ids = append.ids
        if not ids or append.expected < NO_STREAM or len(set(ids)) < len(ids):
            return await self._refused_here(append)
        if not self.stamps.knows(append.stream, append.expected):
            await self.reading.stream(append.stream, append.expected, 1)
        moment = self.stamps.next()
        events = [
            sent(event, metadata, moment)
            for event, metadata in zip(append.events, append.metadata, strict=True)
        ]
        return await self._settled(append, await self._sent(append, events))

    async def _refused_here(self, append: Append) -> tuple[Stored, ...]:
        """Answer what the engine would not: it adds an id twice, and nothing to any version."""
        wrong = await self._wrong(append)
        if append.ids or wrong.actual != append.expected:
            raise wrong
        return ()

    async def _sent(self, append: Append, events: Sequence[Sent]) -> StoreProblem | None:
        """Send the very same until the engine answers, and give what it left unsettled."""
        name = self.naming.inside(append.stream)
        trying, unknown = Trying(self.line, self.limits), False
        while True:
            try:
                await self.line.add(name, append.expected, events, trying.timeout)
            except WrongCurrentVersion:
                return await self._elsewhere(append)
            except TROUBLE as problem:
                meaning = final(problem)
                unknown = unknown or (meaning is None and not surely_undone(problem))
                if meaning is None and await trying.again(problem):
                    continue
                meaning = meaning or at_last(problem)
                if not unknown:
                    raise meaning from problem
                return OutcomeUnknown(str(meaning))
            else:
                return None

    async def _settled(self, append: Append, unsettled: StoreProblem | None) -> tuple[Stored, ...]:
        """Give what stands at the place of *append*, or raise what that leaves unsettled."""
        try:
            there = await self._there(append)
        except StoreProblem as problem:
            raise OutcomeUnknown(f"sent, and not yet read: {problem}") from problem
        if there is None:
            raise unsettled or OutcomeUnknown("the engine does not show what it has acknowledged")
        return there

    async def _elsewhere(self, append: Append) -> StoreProblem:
        """Give the refusal of an append that another was before: maybe its own first sending."""
        try:
            return await self._wrong(append)
        except StoreProblem as problem:
            return OutcomeUnknown(str(problem))

    async def _there(self, append: Append) -> tuple[Stored, ...] | None:
        """Give what stands at the place of *append* where its ids are those of *append*."""
        ids = append.ids
        there = await self.reading.stream(append.stream, append.expected + 1, len(ids))
        return there if [fact.id for fact in there] == ids else None

    async def _wrong(self, append: Append) -> WrongVersion:
        actual = await self.reading.last(append.stream)
        return WrongVersion(append.stream, append.expected, actual)
