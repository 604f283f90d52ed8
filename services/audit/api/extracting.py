"""An extract of who saw a person's cases, for that person: staff unnamed unless somebody says else.

The audit does not know which cases are of one person. Who answers them does, and says which.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import BaseModel

from services.audit.api.controlling import ALWAYS, Turned
from services.audit.api.entries import noted
from services.audit.asking import OfCases, Told, told
from services.audit.overseeing import NotAnAuditor, demand_control
from services.audit.wiring import Here, Known
from shared.access.marking import Marking
from shared.access.noting import Notes
from shared.api.labels import Administrative
from shared.api.problems import problems
from shared.reads.reading import Kind, Outcome
from shared.reads.sealing import ReadsKey

MOST_CASES = 50
MASKED = {"staff", "reason"}
"""The fields that say or may say who of the staff it was."""
_SHORT = 8
Referrals = Annotated[set[UUID], Query(alias="referral", min_length=1, max_length=MOST_CASES)]
router = APIRouter(tags=["reads"])


class Line(BaseModel):
    """One time that one of the cases was shown to somebody.

    ``staff`` is the login's name for the person; masked, a code that is theirs in extracts of these
    very cases. ``reason`` is left out where staff is masked: it may name people.
    """

    record: Administrative[UUID]
    referral: Administrative[UUID]
    at: Administrative[datetime]
    kind: Administrative[Kind]
    unit: Administrative[str]
    office: Administrative[str]
    staff: Administrative[str]
    purpose: Administrative[str | None]
    basis: Administrative[str | None]
    reason: Administrative[str | None]
    fields: Administrative[list[str]]


class Extract(BaseModel):
    """Who of one authority was shown a person's cases, newest first, a page at a time.

    Its marking is on every one, as the audit does not know which case rests on § 115.
    """

    marking: Administrative[Marking]
    referrals: Administrative[list[UUID]]
    authority: Administrative[str]
    made_at: Administrative[datetime]
    masked: Administrative[bool]
    items: Administrative[list[Line]]
    next: Administrative[str | None]


@router.get("/reads/extract", responses=problems(NotAnAuditor, *ALWAYS))
async def extract(
    referrals: Referrals, by: Known, here: Here, notes: Notes, turned: Turned, *, mask: bool = True
) -> Extract:
    """Get an extract of who was shown a person's referrals by your own authority.

    Say each referral that is about them, and none about anybody else; one said twice counts once.
    Whoever was shown several at once has a line for each. Names of employees are normally not part
    of an answer about insight (Datatilsynet, 2024-32-0283), so they are masked unless you say
    otherwise; tries that were denied are left out, for nothing was shown.
    """
    cases = tuple(f"referral:{each}" for each in sorted(referrals))
    why = await demand_control(notes, Kind.EXPORT, cases, insight=True)
    leaf = await told(here, by, OfCases(cases=cases), turned, f"reads/extract/{mask}")
    shown = [each for each in leaf.told if _was_shown(each)]
    fields = sorted(Line.model_fields.keys() - MASKED if mask else Line.model_fields)
    await noted(notes, shown, fields, why, of=cases)
    key = here.made.key
    return Extract(
        marking=Marking(),
        referrals=sorted(referrals),
        authority=by.authority,
        made_at=here.clock.now(),
        masked=mask,
        items=[_line(each, _staff(key, each, cases) if mask else None) for each in shown],
        next=leaf.next,
    )


def _was_shown(told: Told) -> bool:
    """Say whether the case itself was shown, and not what others had read of it."""
    return told.reading.outcome is Outcome.SHOWN and told.reading.kind is not Kind.READS


def _staff(key: ReadsKey, told: Told, cases: Sequence[str]) -> str:
    """Give the code of a person in extracts of exactly these cases."""
    return key.code("staff", *cases, told.reading.who.actor)[:_SHORT]


def _line(told: Told, masked_as: str | None) -> Line:
    reading, case = told.reading, told.about
    found = [seen for seen in reading.objects if case in seen.ids]
    fields = [name for seen in found for name in seen.fields]
    return Line(
        record=told.record,
        referral=UUID(case.removeprefix("referral:")),
        at=reading.at,
        kind=reading.kind,
        unit=reading.who.unit,
        office=reading.who.office,
        staff=masked_as or reading.who.subject,
        purpose=next((seen.purpose for seen in found if seen.purpose), reading.purpose),
        basis=next((seen.basis for seen in found if seen.basis), reading.basis),
        reason=None if masked_as else reading.reason,
        fields=list(dict.fromkeys(fields)),
    )
