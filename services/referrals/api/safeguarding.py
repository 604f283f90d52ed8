"""What may not be forgotten or slip out: protected addresses, leaving § 115, and tasks."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter

from services.referrals.api.drafting import CHANGES
from services.referrals.domain.referral import refusals as no
from services.referrals.domain.safeguards import refusals as not_safe
from services.referrals.domain.safeguards.commands import (
    ApproveLeaving,
    AskLeaving,
    EndProtection,
    FinishTask,
    ProtectAddress,
    RefuseLeaving,
    SetTask,
)
from services.referrals.wiring import Ask, Moved
from shared.access.saying import said
from shared.api.problems import problems

router = APIRouter(prefix="/referrals/{referral_id}", tags=["safeguarding"])
KEPT = (no.NotPossibleNow, *CHANGES)
ANSWER = (
    not_safe.NotAnApprover,
    not_safe.NotASecondPerson,
    not_safe.UnknownLeaving,
    not_safe.AlreadyAnswered,
)
AIMED_AT_LEAVING, AIMED_AT_TASK = frozenset({"leaving"}), frozenset({"task"})


@router.put(
    "/address-protection",
    responses=problems(not_safe.ThreatNotByPolice, not_safe.ProtectedInFuture, *KEPT),
)
async def protect_address(
    referral_id: UUID, kind: Annotated[ProtectAddress, said(ProtectAddress)], ask: Ask
) -> Moved:
    """Note that the person's address is protected, or is so for longer."""
    return await ask.move(referral_id, kind)


@router.post(
    "/address-protection/end",
    status_code=201,
    responses=problems(not_safe.NotProtected, not_safe.ThreatNotByPolice, *KEPT),
)
async def end_protection(
    referral_id: UUID, reason: Annotated[EndProtection, said(EndProtection)], ask: Ask
) -> Moved:
    """Note that the person's address is protected no longer."""
    return await ask.move(referral_id, reason)


@router.post(
    "/leavings",
    status_code=201,
    responses=problems(not_safe.NotUnderSection115, not_safe.NoBasisToLeave, *KEPT),
)
async def ask_leaving(
    referral_id: UUID, leaving: Annotated[AskLeaving, said(AskLeaving)], ask: Ask
) -> Moved:
    """Ask that information leave § 115; a second person approves, where life is at stake after."""
    return await ask.move(referral_id, leaving)


@router.post("/leavings/{leaving}/approval", status_code=201, responses=problems(*ANSWER, *KEPT))
async def approve_leaving(
    referral_id: UUID,
    leaving: UUID,
    yes: Annotated[ApproveLeaving, said(ApproveLeaving, without=AIMED_AT_LEAVING)],
    ask: Ask,
) -> Moved:
    """Approve, as a second person, that it leaves § 115."""
    return await ask.move(referral_id, yes.model_copy(update={"leaving": leaving}))


@router.post("/leavings/{leaving}/refusal", status_code=201, responses=problems(*ANSWER, *KEPT))
async def refuse_leaving(
    referral_id: UUID,
    leaving: UUID,
    reason: Annotated[RefuseLeaving, said(RefuseLeaving, without=AIMED_AT_LEAVING)],
    ask: Ask,
) -> Moved:
    """Do not approve, as a second person, that it leaves § 115."""
    return await ask.move(referral_id, reason.model_copy(update={"leaving": leaving}))


@router.post(
    "/tasks",
    status_code=201,
    responses=problems(not_safe.UnknownOffice, not_safe.DueInPast, *KEPT),
)
async def set_task(referral_id: UUID, task: Annotated[SetTask, said(SetTask)], ask: Ask) -> Moved:
    """Give an office of your unit something to do by a moment."""
    return await ask.move(referral_id, task)


@router.post(
    "/tasks/{task}/done",
    status_code=201,
    responses=problems(not_safe.UnknownTask, not_safe.AlreadyDone, *KEPT),
)
async def finish_task(
    referral_id: UUID,
    task: UUID,
    done: Annotated[FinishTask, said(FinishTask, without=AIMED_AT_TASK)],
    ask: Ask,
) -> Moved:
    """Say that a task is done."""
    return await ask.move(referral_id, done.model_copy(update={"task": task}))
