"""Who is who in one police district: authorities, units, forums and offices, with dates."""

from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Annotated, Literal, cast

from pydantic import Field, StringConstraints

from shared.kernel.ids import ForumId, UnitId
from shared.rulebook.entries import (
    AuthorityRef,
    Dated,
    Entry,
    ForumRef,
    Id,
    Said,
    Sentence,
    Source,
    UnitRef,
    Unknown,
)

AuthorityKind = Literal[
    "municipality",
    "police",
    "region",
    "prison_probation",
    "youth_probation",
    "court",
    "board_secretariat",
    "ngo",
]
Regime = Literal["gdpr", "led"]
ForumKind = Literal["infohus", "psp", "ssp", "ukn", "kredsraad", "lokalraad"]
Weekday = Literal["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
Span = Annotated[
    str,
    StringConstraints(pattern=r"^(?:[01]\d|2[0-3]):[0-5]\d-(?:(?:[01]\d|2[0-3]):[0-5]\d|24:00)$"),
]
"""Hours of one day in Danish civil time, as ``08:00-15:30``; ``24:00`` is the end of the day."""


class Call(Said):
    """Whom to telephone when it cannot wait."""

    phone: Sentence


class ClosingDay(Said):
    """A day of every year on which offices are closed though it is no public holiday."""

    month: Annotated[int, Field(ge=1, le=12)]
    day: Annotated[int, Field(ge=1, le=31)]


class OpeningHours(Said):
    """When a unit is staffed in an ordinary week."""

    week: dict[Weekday, tuple[Span, ...]]
    open_on_holidays: bool = False


class Authority(Dated):
    """A legal person and data controller with its own file and its data protection regime."""

    id: AuthorityRef
    name: Sentence
    kind: AuthorityKind
    regime: Regime
    code: Annotated[str, StringConstraints(pattern=r"^\d{4}$")] | None = None
    source: Source


class Unit(Dated):
    """Part of exactly one authority, with an inbox; people work in units."""

    id: UnitRef
    authority: AuthorityRef
    name: Sentence
    kind: Id
    territory: tuple[Id, ...]
    account: bool
    hours: Id | Unknown
    on_call: Id | Unknown = "unknown"
    akut: tuple[Call, ...] = ()
    source: Source


class UnitMember(Entry):
    """A unit's membership of a forum; without own dates it lasts as long as the forum."""

    unit: UnitRef
    role: Literal["member", "attached"] = "member"
    valid_from: date | None = None
    valid_to: date | None = None
    source: Source

    def holds_on(self, day: date) -> bool:
        """Whether the membership is in force on *day*."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )


class Seat(Entry):
    """A membership that follows an office, not a person or a unit."""

    office: Id
    of: AuthorityRef
    chair: bool = False
    source: Source


class Forum(Dated):
    """Units and offices that meet. Never a controller; what is sent to it reaches its intake."""

    id: ForumRef
    name: Sentence
    kind: ForumKind
    territory: tuple[Id, ...]
    intake: UnitRef | Unknown
    units: tuple[UnitMember, ...] | Unknown
    seats: tuple[Seat, ...] = ()
    source: Source

    def unit_ids(self, day: date) -> tuple[UnitId, ...]:
        """The units that are members or attached on *day*; none when membership is unknown."""
        if self.units == "unknown":
            return ()
        return tuple(member.unit for member in self.units if member.holds_on(day))


class Office(Said):
    """What a person may hold in a unit or forum (da: hverv), and where.

    Who ``leads`` says which of the unit's people work on what, and who is kept out.
    """

    leads: bool = False
    in_units: tuple[Id, ...] = ()
    in_forums: tuple[ForumKind, ...] = ()
    stands_in_for: Id | None = None


class Decision(Entry):
    """The dated decision behind something that the plan leaves open."""

    date: date
    by: Sentence
    reference: Sentence


class CoverageLink(Dated):
    """One municipality's cases go to one infohus; or it is unknown to which."""

    municipality: AuthorityRef
    forum: ForumRef | Unknown
    decision: Decision | None = None
    source: Source


class UnitKind(Said):
    """A kind of unit, which the programmes' routes speak of."""


class Docket(Entry):
    """What the forums of one kind may say when they put a case off or send it back.

    A kind of forum without a section keeps no docket (da: sagsliste) of referrals.
    """

    postponement_reasons: tuple[Said, ...]
    return_reasons: tuple[Said, ...]
    source: Source


class ReadsKept(Entry):
    """For how many days back the log of reads can be read; ``unknown`` is for good (law §14).

    Older reads are closed to everybody. They are not destroyed: that takes the word of the archive
    (law §15).
    """

    days: Annotated[int, Field(ge=1)] | Unknown
    decision: Decision | None = None
    source: Source


class District(Entry):
    """A police district's directory, as one version of the rulebook has it."""

    id: Id
    name: Sentence
    valid_from: date
    source: Source
    closing_days: tuple[ClosingDay, ...]
    opening_hours: tuple[OpeningHours, ...]
    akut: tuple[Call, ...]
    unit_kinds: tuple[UnitKind, ...]
    authorities: tuple[Authority, ...]
    offices: tuple[Office, ...]
    units: tuple[Unit, ...]
    forums: tuple[Forum, ...]
    coverage: tuple[CoverageLink, ...]
    dockets: dict[ForumKind, Docket] = Field(default_factory=dict)
    read_log: dict[Regime, ReadsKept] = Field(default_factory=dict)

    @cached_property
    def authority_by_id(self) -> dict[str, Authority]:
        """Every authority of the file, whatever its dates."""
        return {authority.id: authority for authority in self.authorities}

    @cached_property
    def unit_by_id(self) -> dict[str, Unit]:
        """Every unit of the file, whatever its dates."""
        return {unit.id: unit for unit in self.units}

    @cached_property
    def forum_by_id(self) -> dict[str, Forum]:
        """Every forum of the file, whatever its dates."""
        return {forum.id: forum for forum in self.forums}

    @cached_property
    def office_by_id(self) -> dict[str, Office]:
        """Every office of the file."""
        return {office.id: office for office in self.offices}

    def authority(self, authority_id: str, day: date) -> Authority | None:
        """The authority with this id, if it is in force on *day*."""
        found = self.authority_by_id.get(authority_id)
        return found if found and found.holds_on(day) else None

    def unit(self, unit_id: str, day: date) -> Unit | None:
        """The unit with this id, if it is in force on *day*."""
        found = self.unit_by_id.get(unit_id)
        return found if found and found.holds_on(day) else None

    def forum(self, forum_id: str, day: date) -> Forum | None:
        """The forum with this id, if it is in force on *day*."""
        found = self.forum_by_id.get(forum_id)
        return found if found and found.holds_on(day) else None

    def forum_of_intake(self, unit_id: str, day: date) -> Forum | None:
        """The forum whose intake this unit is on *day*; a unit is the intake of at most one."""
        return next((f for f in self.forums if f.intake == unit_id and f.holds_on(day)), None)

    def docket_of(self, forum_id: str) -> Docket | None:
        """What is said on this forum's docket, whatever its dates; None where it keeps none."""
        found = self.forum_by_id.get(forum_id)
        return self.dockets.get(found.kind) if found else None

    def may_hold(self, office_id: str, place: str, day: date) -> bool:
        """Whether somebody may hold this office in the unit or forum with the id *place*."""
        office = self.office_by_id.get(office_id)
        if office is None:
            return False
        if unit := self.unit(place, day):
            return unit.account and unit.kind in office.in_units
        forum = self.forum(place, day)
        return forum is not None and forum.kind in office.in_forums

    def reads_since(self, regime: str, now: datetime) -> datetime | None:
        """From when on reads under *regime* can be read; None where all can."""
        kept = self.read_log.get(cast("Regime", regime))
        return None if kept is None or kept.days == "unknown" else now - timedelta(days=kept.days)

    def coverage_of(self, municipality: str, day: date) -> tuple[ForumId, ...] | Unknown:
        """The infohuse that take this municipality's cases on *day*, or ``unknown``."""
        links = [c for c in self.coverage if c.municipality == municipality and c.holds_on(day)]
        known = tuple(link.forum for link in links if link.forum != "unknown")
        return known or "unknown"
