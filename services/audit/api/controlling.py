"""Who saw what, and why: for those who control it, and for each officer about their own reads."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query

from services.audit.api.entries import Controlled, Entry, MarkedPage, controlled, entry, noted
from services.audit.asking import Narrowed, Turning, told
from services.audit.overseeing import NotAnAuditor, demand_control
from services.audit.wiring import Here, Known
from shared.access.caller import NoOffice, OfficeMissing, UnitMissing
from shared.access.marking import Marking
from shared.access.noting import NO_REASON, Notes
from shared.access.rulebooks import NoRulebook
from shared.api.edge import CursorNotValid
from shared.api.paging import DEFAULT_SIZE, MAX_SIZE
from shared.api.problems import problems
from shared.reads.log import ReadsUnwritable
from shared.reads.reading import Kind

ALWAYS = (CursorNotValid, ReadsUnwritable, NoOffice, UnitMissing, OfficeMissing, NoRulebook)
TOLD = sorted(Controlled.model_fields)
router = APIRouter(tags=["reads"])


async def turning(
    after: Annotated[str | None, Query(max_length=500)] = None,
    size: Annotated[int, Query(ge=1, le=MAX_SIZE)] = DEFAULT_SIZE,
) -> Turning:
    """Give the page asked for."""
    return Turning(after, size)


Turned = Annotated[Turning, Depends(turning)]


@router.get("/reads/mine", responses=problems(*ALWAYS))
async def see_own(by: Known, here: Here, notes: Notes, turned: Turned) -> MarkedPage[Entry]:
    """See what you have read yourself, for the authority that you act for, newest first.

    A try for what you may not see stands there as a try for what never was.
    """
    leaf = await told(here, by, Narrowed(actor=by.actor), turned, "reads/mine")
    await noted(notes, leaf.told, sorted(Entry.model_fields), NO_REASON)
    return MarkedPage(marking=Marking(), items=[entry(each) for each in leaf.told], next=leaf.next)


@router.get("/reads", responses=problems(NotAnAuditor, *ALWAYS))
async def control_reads(
    by: Known, here: Here, notes: Notes, turned: Turned, narrowed: Annotated[Narrowed, Query()]
) -> MarkedPage[Controlled]:
    """See what was read for your own authority, newest first, narrowed to what you ask for."""
    why = await demand_control(notes, Kind.READS, ["reads"])
    leaf = await told(here, by, narrowed, turned, "reads")
    await noted(notes, leaf.told, TOLD, why)
    return MarkedPage(
        marking=Marking(), items=[controlled(each) for each in leaf.told], next=leaf.next
    )


@router.get("/reads/of/{referral_id}", responses=problems(NotAnAuditor, *ALWAYS))
async def control_case(
    referral_id: UUID, by: Known, here: Here, notes: Notes, turned: Turned
) -> MarkedPage[Controlled]:
    """See who of your own authority saw this referral, or tried to, newest first.

    Of one that never was there is nothing to see, as of one that nobody of yours has asked for.
    """
    why = await demand_control(notes, Kind.READS, [case := f"referral:{referral_id}"])
    leaf = await told(here, by, Narrowed(object=case), turned, "reads/of")
    await noted(notes, leaf.told, TOLD, why, of=[case])
    return MarkedPage(
        marking=Marking(), items=[controlled(each, case) for each in leaf.told], next=leaf.next
    )
