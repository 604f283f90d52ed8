"""Who is at the door: the person, the offices held at this very moment, and the unit acted for."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Annotated, Protocol, cast

from fastapi import Depends, Header
from starlette.requests import Request

from shared.access.asking_councils import AskingCouncils
from shared.access.directory import Directory, Held
from shared.access.rulebooks import Rulebooks
from shared.api.identity import Identity, actor_id, signed_in
from shared.kernel.asking import Acting
from shared.kernel.clock import Clock
from shared.kernel.ids import ActorId, AuthorityId, UnitId
from shared.kernel.refusals import NotAllowed, NotValid
from shared.projections.views import Views
from shared.rulebook.days import civil_date
from shared.rulebook.district import Unit

MACHINES = frozenset({"directory", "directory-read", "operate"})
"""Scopes of programs that act for themselves; none of them is anybody in a unit."""
OVERSEEING = frozenset({"auditor", "dpo"})
"""Offices that look at what their own authority has, and change nothing."""


class NoOffice(NotAllowed):
    """You hold no office in that unit. (da: Du har intet hverv i den enhed.)"""


class UnitMissing(NotValid):
    """You hold offices in several units; say in Kredslob-Unit which you act for.

    (da: Du har hverv i flere enheder; angiv i Kredslob-Unit, hvilken du handler for.)
    """


@dataclass(frozen=True, slots=True)
class Caller:
    """A person acting for one unit. ``offices`` are those held in that unit."""

    identity: Identity
    actor: ActorId
    unit: UnitId
    authority: AuthorityId
    regime: str
    offices: frozenset[str]

    @property
    def acting(self) -> Acting:
        """What goes with a command."""
        return Acting(self.actor, self.authority, self.regime, self.unit)

    @property
    def oversees(self) -> bool:
        """Whether the caller looks on behalf of the whole authority."""
        return bool(self.offices & OVERSEEING)


class KnowsWho(Protocol):
    """What a service's wiring must hold for its callers to be known."""

    clock: Clock
    views: Views
    directory: Directory
    rulebooks: Rulebooks
    councils: AskingCouncils | None
    """Whom to ask while the bus is silent; None where one's own facts are all there is to know."""
    actor_key: bytes


async def caller(
    request: Request,
    identity: Annotated[Identity, Depends(signed_in)],
    unit: Annotated[str | None, Header(alias="Kredslob-Unit", max_length=100)] = None,
) -> Caller:
    """Give who asks and for which unit, from the offices held now.

    Raises ``NoOffice``, ``UnitMissing``, ``NoRulebook``, and what signing in raises.
    """
    here = cast("KnowsWho", request.app.state.wiring)
    if identity.subject == identity.client_id or identity.scopes & MACHINES:
        raise NoOffice  # whoever keeps the platform running reads nothing of what is on it
    actor = actor_id(here.actor_key, identity.issuer, identity.subject)
    held = await offices_now(request, actor)
    now = here.clock.now()
    district, today = here.rulebooks.at(now).district, civil_date(now)
    # An office in a forum is no unit to act for: a forum has no inbox and no file of its own.
    found = (district.unit(each.place, today) for each in held)
    units: dict[str, Unit] = {each.id: each for each in found if each}
    place = _place(units, unit)
    authority = district.authority(units[place].authority, today)
    if authority is None:
        raise NoOffice
    offices = frozenset(each.office for each in held if each.place == place)
    return Caller(
        identity, actor, UnitId(place), AuthorityId(authority.id), authority.regime, offices
    )


async def offices_now(request: Request, actor: ActorId) -> tuple[Held, ...]:
    """Give what a person holds now: as this service has heard it, or as councils say themselves."""
    here = cast("KnowsWho", request.app.state.wiring)
    told = await here.councils.offices_of(actor) if here.councils else None
    async with here.views.reading() as (connection, generation):
        await here.rulebooks.catch_up(connection, generation)
        if told is not None:
            return told
        return await here.directory.offices_of(connection, generation, actor)


def _place(places: Collection[str], asked: str | None) -> str:
    if asked is not None:
        if asked not in places:
            raise NoOffice
        return asked
    if not places:
        raise NoOffice
    if len(places) > 1:
        raise UnitMissing
    return next(iter(places))
