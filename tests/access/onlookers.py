"""Everybody who may look at a line of the matrix, how they stand there, and what is to be seen."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import NamedTuple

from services.referrals.domain.categories import WHOLE
from services.referrals.domain.referral.events import ReferralEvent
from services.referrals.projections.party_line import PartyView
from services.referrals.projections.party_view import project
from services.referrals.sight import Asker
from shared.access.caller import Caller
from shared.api.identity import Identity
from shared.kernel.ids import ActorId, AuthorityId, UnitId
from shared.kernel.recorded import Recorded
from shared.rulebook.vocabulary import CATEGORIES
from tests.access import everybody as every
from tests.access import oracle_pages as law
from tests.access import told
from tests.access.everybody import COLLEAGUE, NOW, Place, Situation, Where
from tests.access.shelf import OVERSIGHT, lookers

ME = ActorId("a" * 64)
OVERSEERS = ("auditor", "dpo")


class Person(NamedTuple):
    """Who asks: the office, for which purpose, and what is so of them on this referral."""

    office: str
    purpose: str
    named: bool = True
    excluded: bool = False
    glass: bool = False

    @property
    def wished(self) -> str:
        """Give the purpose said at the door: nobody says an emergency, the broken glass does."""
        return "handling" if self.glass else self.purpose


def persons() -> Iterator[Person]:
    """Give everybody: each office with each purpose, named or not, kept out, with broken glass."""
    for office in (*law.OFFICES, *law.COUNCIL_OFFICES):
        for purpose in law.PURPOSES:
            yield Person(office, purpose)
        yield Person(office, "handling", named=False)
        yield Person(office, "coordination", named=False)
        yield Person(office, "handling", excluded=True)
        yield Person(office, "emergency", named=False, glass=True)


PERSONS = tuple(persons())


class Standing(NamedTuple):
    """What is so of somebody on a referral: by these facts a unit says it."""

    named: bool
    excluded: bool
    glass: str | None
    """The office in which they have broken the glass."""


def standing(person: Person) -> Standing:
    """Give how somebody stands; the glass is broken in the very office that they act in."""
    return Standing(person.named, person.excluded, person.office if person.glass else None)


@cache
def facts_about(
    place: Place, situation: Situation, stands: Standing
) -> tuple[Recorded[ReferralEvent], ...]:
    """Give the facts by which somebody of the unit under test comes to stand so."""
    unit = every.units_of(place)[place.role]
    said: list[tuple[ReferralEvent, ActorId]] = []
    if not stands.named:
        said.append((told.staffed(unit, COLLEAGUE), COLLEAGUE))
    if stands.excluded:
        said.append((told.kept_out(unit, ME), COLLEAGUE))
    if stands.glass:
        said.append((told.glass(unit, stands.glass), ME))
    *_, last = every.facts_of(place, situation)
    return tuple(
        every.recorded(unit, event, Where(last.stream, last.version + number, 0), actor)
        for number, (event, actor) in enumerate(said, 1)
    )


@cache
def line_with(place: Place, situation: Situation, stands: Standing) -> PartyView | None:
    """Give the line of the unit under test as somebody stands there, None for a stranger."""
    lines = every.lines_of(place, situation)
    for fact in facts_about(place, situation, stands):
        lines = project(lines, fact, every.rulebook().profiles)
    return lines.get(every.units_of(place)[place.role])


@dataclass(frozen=True)
class Piece:
    """Something on a referral: of which kind of data, whose, and the texts that it stands in."""

    category: str
    own: bool
    accepted: bool = False
    marks: tuple[str, ...] = ()

    @property
    def is_envelope(self) -> bool:
        """Whether it is no text, but that there is a referral at all."""
        return self.category == "administrative"


def pieces(place: Place, situation: Situation) -> tuple[Piece, ...]:
    """Give what is on a referral: the concern in every kind of data, and what was written in it."""
    return (*_concern(place, situation), *_written(place, situation))


def _concern(place: Place, situation: Situation) -> Iterator[Piece]:
    secret = every.programme_in(place.space).existence == "secret"
    accepted = place.role == "holder" and situation.accepted
    for category in CATEGORIES:
        text = f"{WHOLE if secret else 'q_'}{category}"
        yield Piece(category, place.role == "sender", accepted, (told.marked(text),))


def _written(place: Place, situation: Situation) -> Iterator[Piece]:
    """Give what its own unit and the others wrote, and what its own office has to do."""
    units = every.units_of(place)
    mine = units[place.role]
    others = tuple(
        told.marked(f"text-{units[role]}") for role in every.ROLES if units[role] != mine
    )
    if situation.stage != "draft":
        yield Piece("free_text", own=False, marks=others)
        if place.role in every.ROLES:
            yield Piece("free_text", own=True, marks=(told.marked(f"text-{mine}"),))
    if place.role in every.ROLES:
        tasks = tuple(told.marked(f"task-{office}") for office in told.BUSY)
        yield Piece("free_text", own=True, marks=tasks)


def asker(line: PartyView, *, kind: str, office: str, purpose: str) -> Asker:
    """Give somebody in an office of the line's unit, or in the authority's own oversight."""
    unit = line.unit if kind != "oversight" else OVERSIGHT
    by = _caller(unit, line.authority, kind, office)
    return Asker(by, frozenset({ME}), purpose, NOW, every.rulebook())


@cache
def caller(place: Place, office: str) -> Caller:
    """Give who asks in an office of the unit under test, or in the oversight of its authority."""
    own, over = lookers(place)
    if office in OVERSEERS and over.whole:
        return _caller(over.unit, over.whole, "oversight", office)
    return _caller(own.unit, every.authority_of(own.unit), place.kind, office)


def _caller(unit: UnitId, authority: AuthorityId, kind: str, office: str) -> Caller:
    until = NOW + timedelta(days=1)
    return Caller(
        identity=Identity("http://login.invalid", "me", "app", frozenset(), until),
        subject="me",
        actor=ME,
        unit=unit,
        authority=authority,
        regime="gdpr",
        office=office,
        acts_as=office,
        kind=kind,
        territory=(),
    )
