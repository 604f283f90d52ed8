"""An extract of who saw a case, for whom it is about: staff unnamed unless somebody says else."""

from datetime import datetime
from uuid import UUID

from fastapi import APIRouter
from pydantic import BaseModel

from services.audit.api.controlling import ALWAYS, Turned
from services.audit.api.entries import noted
from services.audit.asking import Narrowed, Told, told
from services.audit.overseeing import NotAnAuditor, control
from services.audit.wiring import Here, Known
from shared.access.marking import Marking
from shared.access.noting import Notes
from shared.api.labels import Administrative
from shared.api.problems import problems
from shared.reads.reading import Kind, Outcome
from shared.reads.sealing import ReadsKey

MASKED = {"staff", "reason"}
"""The fields that say or may say who of the staff it was."""
_SHORT = 8
router = APIRouter(tags=["reads"])


class Line(BaseModel):
    """One time that the case was shown to somebody.

    ``staff`` is the login's name for the person; masked, a code that is theirs in this case alone.
    ``reason`` is left out where staff is masked: it may name people.
    """

    record: Administrative[UUID]
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
    """Who of one authority was shown a case, newest first, a page at a time."""

    marking: Administrative[Marking]
    referral: Administrative[UUID]
    authority: Administrative[str]
    made_at: Administrative[datetime]
    masked: Administrative[bool]
    items: Administrative[list[Line]]
    next: Administrative[str | None]


@router.get("/reads/extract", responses=problems(NotAnAuditor, *ALWAYS))
async def extract(
    referral: UUID, by: Known, here: Here, notes: Notes, turned: Turned, *, mask: bool = True
) -> Extract:
    """Get an extract of who was shown a referral by your own authority.

    Names of employees are normally not part of an answer about insight (Datatilsynet,
    2024-32-0283), so they are masked unless you say otherwise; tries that were denied are left out,
    for nothing was shown.
    """
    case = f"referral:{referral}"
    if not by.oversees:
        await notes.denied(Kind.EXPORT, case)
        raise NotAnAuditor
    leaf = await told(here, by, Narrowed(object=case), turned, f"reads/extract/{mask}")
    shown = [each for each in leaf.told if _was_shown(each)]
    fields = sorted(Line.model_fields.keys() - MASKED if mask else Line.model_fields)
    await noted(notes, shown, fields, control(by, insight=True), of=case)
    key = here.made.key
    return Extract(
        marking=Marking(),  # on every extract: the audit does not know which case is of that kind
        referral=referral,
        authority=by.authority,
        made_at=here.clock.now(),
        masked=mask,
        items=[_line(each, case, _staff(key, each, case) if mask else None) for each in shown],
        next=leaf.next,
    )


def _was_shown(told: Told) -> bool:
    """Say whether the case itself was shown, and not what others had read of it."""
    return told.reading.outcome is Outcome.SHOWN and told.reading.kind is not Kind.READS


def _staff(key: ReadsKey, told: Told, case: str) -> str:
    return key.code("staff", case, told.reading.who.actor)[:_SHORT]


def _line(told: Told, case: str, masked_as: str | None) -> Line:
    reading = told.reading
    fields = [name for seen in reading.objects if case in seen.ids for name in seen.fields]
    return Line(
        record=told.record,
        at=reading.at,
        kind=reading.kind,
        unit=reading.who.unit,
        office=reading.who.office,
        staff=masked_as or reading.who.subject,
        purpose=reading.purpose,
        basis=reading.basis,
        reason=None if masked_as else reading.reason,
        fields=list(dict.fromkeys(fields)),
    )
