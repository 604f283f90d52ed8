"""Made-up histories of one store, and what is seen of them: the same from every kind of store."""

from collections.abc import Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeAlias
from uuid import UUID

from hypothesis import strategies as st

from shared.eventstore.port import (
    MAX_APPEND_BYTES,
    NO_STREAM,
    START,
    EventStore,
    NewEvent,
    Stored,
    StoreProblem,
    WrongVersion,
)
from shared.kernel.clock import Clock, StandingClock
from tests.stores.facts import NOON


@dataclass(frozen=True)
class Add:
    """An append, *off* versions away from where the stream stands."""

    stream: str
    off: int
    ids: tuple[int, ...]
    size: int


@dataclass(frozen=True)
class AddAgain:
    """One of the earlier appends, word for word."""

    which: int


@dataclass(frozen=True)
class Move:
    """The clock is moved, or put back."""

    seconds: int


@dataclass(frozen=True)
class ReadStream:
    """A stream is read from a version on."""

    stream: str
    version: int


@dataclass(frozen=True)
class ReadAll:
    """Everything is read after the *nth* position that was given out."""

    nth: int
    limit: int


@dataclass(frozen=True)
class PositionAt:
    """The position of a moment is asked for."""

    seconds: int


Step: TypeAlias = Add | AddAgain | Move | ReadStream | ReadAll | PositionAt
Open: TypeAlias = Callable[[Clock], AbstractAsyncContextManager[EventStore]]

_streams = st.sampled_from(["a", "b"])
_small = st.integers(0, 6)
_adding = st.builds(
    Add,
    _streams,
    st.sampled_from([0, 0, 0, 0, -1, -2, 1]),
    st.lists(st.integers(0, 30), max_size=3).map(tuple),
    st.sampled_from([0, 0, 3, 3, 3, MAX_APPEND_BYTES + 1]),
)
_steps = st.one_of(
    _adding,
    _adding,
    st.builds(AddAgain, _small),
    st.builds(Move, st.integers(-2, 3)),
    st.builds(ReadStream, _streams, st.integers(-1, 4)),
    st.builds(ReadAll, _small, st.integers(0, 4)),
    st.builds(PositionAt, st.integers(-3, 9)),
)
HISTORIES: st.SearchStrategy[list[Step]] = st.lists(_steps, max_size=14)


@dataclass(frozen=True, order=True)
class Position:
    """A position as one store counts. Stores are compared by the order of theirs."""

    number: int


Seen: TypeAlias = tuple[object, ...]


async def seen(open_store: Open, history: Sequence[Step]) -> list[Seen]:
    """Give everything that a store shows of a history."""
    clock = StandingClock(NOON)
    async with open_store(clock) as store:
        return await Player(store, clock).play(history)


class Player:
    """Plays a history to one store and writes down everything that is seen."""

    def __init__(self, store: EventStore, clock: StandingClock) -> None:
        self._store, self._clock = store, clock
        self._sent: list[tuple[str, int, Sequence[NewEvent]]] = []
        self._given: set[int] = {START}

    async def play(self, history: Sequence[Step]) -> list[Seen]:
        """Give what was seen at each step, then at the end, then after closing."""
        end: list[Step] = [ReadStream("a", 0), ReadStream("b", 0), ReadAll(0, 1000)]
        seen = [await self._seen(step) for step in [*history, *end]]
        seen.append((Position(await self._store.head()),))
        await self._store.close()
        seen.append(await self._seen(ReadAll(0, 1)))
        return _ranked(seen)

    async def _seen(self, step: Step) -> Seen:
        try:
            match step:
                case Move(seconds):
                    self._clock.forward(timedelta(seconds=seconds))
                    return ()
                case PositionAt(seconds):
                    moment = NOON + timedelta(seconds=seconds)
                    return (Position(await self._store.position_at(moment)),)
                case _:
                    return self._noted(await self._facts(step))
        except WrongVersion as refused:
            return (WrongVersion, refused.expected, refused.actual)
        except StoreProblem as problem:
            return (type(problem),)

    async def _facts(self, step: Add | AddAgain | ReadStream | ReadAll) -> Sequence[Stored]:
        match step:
            case ReadStream(stream, version):
                return await self._store.read_stream(stream, version)
            case ReadAll(nth, limit):
                return await self._store.read_all(self._nth(nth), limit)
            case _:
                return await self._store.append(*await self._append(step))

    async def _append(self, step: Add | AddAgain) -> tuple[str, int, Sequence[NewEvent]]:
        if isinstance(step, AddAgain) and self._sent:
            return self._sent[step.which % len(self._sent)]
        added = step if isinstance(step, Add) else Add("a", 0, (31,), 0)
        there = await self._store.read_stream(added.stream)
        version = there[-1].version if there else NO_STREAM
        events = [
            NewEvent(UUID(int=n), "thing.happened.v1", {"z": str(n), "a": "ø"}, bytes(added.size))
            for n in added.ids
        ]
        self._sent.append((added.stream, version + added.off, events))
        return self._sent[-1]

    def _nth(self, nth: int) -> int:
        return sorted(self._given)[min(nth, len(self._given) - 1)]

    def _noted(self, facts: Sequence[Stored]) -> Seen:
        self._given.update(fact.position for fact in facts)
        return tuple(
            (Position(f.position), f.stream, f.version, f.id, f.type, f.metadata, f.data)
            for f in facts
        )


def _ranked(seen: list[Seen]) -> list[Seen]:
    """Give the same with each position as its place among all that were seen."""
    found: set[Position] = {Position(START)}

    def collect(thing: object) -> None:
        if isinstance(thing, Position):
            found.add(thing)
        elif isinstance(thing, tuple):
            for part in thing:
                collect(part)

    for each in seen:
        collect(each)
    rank = {position: place for place, position in enumerate(sorted(found))}

    def ranked(thing: object) -> object:
        if isinstance(thing, Position):
            return rank[thing]
        return tuple(map(ranked, thing)) if isinstance(thing, tuple) else thing

    return [tuple(map(ranked, each)) for each in seen]
