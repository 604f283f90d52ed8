"""The one way in: how a request becomes facts, in six steps, whatever it is about.

(1) read the stream; (2) has this very request been answered? (3) may they? (4) decide; (5) seal;
(6) append at the version read. A conflict, or an outcome nobody knows, begins again at (1) with the
same command id, so that a request has its effect once and its answer every time.
"""

import asyncio
import hmac
import random
from collections import OrderedDict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from shared.eventstore.codec import Codec
from shared.eventstore.port import (
    NO_STREAM,
    EventStore,
    NewEvent,
    OutcomeUnknown,
    StoreBusy,
    Stored,
    WrongVersion,
)
from shared.eventstore.sealing import Sealing
from shared.kernel.asking import Acting, Asked
from shared.kernel.clock import Clock, written
from shared.kernel.commands import Command
from shared.kernel.decider import Decider
from shared.kernel.events import Event
from shared.kernel.ids import AuthorityId, derived
from shared.kernel.recorded import Recorded
from shared.kernel.refusals import KeyReused, NotPossible, Refusal

ATTEMPTS = 50
"""How often a request is decided anew before the store is called too busy."""


REMEMBERED = 1_000
"""Streams that a handler remembers; of these only what is new is read."""
LONGEST = 1_000
"""Facts of one stream: whatever goes on for longer is to begin anew."""
RESERVED = 100
"""Further ones, for what ends it."""


class StreamFull(NotPossible):
    """More has happened here than one file can hold; begin a new one.

    (da: Her er sket mere, end én sag kan rumme; begynd en ny.)
    """


class Ruled(Protocol):
    """Rules that can say which version of the rulebook they are of."""

    @property
    def manifest_hash(self) -> str:
        """The hash over the whole rulebook."""
        ...


C = TypeVar("C", bound=Command)
S = TypeVar("S")
E = TypeVar("E", bound=Event)
R = TypeVar("R", bound=Ruled)


@dataclass(frozen=True, slots=True)
class Handled(Generic[S, E]):
    """The answer to a request: the facts that it brought about, and what is true after them."""

    facts: tuple[Recorded[E], ...]
    state: S

    @property
    def position(self) -> int:
        """The place in the store that a view must have passed to show the answer."""
        return max((fact.position for fact in self.facts), default=0)


@dataclass(frozen=True, slots=True)
class _Decided(Generic[S, E]):
    events: tuple[E, ...]
    state: S
    metadata: dict[str, str]


@dataclass(frozen=True, slots=True)
class _Known(Generic[S, E]):
    """What was read of a stream so far. Facts never change, so it is never wrong, only behind."""

    facts: tuple[Recorded[E], ...]
    state: S

    @property
    def version(self) -> int:
        return self.facts[-1].version if self.facts else NO_STREAM


@dataclass(frozen=True)
class Handler(Generic[C, S, E, R]):
    """Carries requests about one kind of aggregate through the six steps."""

    decider: Decider[C, S, E, R]
    store: EventStore
    codec: Codec[E]
    clock: Clock
    rules: Callable[[C, S], R]
    guard: Callable[[Acting, Asked, C, S], None]
    sealing: Sealing[E]
    _remembered: OrderedDict[str, _Known[S, E]] = field(
        default_factory=OrderedDict, init=False, repr=False, compare=False
    )

    async def handle(self, stream: str, command: C, acting: Acting, asked: Asked) -> Handled[S, E]:
        """Answer a request about *stream*.

        Raises the refusals of guard and decider, ``KeyReused``, and the store's problems.
        """
        acting = replace(acting, in_case=self.sealing.actor_in(stream, acting.actor))
        for attempt in range(ATTEMPTS):
            known, is_new = await self._known(stream, read=attempt > 0)
            try:
                answer = await self._answer(stream, known, command, acting, asked)
            except (WrongVersion, OutcomeUnknown):
                await asyncio.sleep(random.uniform(0, 0.002) * attempt)  # noqa: S311 - spreads retries
                continue
            except Refusal:
                if is_new:
                    raise
                continue
            if answer.facts or is_new:
                return answer
        raise StoreBusy(f"{ATTEMPTS} conflicts in a row")

    async def _answer(
        self, stream: str, known: _Known[S, E], command: C, acting: Acting, asked: Asked
    ) -> Handled[S, E]:
        if answered := self._answered(known.facts, asked):
            there = known.facts[: answered[-1].version + 1]
            return Handled(answered, self.decider.fold(there))
        decided = await self._decide(known, command, acting, asked)
        if len(known.facts) >= LONGEST + RESERVED * command.even_when_full:
            raise StreamFull
        stored = await self._append(stream, known.facts, decided, acting)
        new = tuple(self.codec.decode(one) for one in stored)
        self._answered(new, asked)  # the store may have had them from another who raced us
        return Handled(new, self._remember(stream, known, new).state)

    async def facts(self, stream: str) -> tuple[Recorded[E], ...]:
        """Give what has happened in *stream*, personal fields closed."""
        return (await self._read(stream)).facts

    async def standing(self, stream: str) -> Handled[S, E]:
        """Give the same, and what is true after it."""
        known = await self._read(stream)
        return Handled(known.facts, known.state)

    async def _known(self, stream: str, *, read: bool) -> tuple[_Known[S, E], bool]:
        """Give what is known of *stream*, and whether it was asked of the store just now.

        What is remembered may be behind. An append says after which version it comes, so it is
        refused then; a no, and a yes that changes nothing, are said only of what was just read.
        Where nothing is remembered it is first taken for what never was: one who may not know of a
        stream is refused by the same calls, whether there is one, and whether others are at it.
        """
        if not read:
            return self._remembered.get(stream) or _Known((), self.decider.initial), False
        return await self._read(stream), True

    async def _read(self, stream: str) -> _Known[S, E]:
        """Read what is new in *stream* since it was last read here, and give all of it."""
        known = self._remembered.get(stream) or _Known((), self.decider.initial)
        stored = await self.store.read_stream(stream, known.version + 1)
        return self._remember(stream, known, tuple(self.codec.decode(one) for one in stored))

    def _remember(
        self, stream: str, known: _Known[S, E], new: tuple[Recorded[E], ...]
    ) -> _Known[S, E]:
        if new:
            known = _Known((*known.facts, *new), self.decider.fold(new, known.state))
        if known.facts:
            self._remembered[stream] = known
            self._remembered.move_to_end(stream)
        if len(self._remembered) > REMEMBERED:
            self._remembered.popitem(last=False)
        return known

    @staticmethod
    def _answered(facts: Sequence[Recorded[E]], asked: Asked) -> tuple[Recorded[E], ...]:
        wanted = str(asked.command_id)
        known = tuple(fact for fact in facts if fact.metadata["command_id"] == wanted)
        for fact in known:
            if not hmac.compare_digest(fact.metadata["request_mac"], asked.request_mac):
                raise KeyReused
        return known

    async def _decide(
        self, known: _Known[S, E], command: C, acting: Acting, asked: Asked
    ) -> _Decided[S, E]:
        state = known.state
        self.guard(acting, asked, command, state)
        if command.reads_content:
            state = self.decider.fold(await self._opened(known.facts, acting.authority))
        rules = self.rules(command, state)
        events = self.decider.decide(command, state, rules)
        return _Decided(events, state, _metadata(command, acting, asked, rules))

    async def _opened(
        self, facts: Sequence[Recorded[E]], reader: AuthorityId
    ) -> Iterator[Recorded[E]]:
        events = await self.sealing.open(facts, reader)
        return (replace(fact, event=event) for fact, event in zip(facts, events, strict=True))

    async def _append(
        self,
        stream: str,
        facts: Sequence[Recorded[E]],
        decided: _Decided[S, E],
        acting: Acting,
    ) -> tuple[Stored, ...]:
        if not decided.events:
            return ()
        version = facts[-1].version if facts else NO_STREAM
        new = self._foreseen(stream, version + 1, decided, acting)
        after = self.decider.fold(new, decided.state)
        closed = await self.sealing.close(
            facts,
            new,
            grants=self.decider.grants(after) - self.decider.grants(decided.state),
            secret=self.decider.secret(after),
        )
        metadata = {**decided.metadata, "subjects": closed.subject, "actor": closed.actor}
        events = [
            NewEvent(fact.id, fact.event.type, metadata, data)
            for fact, data in zip(new, closed.data, strict=True)
        ]
        return await self.store.append(stream, version, events)

    def _foreseen(
        self, stream: str, version: int, decided: _Decided[S, E], acting: Acting
    ) -> tuple[Recorded[E], ...]:
        """Give the facts as they will stand; a retry, and only a retry, makes the same ids."""
        command_id = UUID(decided.metadata["command_id"])
        return tuple(
            Recorded(
                event=event,
                id=derived(command_id, decided.metadata["request_mac"], str(index)),
                stream=stream,
                version=version + index,
                position=0,
                at=self.clock.now(),
                authority=acting.authority,
                actor=acting.actor,
                metadata=decided.metadata,
            )
            for index, event in enumerate(decided.events)
        )


def _metadata(command: Command, acting: Acting, asked: Asked, rules: Ruled) -> dict[str, str]:
    return {
        "occurred_at": written(command.at),
        "actor": acting.actor,
        "authority": acting.authority,
        "regime": acting.regime,
        "correlation_id": asked.correlation_id,
        "causation_id": asked.causation_id,
        "command_id": str(asked.command_id),
        "request_mac": asked.request_mac,
        "traceparent": asked.traceparent,
        "rulebook": rules.manifest_hash,
    }
