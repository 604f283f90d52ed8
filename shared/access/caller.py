"""Who is at the door: the person, the office acted in at this very moment, and its unit."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated, NamedTuple, Protocol, cast

from fastapi import Depends, Header
from starlette.requests import Request

from shared.access.asking_councils import AskingCouncils, Told
from shared.access.directory import Directory, Held
from shared.access.rulebooks import Rulebooks
from shared.api.identity import Identity, actor_id, signed_in
from shared.kernel.asking import Acting
from shared.kernel.clock import Clock
from shared.kernel.ids import ActorId, AuthorityId, UnitId
from shared.kernel.refusals import NotAllowed, NotValid
from shared.projections.views import Views
from shared.rulebook.days import civil_date
from shared.rulebook.district import Authority, District, Unit

MACHINES = frozenset({"directory", "directory-read", "operate"})
"""Scopes of programs that keep the platform running; none of them is anybody in a unit."""
OVERSEEING = frozenset({"auditor", "dpo"})
"""Offices that look at what their own authority has, and change nothing."""
SYSTEM = "system"
"""The office of an agency's own computer system. No person acts in it, and no system in another."""


class NoOffice(NotAllowed):
    """You hold no office in that unit. (da: Du har intet hverv i den enhed.)"""


class UnitMissing(NotValid):
    """You hold offices in several units; say in Kredslob-Unit which you act for.

    (da: Du har hverv i flere enheder; angiv i Kredslob-Unit, hvilken du handler for.)
    """


class OfficeMissing(NotValid):
    """You hold several offices in that unit; say in Kredslob-Office which you act in.

    (da: Du har flere hverv i den enhed; angiv i Kredslob-Office, hvilket du handler i.)
    """


@dataclass(frozen=True, slots=True)
class Caller:
    """A person acting for one unit in one office, or a system that may do so on their behalf."""

    identity: Identity
    """Whose token it is: of the person, or of the system that asks on their behalf."""
    subject: str
    """What tokens call the one who acts: the officer named, where a system asks on their behalf."""
    actor: ActorId
    unit: UnitId
    authority: AuthorityId
    regime: str
    office: str
    """The one office acted in, of those held in the unit."""
    acts_as: str
    """The office that counts: the one that is stood in for, else the one acted in (plan §18)."""
    kind: str
    """What kind of unit it is."""
    territory: tuple[str, ...]
    """The unit's own, as the rulebook has it: no request can make it wider."""
    on_behalf: ActorId | None = None
    """The system that asks, as a code, where it named the officer who acts."""
    view_age: float = 0.0
    """How many seconds ago it was known to be so; infinite where councils were never heard."""

    @property
    def acting(self) -> Acting:
        """What goes with a command."""
        return Acting(self.actor, self.authority, self.regime, self.unit, self.acts_as)

    @property
    def oversees(self) -> bool:
        """Whether the caller looks on behalf of the whole authority."""
        return self.office in OVERSEEING

    @property
    def names_nobody(self) -> bool:
        """Whether this is a system that asks for itself: it sees envelopes, and opens nothing."""
        return self.office == SYSTEM

    @property
    def asks(self) -> tuple[str, ...]:
        """Who asks, so that a request can be told from the same words of another."""
        own = self.identity.subject
        return (own,) if self.on_behalf is None else (own, self.actor)


class KnowsWho(Protocol):
    """What a service's wiring must hold for its callers to be known."""

    clock: Clock
    views: Views
    directory: Directory
    rulebooks: Rulebooks
    councils: AskingCouncils | None
    """Whom to ask while the bus is silent; None in councils, whose own facts these are."""
    actor_key: bytes


class _Somebody(NamedTuple):
    """Who acts, the system that asks for them, and the offices of which one is acted in."""

    subject: str
    actor: ActorId
    on_behalf: ActorId | None
    held: tuple[Held, ...]
    view_age: float


class _Seat(NamedTuple):
    """One office in one unit of one authority, and the office that it counts as."""

    unit: Unit
    authority: Authority
    office: str
    acts_as: str


async def caller(
    request: Request,
    identity: Annotated[Identity, Depends(signed_in)],
    unit: Annotated[str | None, Header(alias="Kredslob-Unit", max_length=100)] = None,
    office: Annotated[str | None, Header(alias="Kredslob-Office", max_length=100)] = None,
    officer: Annotated[str | None, Header(alias="Kredslob-Officer", max_length=255)] = None,
) -> Caller:
    """Give who asks, for which unit and in which office, from the offices held now.

    Raises ``NoOffice``, ``UnitMissing``, ``OfficeMissing``, ``NoRulebook``, and what signing in
    raises.
    """
    here = cast("KnowsWho", request.app.state.wiring)
    if identity.scopes & MACHINES:
        raise NoOffice  # whoever keeps the platform running reads nothing of what is on it
    who = await _who(request, identity, officer)
    now = here.clock.now()
    district, today = here.rulebooks.at(now).district, civil_date(now)
    units = _units(district, who.held, today)
    place = units[_one(units, unit, UnitMissing())]
    offices = sorted({each.office for each in who.held if each.place == place.id})
    chosen = _one(offices, office, OfficeMissing(offices=offices))
    seat = _seat(district, today, place, chosen)
    if seat is None:
        raise NoOffice
    return _seated(identity, who, seat)


def callers_of(here: KnowsWho, identity: Identity, person: ActorId, told: Told) -> Iterator[Caller]:
    """Give a person as they would stand at the door in each office they hold, with *told*.

    *identity* is of who asks about them.
    """
    now = here.clock.now()
    district, today = here.rulebooks.at(now).district, civil_date(now)
    who = _Somebody("", person, None, told.held, told.age)
    units = _units(district, told.held, today)
    for each in told.held:
        place = units.get(each.place)
        seat = _seat(district, today, place, each.office) if place else None
        if seat is not None:
            yield _seated(identity, who, seat)


def _units(district: District, held: Iterable[Held], day: date) -> dict[str, Unit]:
    """Give the units that offices are held in.

    An office in a forum is no unit to act for: a forum has no inbox and no file of its own.
    """
    found = (district.unit(each.place, day) for each in held)
    return {each.id: each for each in found if each}


def _seat(district: District, day: date, place: Unit, office: str) -> _Seat | None:
    """Give where an office is held; None where the unit's authority is in force no longer."""
    authority = district.authority(place.authority, day)
    return _Seat(place, authority, office, _acts_as(district, office)) if authority else None


def _seated(identity: Identity, who: _Somebody, seat: _Seat) -> Caller:
    return Caller(
        identity=identity,
        subject=who.subject,
        actor=who.actor,
        unit=UnitId(seat.unit.id),
        authority=AuthorityId(seat.authority.id),
        regime=seat.authority.regime,
        office=seat.office,
        acts_as=seat.acts_as,
        kind=seat.unit.kind,
        territory=seat.unit.territory,
        on_behalf=who.on_behalf,
        view_age=who.view_age,
    )


async def offices_now(request: Request, actor: ActorId) -> Told:
    """Give what a person holds now, and how old that is.

    It is as this service has heard it, or as councils say themselves.
    """
    here = cast("KnowsWho", request.app.state.wiring)
    told = await here.councils.offices_of(actor) if here.councils else None
    age = here.councils.heard_ago() if here.councils else 0.0
    async with here.views.reading() as (connection, generation):
        await here.rulebooks.catch_up(connection, generation)
        if told is not None:
            return told
        return Told(await here.directory.offices_of(connection, generation, actor), age)


async def _who(request: Request, identity: Identity, officer: str | None) -> _Somebody:
    """Give who acts. For a system it makes no difference whom it names that it cannot act for."""
    key = cast("KnowsWho", request.app.state.wiring).actor_key
    asks = actor_id(key, identity.issuer, identity.subject)
    own, age = await offices_now(request, asks)
    if identity.subject != identity.client_id:
        if officer is not None:
            raise NoOffice
        held = tuple(each for each in own if each.office != SYSTEM)
        return _Somebody(identity.subject, asks, None, held, age)
    serves = tuple(each for each in own if each.office == SYSTEM)
    if officer is None:
        return _Somebody(identity.subject, asks, None, serves, age)
    named = actor_id(key, identity.issuer, officer)
    theirs, theirs_age = await offices_now(request, named)
    places = {each.place for each in serves}
    held = tuple(each for each in theirs if each.place in places and each.office != SYSTEM)
    return _Somebody(officer, named, asks, held, max(age, theirs_age))


def _one(found: Collection[str], asked: str | None, missing: NotValid) -> str:
    """Give the one asked for, or the only one there is. Raises ``NoOffice``, or *missing*."""
    if not found or (asked is not None and asked not in found):
        raise NoOffice
    if asked is None and len(found) > 1:
        raise missing
    return asked or next(iter(found))


def _acts_as(district: District, office: str) -> str:
    """Give the office that counts; one that the rulebook no longer has counts as itself."""
    known = district.office_by_id.get(office)
    return (known.stands_in_for if known else None) or office
