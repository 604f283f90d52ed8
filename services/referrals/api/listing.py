"""The lists that a unit works from: what came in, what it has sent, what it owes an answer."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, JsonValue

from services.referrals.api.following import LISTS, Cursor, Size, caught_up
from services.referrals.api.showing import is_bare, marked, policies_shown, titles
from services.referrals.api.shown import (
    Banner,
    ClosedShown,
    PolicyShown,
    banner_of,
    closed_of,
)
from services.referrals.projections.lists import Asked, List, Row, listed
from services.referrals.seeing import Look, Looking, Seeing
from services.referrals.wiring import Here
from shared.access.marking import Marking
from shared.api.edge import CursorNotValid
from shared.api.labels import Administrative, Identity
from shared.api.paging import DEFAULT_SIZE, Page
from shared.api.problems import problems
from shared.reads.reading import Kind

router = APIRouter(tags=["listing"], dependencies=[Depends(caught_up)])
Key = tuple[str | int | None, ...]


class Listed(BaseModel):
    """One line of a list: enough to find the referral again, and to see what hurries.

    Of one that was taken over by the police nothing is said but that.
    """

    referral: Administrative[UUID]
    programme: Administrative[str | None]
    stage: Administrative[str]
    urgency: Administrative[str | None]
    sender: Administrative[str | None]
    arrived: Administrative[datetime]
    name: Identity[JsonValue] = None
    answer_due: Administrative[datetime | None] = None
    taken: Administrative[bool] = False
    closed: Administrative[ClosedShown | None] = None
    banner: Administrative[Banner | None] = None
    marking: Administrative[Marking | None] = None


class Lines(Page[Listed]):
    """One page of a list, and the policies by which something of it is shown or hidden."""

    policies: Administrative[list[PolicyShown]]


class Found(NamedTuple):
    """The lines of one page that exist for who asks, and where the next page begins."""

    looks: list[Looking]
    more: Key | None


@router.get("/inbox", responses=problems(CursorNotValid, *LISTS))
async def inbox(look: Look, here: Here, after: Cursor = None, size: Size = DEFAULT_SIZE) -> Lines:
    """See what lies in your unit's inbox, newest first."""
    return await _page(here, look, List.INBOX, after, size)


@router.get("/sent", responses=problems(CursorNotValid, *LISTS))
async def sent(look: Look, here: Here, after: Cursor = None, size: Size = DEFAULT_SIZE) -> Lines:
    """See what your unit has sent, drafts too, newest first."""
    return await _page(here, look, List.SENT, after, size)


@router.get("/due", responses=problems(CursorNotValid, *LISTS))
async def due(look: Look, here: Here, after: Cursor = None, size: Size = DEFAULT_SIZE) -> Lines:
    """See what your unit owes an answer, the most urgent first."""
    return await _page(here, look, List.DUE, after, size)


async def _page(here: Here, look: Seeing, which: List, after: str | None, size: int) -> Lines:
    unit = look.by.unit
    key: Key = ()
    if after is not None:
        key = _key(here.ground.cursors.open(after, door=which, unit=unit), which)
    found = await _found(look, which, key, size)
    names = await titles(here, found.looks)
    items = [_listed(each, name) for each, name in zip(found.looks, names, strict=True)]
    fields = [[name for name, value in item if value is not None] for item in items]
    await look.note_shown(Kind.LIST, found.looks, fields, purpose=look.standing())
    more = found.more
    return Lines(
        items=items,
        next=here.ground.cursors.seal(more, door=which, unit=unit) if more else None,
        policies=policies_shown(look.rules, found.looks),
    )


async def _found(look: Seeing, which: List, key: Key, size: int) -> Found:
    """Fill a page: a line that does not exist for who asks leaves no gap that would tell of it."""
    found: list[Looking] = []
    rows: Sequence[Row] = ()
    while len(found) < size:
        async with look.here.views.reading() as (connection, generation):
            asked = Asked(look.by.unit, key, size - len(found))
            rows = await listed(connection, generation, which, asked)
        if not rows:
            return Found(found, None)
        key = rows[-1].key
        seen = (look.look(UUID(row.referral), row.line) for row in rows)
        found += [each for each in seen if each]
    return Found(found, key)


def _listed(look: Looking, name: JsonValue) -> Listed:
    line = look.line
    gone = is_bare(line)
    return Listed(
        referral=look.referral,
        programme=None if gone else line.programme,
        stage=line.stage,
        urgency=None if gone else line.urgency,
        sender=next((p.unit for p in line.parties if p.role == "sender"), None),
        arrived=line.arrived_at,
        name=name,
        answer_due=line.answer_due,
        taken=line.owner is not None,
        closed=closed_of(line),
        banner=banner_of(look.sight.glass),
        marking=marked(look.rules, line),
    )


def _key(key: Key, which: List) -> Key:
    kinds = (str if which is List.DUE else int, str)
    if len(key) != len(kinds) or not all(map(isinstance, key, kinds)):
        raise CursorNotValid
    return key
