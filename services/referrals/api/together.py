"""What parties do together: let others in, make the checks demanded first, talk, keep numbers."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from services.referrals.api.answering import HOLDER
from services.referrals.api.drafting import CHANGES
from services.referrals.domain.referral import refusals as no
from services.referrals.domain.referral.commands import (
    LetIn,
    RecordGate,
    SetCaseNumber,
    WriteMessage,
)
from services.referrals.domain.sharing.refusals import TookPart
from services.referrals.wiring import Ask, Moved
from shared.access.saying import said
from shared.api.problems import problems

router = APIRouter(prefix="/referrals/{referral_id}", tags=["together"])


@router.post(
    "/parties",
    status_code=201,
    responses=problems(
        *HOLDER,
        no.UnknownUnit,
        no.AlreadyAParty,
        TookPart,
        no.MayNotBeLetIn,
        no.NotFromTheStart,
        no.GateNotPassed,
        no.ConsentMissing,
    ),
)
async def let_in(referral_id: UUID, further: Annotated[LetIn, said(LetIn)], ask: Ask) -> Moved:
    """Make a further unit a party, with a legal basis and a reason of its own."""
    return await ask.move(referral_id, further)


@router.post(
    "/gates", status_code=201, responses=problems(*HOLDER, no.UnknownGate, no.NotYourCheck)
)
async def record_gate(
    referral_id: UUID, check: Annotated[RecordGate, said(RecordGate)], ask: Ask
) -> Moved:
    """Record a check that the programme demands before a move, with its result."""
    return await ask.move(referral_id, check)


@router.post("/messages", status_code=201, responses=problems(no.NotPossibleNow, *CHANGES))
async def write(
    referral_id: UUID, message: Annotated[WriteMessage, said(WriteMessage)], ask: Ask
) -> Moved:
    """Write to the other parties."""
    return await ask.move(referral_id, message)


@router.put("/case-number", responses=problems(no.NotPossibleNow, *CHANGES))
async def set_case_number(
    referral_id: UUID, number: Annotated[SetCaseNumber, said(SetCaseNumber)], ask: Ask
) -> Moved:
    """Note your own case number; whatever others do meanwhile is no conflict."""
    return await ask.move(referral_id, number)
