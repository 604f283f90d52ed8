"""What one unit sees of one referral, as it is kept: tokens in place of content."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from operator import attrgetter
from typing import Any, Literal, TypeAlias

from pydantic import JsonValue

from services.referrals.domain.referral.events import Intake, Urgency
from services.referrals.domain.referral.parties import Role
from services.referrals.domain.sharing.state import Closing
from services.referrals.domain.stage import Stage
from shared.kernel.clock import written
from shared.kernel.ids import ActorId, AuthorityId, UnitId
from shared.kernel.personal import Personal


@dataclass(frozen=True, slots=True)
class Step:
    """One fact on a party's timeline: what, when, which unit of which authority, what was said.

    What is ``early`` was said before the party joined, and is shown as long as its profile goes
    back so far.
    """

    id: str
    type: str
    at: datetime
    unit: str
    authority: AuthorityId
    said: dict[str, JsonValue]
    sealed: dict[str, Personal[JsonValue]]
    early: bool = False


@dataclass(frozen=True, slots=True)
class With:
    """Another party, as every party may know it."""

    unit: str
    role: Role


@dataclass(frozen=True, slots=True)
class Glass:
    """Somebody saw what was not for them to see, until a moment or until it was found wrong."""

    id: str
    actor: ActorId
    unit: str
    office: str
    at: datetime
    until: datetime
    justified: bool | None = None

    @property
    def reviewed(self) -> bool:
        """Whether another person has judged it."""
        return self.justified is not None

    def holds(self, actors: frozenset[ActorId], now: datetime) -> bool:
        """Whether it lets one of these codes see at *now*: not once it was found unjustified."""
        return self.actor in actors and self.at <= now < self.until and self.justified is not False


Judged: TypeAlias = Literal["approved", "refused"]


@dataclass(frozen=True, slots=True)
class Leaving:
    """Information that is to leave § 115, or has left: how far a second person has come with it."""

    id: str
    at: datetime
    life_at_stake: bool
    approval_due: datetime | None
    judged: Judged | None = None


@dataclass(frozen=True, slots=True)
class Try:
    """Somebody for whom it does not exist tried to get at it."""

    id: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Task:
    """Something that an office in the unit has to do by a moment."""

    id: str
    office: str
    what: Personal[JsonValue]
    at: datetime
    due: datetime


@dataclass(frozen=True, slots=True)
class Protection:
    """The person's address is protected: how, since when, by whom, and until when."""

    kind: Literal["name_and_address", "threat"]
    since: date
    lapses_on: date
    by: AuthorityId


@dataclass(frozen=True, slots=True)
class PartyView:
    """Everything that one unit sees of one referral.

    ``sees`` are the kinds of data that the disclosure profile gave this party, in the order of the
    alphabet, as equal rows have equal bytes; what its own authority wrote is there as well.
    ``staff`` and ``excluded`` are people of the unit, as codes; no ``staff`` means that the unit
    has named nobody yet.
    """

    unit: UnitId
    authority: AuthorityId
    role: Role
    since: int
    seen: int
    stage: Stage
    programme: str
    existence: str
    urgency: Urgency
    intake: Intake
    timeline: tuple[Step, ...]
    parties: tuple[With, ...]
    arrived: int
    arrived_at: datetime
    sees: tuple[str, ...] = ()
    outside: Personal[JsonValue] | None = None
    basis: str | None = None
    answer_due: datetime | None = None
    next_staffed: datetime | None = None
    call: tuple[str, ...] = ()
    owner: ActorId | None = None
    case_number: Personal[JsonValue] | None = None
    counterpart: bool = False
    closed: Closing | None = None
    staff: tuple[ActorId, ...] | None = None
    excluded: tuple[ActorId, ...] = ()
    glasses: tuple[Glass, ...] = ()
    leavings: tuple[Leaving, ...] = ()
    tries: tuple[Try, ...] = ()
    tasks: tuple[Task, ...] = ()
    protection: Protection | None = None

    @property
    def due(self) -> str | None:
        """The moment by which the addressee owes an answer, as long as it does."""
        owes = self.stage in {Stage.DELIVERED, Stage.RECEIVED} and self.closed is None
        return written(self.answer_due) if owes and self.answer_due else None

    @property
    def open_tasks(self) -> int:
        """How much waits for an office here: tasks, tries, unreviewed glass, leavings to judge."""
        glasses = sum(not glass.reviewed for glass in self.glasses)
        return (
            len(self.tasks)
            + len(self.tries)
            + glasses
            + sum(each.judged is None for each in self.leavings)
        )

    @property
    def undelivered(self) -> int:
        """1 where it was sent to this unit and has not reached its inbox, else 0."""
        lies = self.role is Role.HOLDER and self.stage is Stage.SENT
        return int(lies and self.closed is None)

    @property
    def has_left(self) -> int:
        """1 where it was ever sent, else 0: a draft is its own unit's."""
        return int(self.role is not Role.SENDER or self.basis is not None)


NAMES = tuple(each.name for each in fields(PartyView))
VALUES = attrgetter(*NAMES)


def changed(view: PartyView, **to: Any) -> PartyView:  # noqa: ANN401 - the line's own fields
    """Give the line with other values.

    ``dataclasses.replace`` takes twice as long, and this is done for every fact and every party.
    """
    values: dict[str, Any] = dict(zip(NAMES, VALUES(view), strict=True))
    return PartyView(**{**values, **to})


Lines: TypeAlias = Mapping[str, PartyView]
"""What every party sees of one referral, by unit."""
