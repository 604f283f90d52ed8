"""Writing a referral before anybody else sees it."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends

from services.referrals.domain.referral.commands import DraftReferral, EditDraft, RecordConsent
from services.referrals.domain.referral.refusals import (
    ConsentFormNotTaken,
    ConsentInFuture,
    IntakeIncomplete,
    NotForYourOffice,
    NotPossibleNow,
    NotTheSender,
    UnknownAuthority,
    UnknownPerson,
    UnknownProgramme,
)
from services.referrals.domain.safeguards.refusals import NotOnTheCase
from services.referrals.domain.sharing.refusals import SharingEnded
from services.referrals.wiring import Ask, Moved
from shared.access.caller import NoOffice, OfficeMissing, UnitMissing
from shared.access.rulebooks import NoRulebook
from shared.access.saying import LooksOnly, NamesNobody, said
from shared.api.edge import PreconditionMissing
from shared.api.preconditions import Seen, seen
from shared.api.problems import problems
from shared.eventstore.handling import StreamFull
from shared.kernel.refusals import OutOfDate

router = APIRouter(tags=["drafting"])
ALWAYS = (NoOffice, UnitMissing, OfficeMissing, NoRulebook)
"""What whoever asks may be told, whatever they ask for."""
CHANGES = (
    *ALWAYS,
    LooksOnly,
    NamesNobody,
    NotForYourOffice,
    NotOnTheCase,
    SharingEnded,
    OutOfDate,
    PreconditionMissing,
    StreamFull,
)
"""The same for every change: each takes an ``If-Match``, though only an edit demands one."""


@router.post(
    "/referrals",
    status_code=201,
    responses=problems(UnknownProgramme, UnknownPerson, IntakeIncomplete, *CHANGES),
)
async def begin(draft: Annotated[DraftReferral, said(DraftReferral)], ask: Ask) -> Moved:
    """Begin a referral; only your own unit sees it until it is sent.

    ``known_as`` is the subject id by which your authority already knows the person.
    """
    return await ask.begin(draft)


@router.put(
    "/referrals/{referral_id}/draft",
    responses=problems(NotTheSender, NotPossibleNow, IntakeIncomplete, *CHANGES),
)
async def edit(
    referral_id: UUID,
    draft: Annotated[EditDraft, said(EditDraft)],
    ask: Ask,
    _version: Annotated[Seen, Depends(seen)],
) -> Moved:
    """Write the draft anew. ``If-Match`` names the version that you saw."""
    return await ask.move(referral_id, draft)


@router.post(
    "/referrals/{referral_id}/consents",
    status_code=201,
    responses=problems(
        NotTheSender,
        NotPossibleNow,
        ConsentFormNotTaken,
        ConsentInFuture,
        UnknownAuthority,
        *CHANGES,
    ),
)
async def record_consent(
    referral_id: UUID, consent: Annotated[RecordConsent, said(RecordConsent)], ask: Ask
) -> Moved:
    """Note what the person has consented to, towards which authorities, how and when."""
    return await ask.move(referral_id, consent)
