"""Why somebody sees what they see of a referral: for who looks after data protection."""

from typing import cast
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel

from services.referrals.api.colleagues import Colleague
from services.referrals.api.following import READS, caught_up
from services.referrals.api.showing import is_bare, marked
from services.referrals.api.shown import PolicyShown, policy_of
from services.referrals.domain.referral.refusals import NotForYourOffice
from services.referrals.projections.one import line_of
from services.referrals.seeing import Look, Looking
from services.referrals.sight import CATEGORIES, Asker, Sight, sight
from services.referrals.wiring import Here
from shared.access.caller import Caller, KnowsWho, callers_of, offices_now
from shared.access.marking import Marking
from shared.api.identity import actor_id
from shared.api.labels import Administrative
from shared.api.problems import problems
from shared.kernel.refusals import DoesNotExist
from shared.reads.reading import Kind, Object

router = APIRouter(tags=["overseeing"], dependencies=[Depends(caught_up)])
UNSEEN = ("sagen findes ikke for personen i dette hverv", "the case does not exist in this office")
ENVELOPE = ("ser kun, at sagen er der", "sees only that the case is there")
CONTENT = ("ser sagen", "sees the case")
TAKEN_OVER = ("ser kun, at sagen er overdraget", "sees only that the case was handed over")


class WhyInOffice(BaseModel):
    """What a person sees in one office, and the policies that show or hide it.

    Of the kinds of data in ``own`` they see only what their own authority wrote.
    """

    unit: Administrative[str]
    office: Administrative[str]
    purpose: Administrative[str]
    da: Administrative[str]
    en: Administrative[str]
    categories: Administrative[list[str]]
    own: Administrative[list[str]]
    policies: Administrative[list[PolicyShown]]


class Why(BaseModel):
    """What somebody of your own authority sees of a referral, office by office."""

    referral: Administrative[UUID]
    offices: Administrative[list[WhyInOffice]]
    marking: Administrative[Marking | None] = None


ABOUT_PERSON = tuple(WhyInOffice.model_fields)


@router.post(
    "/referrals/{referral_id}/sight",
    responses=problems(DoesNotExist, NotForYourOffice, *READS),
)
async def why(referral_id: UUID, of: Colleague, look: Look, here: Here, request: Request) -> Why:
    """See in which offices a person of your authority sees what of a referral, and why.

    Of somebody who holds no office with you nothing is said, whether there is such a person or not.
    Nothing is changed; the person is named in the body, as addresses are written into logs. The log
    of reads has the person's code beside the referral.
    """
    found = await look.doing("explain", referral_id)
    person = actor_id(here.actor_key, look.by.identity.issuer, of.subject)
    held = await offices_now(request, person)
    told = [
        await _in_office(here, found, each)
        for each in callers_of(cast("KnowsWho", here), look.by.identity, person, held)
        if each.authority == look.by.authority
    ]
    fields, beside = [tuple(Why.model_fields)], [Object(f"actor:{person}", ABOUT_PERSON)]
    await look.note_shown(Kind.SHOW, [found], fields, purpose=found.sight.purpose, beside=beside)
    marking = marked(found.rules, found.line)
    return Why(referral=referral_id, offices=[each for each in told if each], marking=marking)


async def _in_office(here: Here, found: Looking, who: Caller) -> WhyInOffice | None:
    purposes = found.rules.purposes.choosable_by(who.acts_as)
    if not purposes:
        return None
    whole = who.authority if who.oversees else None
    async with here.views.reading() as (connection, generation):
        line = await line_of(connection, generation, found.referral, who.unit, whole)
    codes = here.codes_of(who.actor, found.referral)
    asker = Asker(who, codes, purposes[0].id, here.clock.now(), found.rules)
    seen = sight(line, asker)
    bare = line is not None and is_bare(line)
    da, en = TAKEN_OVER if seen and bare else _in_words(seen)
    shown = [c for c in CATEGORIES if seen and not bare and seen.may(c)]
    own = [c for c in CATEGORIES if seen and not bare and seen.may(c, own=True) and c not in shown]
    policies = () if seen is None or bare else seen.policies
    return WhyInOffice(
        unit=who.unit,
        office=who.office,
        purpose=asker.purpose,
        da=da,
        en=en,
        categories=list(shown),
        own=list(own),
        policies=[policy_of(found.rules, name) for name in policies],
    )


def _in_words(seen: Sight | None) -> tuple[str, str]:
    if seen is None:
        return UNSEEN
    return CONTENT if seen.on_the_case and len(seen.allowed) > 1 else ENVELOPE
