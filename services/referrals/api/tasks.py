"""The work list of an office: broken glass to be reviewed comes first, then what is due soonest."""

from collections.abc import Iterator
from datetime import datetime
from typing import Literal, NamedTuple
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, JsonValue

from services.referrals.api.following import LISTS, caught_up
from services.referrals.api.showing import Clear, opened
from services.referrals.api.shown import Erasure
from services.referrals.domain.categories import category_said
from services.referrals.domain.safeguards.events import TaskSet
from services.referrals.projections.lists import waiting
from services.referrals.seeing import Look, Looking, Seeing
from services.referrals.sight import LEADER
from services.referrals.wiring import Here
from shared.access.marking import Marking, marking_of
from shared.api.labels import Administrative, ByPart
from shared.api.problems import problems
from shared.kernel.personal import Personal
from shared.reads.reading import Kind

router = APIRouter(tags=["tasks"], dependencies=[Depends(caught_up)])
Waits = Literal["glass_review", "leaving_approval", "try_noticed", "task"]
DPO = "dpo"
SET = TaskSet.model_fields["type"].default
FIRST: tuple[Waits, ...] = ("glass_review", "try_noticed", "leaving_approval", "task")


class TaskShown(BaseModel):
    """Something that your office has to do: on which referral, by when, and since when."""

    referral: Administrative[UUID]
    id: Administrative[UUID]
    kind: Administrative[Waits]
    office: Administrative[str | None]
    since: Administrative[datetime]
    due: Administrative[datetime | None]
    overdue: Administrative[bool]
    what: ByPart[JsonValue | Erasure] = None
    marking: Administrative[Marking | None] = None


class Tasks(BaseModel):
    """The work list: glass to be reviewed first, then by when it is due."""

    items: Administrative[list[TaskShown]]


class Item(NamedTuple):
    """Something that waits on one referral, before it is opened and shown."""

    look: Looking
    kind: Waits
    id: str
    since: datetime
    due: datetime | None = None
    office: str | None = None
    what: Personal[JsonValue] | None = None

    @property
    def order(self) -> tuple[int, datetime]:
        """What comes before what: broken glass first, then what is due soonest."""
        return FIRST.index(self.kind), self.due or self.since


@router.get("/tasks", responses=problems(*LISTS))
async def tasks(look: Look, here: Here) -> Tasks:
    """See what waits for your office: in your unit, or to who oversees, in the authority."""
    whole = look.by.authority if look.by.oversees else None
    async with here.views.reading() as (connection, generation):
        rows = await waiting(connection, generation, look.by.unit, whole)
    looks = [found for row in rows if (found := look.look(UUID(row.referral), row.line))]
    items = sorted((i for found in looks for i in _items(look, found)), key=lambda i: i.order)
    clear = await opened(here, look.by, [item.what for item in items if item.what])
    answer = Tasks(items=[_shown(item, clear, here.clock.now()) for item in items])
    shown = list({item.look.referral: item.look for item in items}.values())
    await look.note_shown(Kind.LIST, shown, [FIELDS] * len(shown), purpose=look.standing())
    return answer


FIELDS = tuple(TaskShown.model_fields)


def _items(look: Seeing, found: Looking) -> Iterator[Item]:
    """Give what on one referral is for the office that asks."""
    yield from _to_review(look, found)
    yield from _to_approve(look, found)
    for task in found.line.tasks:
        if task.office == look.by.acts_as:
            what = task.what if found.sight.may(category_said(SET, "what"), own=True) else None
            yield Item(found, "task", task.id, task.at, task.due, task.office, what)


def _to_review(look: Seeing, found: Looking) -> Iterator[Item]:
    """Give broken glass and tries: for who has the case, leads the unit, or oversees data."""
    by, line = look.by, found.line
    has_it = line.owner in look.here.codes_of(by.actor, found.referral)
    if not has_it and by.acts_as not in {LEADER, DPO}:
        return
    for glass in line.glasses:
        if not glass.reviewed:
            yield Item(found, "glass_review", glass.id, glass.at)
    for tried in line.tries:
        yield Item(found, "try_noticed", tried.id, tried.at)


def _to_approve(look: Seeing, found: Looking) -> Iterator[Item]:
    programme = found.rules.programmes.get(found.line.programme)
    leaving = programme.leaving if programme else None
    if leaving is None or look.by.acts_as not in leaving.approver_offices:
        return
    for each in found.line.leavings:
        if each.judged is None:
            yield Item(found, "leaving_approval", each.id, each.at, each.approval_due)


def _shown(item: Item, clear: Clear, now: datetime) -> TaskShown:
    line = item.look.line
    return TaskShown(
        referral=item.look.referral,
        id=UUID(item.id),
        kind=item.kind,
        office=item.office,
        since=item.since,
        due=item.due,
        overdue=item.due is not None and item.due < now,
        what=clear[item.what] if item.what else None,
        marking=marking_of(item.look.rules, line.programme, line.basis),
    )
