"""What the sender does with a referral."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from services.referrals.api.drafting import CHANGES
from services.referrals.domain.referral import refusals as no
from services.referrals.domain.referral.commands import (
    EnterInError,
    RecordCall,
    RecordDispatch,
    RecordReceipt,
    ResendReferral,
    SendReferral,
    WithdrawReferral,
)
from services.referrals.wiring import Ask, Moved
from shared.access.saying import said
from shared.api.problems import problems

router = APIRouter(prefix="/referrals/{referral_id}", tags=["sending"])
SENDER = (no.NotTheSender, no.NotPossibleNow, *CHANGES)
UNFIT = (
    no.UnknownUnit,
    no.TwoReceivers,
    no.NoSuchRoute,
    no.BasisNotOfRoute,
    no.PurposeNotOfRoute,
    no.ConsentMissing,
    no.BasisReasonMissing,
    no.IntakeIncomplete,
    no.AgeNotTaken,
    no.AgeUndecided,
    no.CoverageUnknown,
    no.NotCovered,
)


@router.post("/sending", responses=problems(*SENDER, *UNFIT))
async def send(
    referral_id: UUID, sending: Annotated[SendReferral, said(SendReferral)], ask: Ask
) -> Moved:
    """Send the draft, with its legal basis, the purpose, and why it is necessary.

    ``addressee`` is a unit or a forum, whose intake gets it; ``outside`` the name of a receiver
    that the district's directory does not hold.
    """
    return await ask.move(referral_id, sending)


@router.post("/resending", responses=problems(*SENDER))
async def send_again(
    referral_id: UUID, answer: Annotated[ResendReferral, said(ResendReferral)], ask: Ask
) -> Moved:
    """Answer what the addressee asked, and send it again."""
    return await ask.move(referral_id, answer)


@router.post("/withdrawal", responses=problems(*SENDER))
async def withdraw(
    referral_id: UUID, reason: Annotated[WithdrawReferral, said(WithdrawReferral)], ask: Ask
) -> Moved:
    """Take it back, also after it was accepted."""
    return await ask.move(referral_id, reason)


@router.post("/error", responses=problems(*SENDER))
async def enter_in_error(
    referral_id: UUID, reason: Annotated[EnterInError, said(EnterInError)], ask: Ask
) -> Moved:
    """Mark it as one that should never have been made: it leaves the lists, the log keeps it."""
    return await ask.move(referral_id, reason)


@router.post("/calls", status_code=201, responses=problems(*SENDER, no.NotTheAddressee))
async def record_call(
    referral_id: UUID, call: Annotated[RecordCall, said(RecordCall)], ask: Ask
) -> Moved:
    """Note who was called, and when, because it could not wait."""
    return await ask.move(referral_id, call)


@router.post("/dispatches", status_code=201, responses=problems(*SENDER, no.ReceiverHasAccount))
async def record_dispatch(
    referral_id: UUID, dispatch: Annotated[RecordDispatch, said(RecordDispatch)], ask: Ask
) -> Moved:
    """Note how and when it went to a receiver without an account."""
    return await ask.move(referral_id, dispatch)


@router.post("/receipts", status_code=201, responses=problems(*SENDER, no.ReceiverHasAccount))
async def record_receipt(
    referral_id: UUID, receipt: Annotated[RecordReceipt, said(RecordReceipt)], ask: Ask
) -> Moved:
    """Note the receipt that came from a receiver without an account."""
    return await ask.move(referral_id, receipt)
