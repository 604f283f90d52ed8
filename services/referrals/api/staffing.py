"""Who of a unit works on a referral, and access in an emergency for who does not."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from services.referrals.api.colleagues import Colleague, ColleagueFor, NotAColleague, about
from services.referrals.api.drafting import CHANGES
from services.referrals.domain.referral import refusals as no
from services.referrals.domain.safeguards import refusals as not_safe
from services.referrals.domain.safeguards.commands import (
    BreakGlass,
    ExcludeStaff,
    NameStaff,
    ReadmitStaff,
    ReviewGlass,
    SeeToTry,
)
from services.referrals.domain.words import Sentence
from services.referrals.wiring import Ask, Here, Moved, Overseen
from shared.access.saying import said
from shared.api.problems import problems
from shared.rulebook.slices import LONGEST_GLASS

router = APIRouter(prefix="/referrals/{referral_id}", tags=["staffing"])
STAFF = (not_safe.NotForYouToSay, NotAColleague, no.NotPossibleNow, *CHANGES)


class Emergency(BaseModel):
    """Why it cannot wait, and for how many hours; as many as there may be where none are said."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reason: Sentence
    hours: Annotated[int, Field(ge=1, le=LONGEST_GLASS)] | None = None


@router.post(
    "/staff",
    status_code=201,
    responses=problems(not_safe.IsExcluded, not_safe.IsNamed, *STAFF),
)
async def name(
    referral_id: UUID, person: Colleague, ask: Ask, here: Here, request: Request
) -> Moved:
    """Put a colleague on the case."""
    colleague = await about(request, referral_id, here, ask.by, person)
    return await ask.move(referral_id, NameStaff(**colleague))


@router.post(
    "/exclusions",
    status_code=201,
    responses=problems(not_safe.NotYourself, not_safe.IsExcluded, *STAFF),
)
async def exclude(
    referral_id: UUID, person: ColleagueFor, ask: Ask, here: Here, request: Request
) -> Moved:
    """Keep a colleague out: for that person the referral does not exist."""
    colleague = await about(request, referral_id, here, ask.by, person)
    return await ask.move(referral_id, ExcludeStaff(**colleague, reason=person.reason))


@router.post(
    "/readmissions",
    status_code=201,
    responses=problems(not_safe.NotYourself, not_safe.NotExcluded, *STAFF),
)
async def readmit(
    referral_id: UUID, person: ColleagueFor, ask: Ask, here: Here, request: Request
) -> Moved:
    """Let a colleague back in that was kept out."""
    colleague = await about(request, referral_id, here, ask.by, person)
    return await ask.move(referral_id, ReadmitStaff(**colleague, reason=person.reason))


@router.post(
    "/broken-glass",
    status_code=201,
    responses=problems(
        not_safe.AlreadyOnTheCase,
        not_safe.GlassNotForOffice,
        not_safe.GlassTooLong,
        no.NotPossibleNow,
        *CHANGES,
    ),
)
async def break_glass(referral_id: UUID, why: Emergency, ask: Ask, here: Here) -> Moved:
    """See what your unit has in an emergency, though you are not on the case; it is reviewed."""
    command = BreakGlass(
        unit=ask.by.unit,
        at=here.clock.now(),
        office=ask.by.acting.office,
        reason=why.reason,
        hours=why.hours,
    )
    return await ask.move(referral_id, command)


@router.post(
    "/broken-glass/{glass}/review",
    status_code=201,
    responses=problems(
        not_safe.UnknownGlass, not_safe.AlreadyReviewed, not_safe.NotYourReview, *CHANGES
    ),
)
async def review_glass(
    referral_id: UUID,
    glass: UUID,
    judging: Annotated[ReviewGlass, said(ReviewGlass, without=frozenset({"glass"}))],
    ask: Overseen,
) -> Moved:
    """Judge whether it was right: as data protection officer, or as who leads the unit."""
    return await ask.move(referral_id, judging.model_copy(update={"glass": glass}))


@router.post(
    "/tries/{noticed}/seen",
    status_code=201,
    responses=problems(
        not_safe.UnknownTry, not_safe.AlreadyDone, not_safe.NotYoursToSeeTo, *CHANGES
    ),
)
async def see_to_try(
    referral_id: UUID,
    noticed: UUID,
    seeing: Annotated[SeeToTry, said(SeeToTry, without=frozenset({"noticed"}))],
    ask: Overseen,
) -> Moved:
    """Say that one has seen to a try that was noticed; who has the case may do so as well."""
    return await ask.move(referral_id, seeing.model_copy(update={"noticed": noticed}))
