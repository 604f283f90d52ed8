"""Offices: giving and ending them, and seeing which one holds."""

from typing import Annotated, Self

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator

from services.councils.api.operating import (
    OPERATOR_UNIT,
    Operate,
    Operating,
    reader,
)
from services.councils.domain.office.commands import EndOffice, GrantOffice
from services.councils.domain.office.refusals import (
    OfficeAlreadyHeld,
    OfficeNotForPlace,
    OfficeNotHeld,
    OwnOffice,
)
from services.councils.domain.streams import office_stream
from services.councils.wiring import Here, Wiring
from shared.access.rulebooks import NoRulebook
from shared.api.identity import Identity, actor_id, signed_in
from shared.api.labels import Administrative
from shared.api.problems import problems
from shared.kernel.ids import ActorId
from shared.serving.operating import NotAnOperator

router = APIRouter(prefix="/offices", tags=["offices"])
Code = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Name = Annotated[str, StringConstraints(min_length=1, max_length=300)]


class OfficeSaid(BaseModel):
    """Whose office, where, and which: the person by login (issuer and subject) or by code."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    issuer: Name | None = None
    subject: Name | None = None
    holder: Code | None = None
    place: Name
    office: Name

    @model_validator(mode="after")
    def one_person(self) -> Self:
        """Demand either login or code."""
        by_login = self.issuer is not None and self.subject is not None
        if by_login == (self.holder is not None):
            raise ValueError("either issuer and subject, or holder")
        return self


class OfficeHeld(BaseModel):
    """An office in a unit or forum."""

    place: Administrative[str]
    office: Administrative[str]


class OfficeMoved(OfficeHeld):
    """An office given or ended; ``waiting_for`` names the services that do not know it yet."""

    holder: Administrative[str]
    waiting_for: Administrative[list[str]]


class OfficesHeld(BaseModel):
    """The offices that one person holds now."""

    items: Administrative[list[OfficeHeld]]


@router.post(
    "",
    status_code=201,
    responses=problems(NotAnOperator, OwnOffice, OfficeNotForPlace, OfficeAlreadyHeld, NoRulebook),
)
async def grant(said: OfficeSaid, operate: Operate) -> OfficeMoved:
    """Let another person, or an agency's own system, hold an office, from now on.

    A system is named by the issuer and the id of its client there.
    """
    return await _move(GrantOffice, said, operate)


@router.post(
    "/ending",
    responses={
        202: {"model": OfficeMoved, "description": "Done, but not everybody knows it yet."},
        **problems(NotAnOperator, OfficeNotHeld, NoRulebook),
    },
)
async def end(said: OfficeSaid, operate: Operate, response: Response) -> OfficeMoved:
    """Let a person no longer hold an office.

    Answered with 200 it counts everywhere; with 202 those named in ``waiting_for`` may still go by
    what was. Asked again under the same key this tells how far they are by then.
    """
    moved = await _move(EndOffice, said, operate)
    if moved.waiting_for:
        response.status_code = 202
    return moved


@router.get("/mine")
async def mine(who: Annotated[Identity, Depends(signed_in)], here: Here) -> OfficesHeld:
    """See the offices that you hold, to choose which unit to act for."""
    return await _held(here, actor_id(here.actor_key, who.issuer, who.subject))


@router.get("", responses=problems(NotAnOperator), dependencies=[Depends(reader)])
async def held_by(here: Here, holder: Annotated[Code, Query()]) -> OfficesHeld:
    """See the offices that a person holds, by code: for services that have not heard for long."""
    return await _held(here, ActorId(holder))


async def _move(
    wish: type[GrantOffice] | type[EndOffice], said: OfficeSaid, operate: Operating
) -> OfficeMoved:
    here = operate.here
    async with here.views.reading() as (connection, generation):
        await here.rulebooks.catch_up(connection, generation)
    holder = _holder(here, said)
    command = wish(
        unit=OPERATOR_UNIT,
        at=here.clock.now(),
        holder=holder,
        place=said.place,
        office=said.office,
    )
    stream = office_stream(holder, said.place, said.office)
    handled = await here.offices.handle(
        stream, command, operate.acting(said.place), await operate.asked()
    )
    waiting_for = await operate.unknown_to(handled)
    return OfficeMoved(holder=holder, place=said.place, office=said.office, waiting_for=waiting_for)


def _holder(here: Wiring, said: OfficeSaid) -> ActorId:
    if said.issuer is not None and said.subject is not None:
        return actor_id(here.actor_key, said.issuer, said.subject)
    return ActorId(said.holder or "")


async def _held(here: Wiring, actor: ActorId) -> OfficesHeld:
    async with here.views.reading() as (connection, generation):
        held = await here.directory.offices_of(connection, generation, actor)
    return OfficesHeld(items=[OfficeHeld(place=h.place, office=h.office) for h in held])
