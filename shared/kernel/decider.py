"""An aggregate as three pure functions; the handler does everything that is not pure."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Generic, NamedTuple, TypeVar
from uuid import UUID

from shared.kernel.commands import Command
from shared.kernel.events import Event
from shared.kernel.ids import AuthorityId
from shared.kernel.recorded import Recorded

C = TypeVar("C", bound=Command)
S = TypeVar("S")
E = TypeVar("E", bound=Event)
R = TypeVar("R")


class Grant(NamedTuple):
    """An authority may open the personal fields of one event that another authority wrote."""

    event: UUID
    writer: AuthorityId
    reader: AuthorityId


def _nobody_else(_state: object) -> frozenset[Grant]:
    return frozenset()


def _open_to_all(_state: object) -> bool:
    return False


@dataclass(frozen=True)
class Decider(Generic[C, S, E, R]):
    """How one kind of thing lives: its beginning, what a request brings about, what facts change.

    ``decide`` may refuse and never moves state; ``evolve`` moves state and never refuses.
    ``grants`` says who may by now open what; the handler writes a key for each that is new.
    ``secret`` says whether even the existence of it is hidden.
    """

    initial: S
    decide: Callable[[C, S, R], tuple[E, ...]]
    evolve: Callable[[S, Recorded[E]], S]
    grants: Callable[[S], frozenset[Grant]] = _nobody_else
    secret: Callable[[S], bool] = _open_to_all

    def fold(self, facts: Iterable[Recorded[E]], state: S | None = None) -> S:
        """Give the state after *facts*, from the beginning or from *state* on."""
        current = self.initial if state is None else state
        for fact in facts:
            current = self.evolve(current, fact)
        return current
