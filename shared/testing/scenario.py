"""Given, when, then: what has happened, what is asked, and what follows or why not."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Generic, TypeVar
from uuid import UUID

import pytest

from shared.kernel.commands import Command
from shared.kernel.decider import Decider
from shared.kernel.events import Event
from shared.kernel.ids import ActorId, AuthorityId, derived
from shared.kernel.recorded import Recorded
from shared.kernel.refusals import Refusal

C = TypeVar("C", bound=Command)
S = TypeVar("S")
E = TypeVar("E", bound=Event)
R = TypeVar("R")

A_MOMENT = datetime(2021, 3, 1, 9, 0, tzinfo=UTC)
AN_AUTHORITY, A_PERSON = AuthorityId("an-authority"), ActorId("a-person")
_STREAM = UUID("0f4a1c52-6d0e-5b0c-9a34-1f5f0a3d7c11")


@dataclass(frozen=True)
class Scenario(Generic[C, S, E, R]):
    """A thing under given rules, and the facts about it so far."""

    decider: Decider[C, S, E, R]
    rules: R
    authority: AuthorityId = AN_AUTHORITY
    actor: ActorId = A_PERSON
    facts: Sequence[Recorded[E]] = ()

    @property
    def state(self) -> S:
        """What is true after the facts so far."""
        return self.decider.fold(self.facts)

    def given(self, *events: E | tuple[E, AuthorityId]) -> "Scenario[C, S, E, R]":
        """Give the same thing after these events.

        An event named with an authority was written by it, any other by the scenario's own.
        """
        new = (self._recorded(e, len(self.facts) + i) for i, e in enumerate(events))
        return replace(self, facts=(*self.facts, *new))

    def when(self, command: C) -> "Outcome[E]":
        """Ask for a change and give what became of it."""
        try:
            return Outcome(tuple(self.decider.decide(command, self.state, self.rules)), None)
        except Refusal as refusal:
            return Outcome((), refusal)

    def _recorded(self, told: E | tuple[E, AuthorityId], version: int) -> Recorded[E]:
        event, authority = told if isinstance(told, tuple) else (told, self.authority)
        return Recorded(
            event=event,
            id=derived(_STREAM, str(version)),
            stream=f"thing-{_STREAM}",
            version=version,
            position=version + 1,
            at=A_MOMENT,
            authority=authority,
            actor=self.actor,
        )


@dataclass(frozen=True)
class Outcome(Generic[E]):
    """What a request brought about, or why it was refused."""

    events: tuple[E, ...]
    refusal: Refusal | None

    def then(self, *expected: E) -> None:
        """Demand exactly these events, none for a request that changes nothing."""
        if self.refusal is not None:
            pytest.fail(f"refused: {self.refusal.slug()} {dict(self.refusal.facts)}")
        assert self.events == expected

    def then_nothing(self) -> None:
        """Demand that it was answered with yes and changed nothing."""
        self.then()

    def then_refused(self, kind: type[Refusal]) -> Refusal:
        """Demand a refusal of exactly this kind, and give it for a look at its facts."""
        assert self.refusal is not None, f"not refused: {self.events}"
        assert type(self.refusal) is kind, f"refused as {self.refusal.slug()}"
        return self.refusal
