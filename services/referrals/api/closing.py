"""How what is shared ends before the referral does: a consent taken back, a party that leaves."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from services.referrals.api.drafting import CHANGES
from services.referrals.domain.referral import refusals as no
from services.referrals.domain.sharing import refusals as not_shared
from services.referrals.domain.sharing.commands import LeaveReferral, WithdrawConsent
from services.referrals.wiring import Ask, Moved
from shared.access.saying import said
from shared.api.problems import problems

router = APIRouter(prefix="/referrals/{referral_id}", tags=["closing"])


@router.post(
    "/consents/{consent}/withdrawal",
    status_code=201,
    responses=problems(
        no.NotTheSender,
        no.NotPossibleNow,
        not_shared.NoConsent,
        not_shared.UnknownConsent,
        not_shared.ConsentGone,
        not_shared.WithdrawnInFuture,
        *CHANGES,
    ),
)
async def take_consent_back(
    referral_id: UUID,
    consent: UUID,
    withdrawing: Annotated[WithdrawConsent, said(WithdrawConsent, without=frozenset({"consent"}))],
    ask: Ask,
) -> Moved:
    """Note that the person has taken a consent back; ``consent`` is the id of when it was noted.

    Whose taking part rested on it, takes part no longer.
    """
    aimed = withdrawing.model_copy(update={"consent": consent})
    return await ask.move(referral_id, aimed)


@router.post(
    "/leaving",
    status_code=201,
    responses=problems(not_shared.NotLetIn, no.NotPossibleNow, *CHANGES),
)
async def leave(
    referral_id: UUID, reason: Annotated[LeaveReferral, said(LeaveReferral)], ask: Ask
) -> Moved:
    """Take part no longer, as a unit that was let in. What others wrote is gone for you then."""
    return await ask.move(referral_id, reason)
