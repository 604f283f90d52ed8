"""What keeps a referral safe as things stand: who works on it, and what may not be forgotten."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Literal, TypeVar
from uuid import UUID

from services.referrals.domain.safeguards.events import (
    AddressProtected,
    AddressProtectionEnded,
    GlassBroken,
    GlassReviewed,
    LeavingApproved,
    LeavingAsked,
    LeavingRefused,
    StaffExcluded,
    StaffNamed,
    StaffReadmitted,
    TaskDone,
    TaskSet,
    TryNoticed,
    TrySeenTo,
)
from shared.kernel.ids import ActorId, AuthorityId, UnitId
from shared.kernel.recorded import Recorded

People = frozenset[ActorId]
Staff = Mapping[UnitId, People]
Changed = dict[str, Any]
K = TypeVar("K", UnitId, AuthorityId)
NONE: People = frozenset()


@dataclass(frozen=True, slots=True)
class Glass:
    """Somebody sees what their unit has, until a moment, though they are not on the case."""

    actor: ActorId
    unit: UnitId
    authority: AuthorityId
    office: str
    until: datetime
    reviewed: bool = False


@dataclass(frozen=True, slots=True)
class Leaving:
    """Information is to leave § 115, or has left and awaits approval by ``due``."""

    actor: ActorId
    authority: AuthorityId
    life_at_stake: bool
    due: datetime | None
    answer: Literal["approved", "refused"] | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """An office of a unit has something to do by a moment."""

    unit: UnitId
    office: str
    due: datetime
    done: bool = False


@dataclass(frozen=True, slots=True)
class Try:
    """Somebody tried at it; ``entry`` names the try, and an authority was told."""

    entry: UUID
    authority: AuthorityId
    seen_to: bool = False


@dataclass(frozen=True, slots=True)
class Protection:
    """An address is protected, since a day and until one, as this authority was told."""

    kind: Literal["name_and_address", "threat"]
    since: date
    lapses_on: date
    by: AuthorityId


@dataclass(frozen=True, slots=True)
class Safeguards:
    """Who is on it, by unit, and kept out, by authority; the rest by the fact that began it.

    A unit that stands in ``named`` has named its people, also where none of them is left.
    """

    named: Staff = field(default_factory=dict)
    excluded: Mapping[AuthorityId, People] = field(default_factory=dict)
    glasses: Mapping[UUID, Glass] = field(default_factory=dict)
    leavings: Mapping[UUID, Leaving] = field(default_factory=dict)
    tasks: Mapping[UUID, Task] = field(default_factory=dict)
    tries: Mapping[UUID, Try] = field(default_factory=dict)
    protection: Protection | None = None

    def is_excluded(self, authority: AuthorityId | None, codes: People) -> bool:
        """Say whether a person, known by any of *codes*, is kept out, whatever hat they put on."""
        return authority is not None and not codes.isdisjoint(self.excluded.get(authority, NONE))

    def is_named(self, unit: UnitId, codes: People) -> bool:
        """Say whether a unit has named this person."""
        return not codes.isdisjoint(self.named.get(unit, NONE))


def named(safeguards: Safeguards, unit: UnitId, person: ActorId) -> Safeguards:
    """Give *safeguards* with a person on the case, named, or by taking it or being given it."""
    return replace(safeguards, named=_with(safeguards.named, unit, person))


def guarded(safeguards: Safeguards, fact: Recorded[Any]) -> Safeguards:
    """Move *safeguards* on by one fact; most facts are none of theirs."""
    follow = FOLLOWS.get(type(fact.event))
    return replace(safeguards, **follow(safeguards, fact)) if follow else safeguards


def _with(people: Mapping[K, People], of: K, person: ActorId) -> Mapping[K, People]:
    return {**people, of: people.get(of, NONE) | {person}}


def _without(people: Mapping[K, People], of: K, person: ActorId) -> Mapping[K, People]:
    return {**people, of: people[of] - {person}} if of in people else people


def _named(now: Safeguards, fact: Recorded[StaffNamed]) -> Changed:
    return {"named": _with(now.named, fact.event.by.value, fact.event.person.value)}


def _excluded(now: Safeguards, fact: Recorded[StaffExcluded]) -> Changed:
    unit, person = fact.event.by.value, fact.event.person.value
    return {
        "named": _without(now.named, unit, person),
        "excluded": _with(now.excluded, fact.authority, person),
    }


def _readmitted(now: Safeguards, fact: Recorded[StaffReadmitted]) -> Changed:
    return {"excluded": _without(now.excluded, fact.authority, fact.event.person.value)}


def _broken(now: Safeguards, fact: Recorded[GlassBroken]) -> Changed:
    event = fact.event
    glass = Glass(fact.actor, event.by.value, fact.authority, event.office.value, event.until.value)
    return {"glasses": {**now.glasses, fact.id: glass}}


def _reviewed(now: Safeguards, fact: Recorded[GlassReviewed]) -> Changed:
    glass = replace(now.glasses[fact.event.glass], reviewed=True)
    return {"glasses": {**now.glasses, fact.event.glass: glass}}


def _tried(now: Safeguards, fact: Recorded[TryNoticed]) -> Changed:
    return {"tries": {**now.tries, fact.id: Try(fact.event.entry, fact.authority)}}


def _seen_to(now: Safeguards, fact: Recorded[TrySeenTo]) -> Changed:
    seen = replace(now.tries[fact.event.noticed], seen_to=True)
    return {"tries": {**now.tries, fact.event.noticed: seen}}


def _protected(_now: Safeguards, fact: Recorded[AddressProtected]) -> Changed:
    event = fact.event
    kind, since, lapses_on = event.kind.value, event.since.value, event.lapses_on.value
    return {"protection": Protection(kind, since, lapses_on, fact.authority)}


def _unprotected(_now: Safeguards, _fact: Recorded[AddressProtectionEnded]) -> Changed:
    return {"protection": None}


def _asked(now: Safeguards, fact: Recorded[LeavingAsked]) -> Changed:
    event = fact.event
    due = event.approval_due.value if event.approval_due else None
    leaving = Leaving(fact.actor, fact.authority, event.life_at_stake.value, due)
    return {"leavings": {**now.leavings, fact.id: leaving}}


def _approved(now: Safeguards, fact: Recorded[LeavingApproved]) -> Changed:
    leaving = replace(now.leavings[fact.event.leaving], answer="approved")
    return {"leavings": {**now.leavings, fact.event.leaving: leaving}}


def _refused(now: Safeguards, fact: Recorded[LeavingRefused]) -> Changed:
    leaving = replace(now.leavings[fact.event.leaving], answer="refused")
    return {"leavings": {**now.leavings, fact.event.leaving: leaving}}


def _set(now: Safeguards, fact: Recorded[TaskSet]) -> Changed:
    event = fact.event
    task = Task(event.by.value, event.office.value, event.due.value)
    return {"tasks": {**now.tasks, fact.id: task}}


def _done(now: Safeguards, fact: Recorded[TaskDone]) -> Changed:
    task = replace(now.tasks[fact.event.task], done=True)
    return {"tasks": {**now.tasks, fact.event.task: task}}


FOLLOWS: Mapping[type[object], Callable[[Safeguards, Recorded[Any]], Changed]] = {
    StaffNamed: _named,
    StaffExcluded: _excluded,
    StaffReadmitted: _readmitted,
    GlassBroken: _broken,
    GlassReviewed: _reviewed,
    TryNoticed: _tried,
    TrySeenTo: _seen_to,
    AddressProtected: _protected,
    AddressProtectionEnded: _unprotected,
    LeavingAsked: _asked,
    LeavingApproved: _approved,
    LeavingRefused: _refused,
    TaskSet: _set,
    TaskDone: _done,
}
"""What changes by each fact."""
