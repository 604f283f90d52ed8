"""Who is at the door: the person, the offices held at this very moment, and the unit acted for."""

from dataclasses import dataclass
from typing import Annotated, Protocol, cast

from fastapi import Depends, Header
from starlette.requests import Request

from shared.access.directory import Directory, Held
from shared.access.rulebooks import Rulebooks
from shared.api.identity import Identity, actor_id, signed_in
from shared.kernel.asking import Acting
from shared.kernel.clock import Clock
from shared.kernel.ids import ActorId, AuthorityId, UnitId
from shared.kernel.refusals import NotAllowed, NotValid
from shared.projections.views import Views
from shared.rulebook.days import civil_date

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
    actor = actor_id(here.actor_key, identity.issuer, identity.subject)
    async with here.views.reading() as (connection, generation):
        await here.rulebooks.catch_up(connection, generation)
        held = await here.directory.offices_of(connection, generation, actor)
    now = here.clock.now()
    district = here.rulebooks.at(now).district
    place = _place(held, unit)
    found = district.unit(place, civil_date(now))
    authority = district.authority(found.authority, civil_date(now)) if found else None
    if authority is None:
        raise NoOffice
    offices = frozenset(each.office for each in held if each.place == place)
    return Caller(
        identity, actor, UnitId(place), AuthorityId(authority.id), authority.regime, offices
    )


def _place(held: tuple[Held, ...], asked: str | None) -> str:
    places = {each.place for each in held}
    if asked is not None:
        if asked not in places:
            raise NoOffice
        return asked
    if not places:
        raise NoOffice
    if len(places) > 1:
        raise UnitMissing
    return places.pop()
