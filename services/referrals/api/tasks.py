"""The work list of an office: what must not wait comes first, then what is due soonest."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, time
from typing import Final, Literal, NamedTuple
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, JsonValue

from services.referrals.api.following import LISTS, caught_up
from services.referrals.api.showing import (
    Clear,
    hears_alone,
    marked,
    opened,
    policies_shown,
    works_on,
)
from services.referrals.api.shown import Banner, Erasure, PolicyShown, banner_of
from services.referrals.domain.categories import category_said
from services.referrals.domain.safeguards.events import TaskSet
from services.referrals.projections.lists import GOES_ON, Awaited, place, waiting
from services.referrals.projections.soonest import lapse_of
from services.referrals.seeing import Look, Looking, Seeing
from services.referrals.wiring import Here
from shared.access.marking import Marking
from shared.api.labels import Administrative, ByPart
from shared.api.problems import problems
from shared.kernel.ids import derived
from shared.kernel.personal import Personal
from shared.reads.reading import Kind
from shared.rulebook.days import COPENHAGEN, LAST_MOMENT, civil_date

router = APIRouter(tags=["tasks"], dependencies=[Depends(caught_up)])
Waits = Literal["glass_review", "leaving_approval", "try_noticed", "protection_lapsed", "task"]
SET = TaskSet.model_fields["type"].default
MOST: Final = 500
"""Items of one answer: what is done gives room for the next."""


class TaskShown(BaseModel):
    """Something that your office has to do: on which referral, by when, and since when.

    ``protection_lapsed`` warns that the address is protected until the end of that day, or was.
    """

    referral: Administrative[UUID]
    id: Administrative[UUID]
    kind: Administrative[Waits]
    office: Administrative[str | None]
    since: Administrative[datetime]
    due: Administrative[datetime | None]
    overdue: Administrative[bool]
    what: ByPart[JsonValue | Erasure] = None
    banner: Administrative[Banner | None] = None
    marking: Administrative[Marking | None] = None


class Tasks(BaseModel):
    """The work list: glass to be reviewed, what leaves § 115, tries, then all by when it is due.

    ``more`` says that there is more than is shown: what is done gives room for it.
    """

    items: Administrative[list[TaskShown]]
    more: Administrative[bool]
    policies: Administrative[list[PolicyShown]]


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
    def place(self) -> str:
        """Where it stands on the list, as text that sorts."""
        return place(self.kind, self.due or self.since)


@router.get("/tasks", responses=problems(*LISTS))
async def tasks(look: Look, here: Here) -> Tasks:
    """See what waits for your office: in your unit, or to who oversees, in the authority."""
    found = await _found(look)
    items = found[:MOST]
    clear = await opened(here, look.by, [item.what for item in items if item.what])
    shown = [_shown(item, clear, here.clock.now()) for item in items]
    looks = {item.look.referral: item.look for item in items}
    names = _names(shown)
    noted = [names[referral] for referral in looks]
    await look.note_shown(Kind.LIST, [*looks.values()], noted, purpose=look.standing())
    policies = policies_shown(look.rules, [*looks.values()])
    return Tasks(items=shown, more=len(found) > MOST, policies=policies)


async def _found(look: Seeing) -> list[Item]:
    """Give what waits, first things first; where it is more than is shown, one more at least."""
    whole = look.by.authority if look.by.oversees else None
    today = datetime.combine(civil_date(look.here.clock.now()), LAST_MOMENT, COPENHAGEN)
    asked, found = Awaited(look.by.unit, whole, today), dict[str, Item]()
    while True:
        async with look.here.views.reading() as (connection, generation):
            rows = await waiting(connection, generation, asked)
        looks = (look.look(UUID(row.referral), row.line) for row in rows)
        found |= {item.id: item for each in looks if each for item in _items(look, each, today)}
        items = sorted(found.values(), key=lambda item: item.place)
        if len(rows) < asked.size:
            return items
        asked = replace(asked, after=rows[-1].key)
        settled = [item for item in items if item.place <= str(rows[-1].key[0])]
        if len(settled) > MOST:
            return settled


def _items(look: Seeing, found: Looking, today: datetime) -> Iterator[Item]:
    """Give what on one referral is for the office that asks."""
    yield from _to_review(look, found)
    yield from _to_approve(look, found)
    yield from _to_renew(found, today)
    for task in found.line.tasks:
        if task.office == look.by.acts_as:
            what = task.what if found.sight.may(category_said(SET, "what"), own=True) else None
            yield Item(found, "task", task.id, task.at, task.due, task.office, what)


def _to_review(look: Seeing, found: Looking) -> Iterator[Item]:
    """Give broken glass and tries: for who has the case, and who judges them by the policies."""
    line = found.line
    has_it = line.owner in look.here.codes_of(found.by.actor, found.referral)
    if has_it or found.sight.judges:
        for glass in line.glasses:
            if not glass.reviewed:
                yield Item(found, "glass_review", glass.id, glass.at)
    alone = hears_alone(look.here, found)
    if alone or (alone is None and (has_it or found.sight.judges)):
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


def _to_renew(found: Looking, today: datetime) -> Iterator[Item]:
    """Give a protection that ends today or has ended: for who works on a case that goes on."""
    line = found.line
    goes_on = line.stage in GOES_ON and line.closed is None
    if line.protection is None or not (goes_on and works_on(found)):
        return
    day, until = line.protection.lapses_on, lapse_of(line.protection)
    if until <= today:
        its_id = derived(found.referral, "protection", day.isoformat())
        since = datetime.combine(day, time.min, COPENHAGEN)
        yield Item(found, "protection_lapsed", str(its_id), since, until)


def _names(shown: Sequence[TaskShown]) -> dict[UUID, tuple[str, ...]]:
    """Give the names of what is shown of each referral, for the read log."""
    found: dict[UUID, dict[str, None]] = {}
    for each in shown:
        said = dict.fromkeys(name for name, value in each if value is not None)
        found.setdefault(each.referral, {}).update(said)
    return {referral: tuple(names) for referral, names in found.items()}


def _shown(item: Item, clear: Clear, now: datetime) -> TaskShown:
    look, line = item.look, item.look.line
    return TaskShown(
        referral=look.referral,
        id=UUID(item.id),
        kind=item.kind,
        office=item.office,
        since=item.since,
        due=item.due,
        overdue=item.due is not None and item.due < now,
        what=clear[item.what] if item.what else None,
        banner=banner_of(look.sight.glass),
        marking=marked(look.rules, line),
    )
