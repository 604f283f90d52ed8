"""Seeing a protected address: for a reason, noted, and not for everybody."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, ConfigDict, JsonValue, StringConstraints

from services.referrals.api.following import READS, caught_up
from services.referrals.api.showing import kind_of, marked, may_answer, opened, policies_shown
from services.referrals.api.shown import Banner, Erasure, PolicyShown, banner_of
from services.referrals.domain.referral.form import in_clear
from services.referrals.domain.referral.refusals import NotForYourOffice
from services.referrals.seeing import Look, Looking
from services.referrals.wiring import Here
from shared.access.marking import Marking
from shared.api.labels import Administrative, Contact
from shared.api.problems import problems
from shared.kernel.refusals import DoesNotExist, NotAllowed
from shared.reads.reading import Kind

router = APIRouter(prefix="/referrals/{referral_id}", dependencies=[Depends(caught_up)])
THREAT = "threat"


class AddressNotForYou(NotAllowed):
    """This address is not shown to you. (da: Adressen vises ikke for dig.)"""


class Reason(BaseModel):
    """Why the address is needed: it is noted with your name."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reason: Annotated[str, StringConstraints(strip_whitespace=True, min_length=3, max_length=2_000)]


class Revealed(BaseModel):
    """The address in clear, by the names of the questions that it answers."""

    referral: Administrative[UUID]
    contact: Contact[dict[str, JsonValue | Erasure]]
    policies: Administrative[list[PolicyShown]]
    banner: Administrative[Banner | None] = None
    marking: Administrative[Marking | None] = None


@router.post(
    "/address",
    tags=["guarding"],
    responses=problems(DoesNotExist, NotForYourOffice, AddressNotForYou, *READS),
)
async def reveal(referral_id: UUID, why: Reason, look: Look, here: Here) -> Revealed:
    """See an address that is protected, for a reason that is noted with who you are.

    Never for who acts for the counterpart; after a threat that the police have notified only for
    the offices that the programme names.
    """
    found = await look.doing("reveal", referral_id)
    if not may_see(found):
        await look.note_denied(Kind.REVEAL, referral_id, found.sight.purpose, why.reason)
        raise AddressNotForYou
    named = {
        name: token
        for name, token in found.line.intake.items()
        if kind_of(found, name) == "contact" and may_answer(found, name)
    }
    clear = await opened(here, look.by, list(named.values()))
    contact = in_clear({name: clear[token] for name, token in named.items()})
    fields = [f"intake.{name}" for name in contact]
    await look.note_shown(
        Kind.REVEAL, [found], [fields], purpose=found.sight.purpose, reason=why.reason
    )
    return Revealed(
        referral=referral_id,
        contact=contact,
        policies=policies_shown(found.rules, [found]),
        banner=banner_of(found.sight.glass),
        marking=marked(found.rules, found.line),
    )


def may_see(found: Looking) -> bool:
    """Whether this address may be shown to who asks, whatever the office's own rights are."""
    line = found.line
    if line.counterpart or not (found.sight.on_the_case or found.sight.glass):
        return False
    if line.protection is None or line.protection.kind != THREAT:
        return True
    programme = found.rules.programmes[line.programme]
    return found.by.acts_as in programme.protection.named_offices
