"""What the addressee does with a referral."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Request

from services.referrals.api.colleagues import Colleague, NotAColleague, about
from services.referrals.api.drafting import CHANGES
from services.referrals.domain.referral import refusals as no
from services.referrals.domain.referral.commands import (
    AcceptReferral,
    AssignReferral,
    ClaimReferral,
    CloseReferral,
    DeclineReferral,
    ReceiveReferral,
    ReopenReferral,
    ReturnReferral,
)
from services.referrals.domain.safeguards.refusals import IsExcluded
from services.referrals.wiring import Ask, Here, Moved
from shared.access.saying import said
from shared.api.problems import problems

router = APIRouter(prefix="/referrals/{referral_id}", tags=["answering"])
HOLDER = (no.NotTheAddressee, no.NotPossibleNow, *CHANGES)
PARTNERS = (no.NotTheSender, no.NotPossibleNow, *CHANGES)
"""Of what sender and holder both may do, others are told that they are not the sender."""


@router.post("/reception", responses=problems(*HOLDER))
async def receive(
    referral_id: UUID, seen: Annotated[ReceiveReferral, said(ReceiveReferral)], ask: Ask
) -> Moved:
    """Say that a person has seen it. The machine has said before that it was delivered."""
    return await ask.move(referral_id, seen)


@router.post("/claim", responses=problems(*HOLDER, no.AlreadyTaken))
async def claim(
    referral_id: UUID, taking: Annotated[ClaimReferral, said(ClaimReferral)], ask: Ask
) -> Moved:
    """Take it from the unit's inbox yourself; of two who try, one gets it."""
    return await ask.move(referral_id, taking)


@router.post("/assignment", responses=problems(*HOLDER, NotAColleague, IsExcluded))
async def assign(referral_id: UUID, to: Colleague, ask: Ask, here: Here, request: Request) -> Moved:
    """Give it to a colleague who holds an office in the unit."""
    colleague = await about(request, referral_id, here, ask.by, to)
    return await ask.move(referral_id, AssignReferral(**colleague))


@router.put("/acceptance", responses=problems(*HOLDER, no.GateNotPassed))
async def accept(
    referral_id: UUID, yes: Annotated[AcceptReferral, said(AcceptReferral)], ask: Ask
) -> Moved:
    """Take the concern on, on behalf of your unit."""
    return await ask.move(referral_id, yes)


@router.post("/decline", responses=problems(*HOLDER, no.UnknownDeclineReason))
async def decline(
    referral_id: UUID, reason: Annotated[DeclineReferral, said(DeclineReferral)], ask: Ask
) -> Moved:
    """Do not take it on, for a reason of the programme's list."""
    return await ask.move(referral_id, reason)


@router.post("/return", responses=problems(*HOLDER))
async def send_back(
    referral_id: UUID, question: Annotated[ReturnReferral, said(ReturnReferral)], ask: Ask
) -> Moved:
    """Ask the sender for more before answering."""
    return await ask.move(referral_id, question)


@router.post("/closing", responses=problems(*PARTNERS, no.UnknownOutcome))
async def close(
    referral_id: UUID, outcome: Annotated[CloseReferral, said(CloseReferral)], ask: Ask
) -> Moved:
    """End it with an outcome that the sender gets to see."""
    return await ask.move(referral_id, outcome)


@router.post("/reopening", responses=problems(*PARTNERS))
async def reopen(
    referral_id: UUID, reason: Annotated[ReopenReferral, said(ReopenReferral)], ask: Ask
) -> Moved:
    """Take it up again; the addressee is asked anew."""
    return await ask.move(referral_id, reason)
