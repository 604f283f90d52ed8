"""The docket of a committee: what stands on it, and what its tovholder's unit does with that."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Query, Response
from pydantic import BaseModel

from services.councils.api.waiting import caught_up
from services.councils.asking import Ask as AskHere
from services.councils.asking import Asking
from services.councils.classes import marking_at
from services.councils.domain.item import commands as ask
from services.councils.domain.item import refusals as no
from services.councils.domain.item.decisions import moves_for, stands_alone
from services.councils.domain.item.state import OnDocket, Stage
from services.councils.domain.streams import item_stream
from services.councils.projections.asked import Page as Asked
from services.councils.projections.asked import on_docket
from services.councils.projections.docket import DocketLine
from services.councils.seeing import Look, Object, forum_object, item_object
from services.councils.wiring import Here
from shared.access.caller import NoOffice, OfficeMissing, UnitMissing
from shared.access.marking import Marking
from shared.access.purposes import PurposeNotYours
from shared.access.rulebooks import NoRulebook
from shared.access.saying import LooksOnly, NamesNobody, said
from shared.api.edge import CursorNotValid, NotCaughtUp, PositionNotValid, PreconditionMissing
from shared.api.labels import Administrative
from shared.api.paging import DEFAULT_SIZE, MAX_SIZE, Page
from shared.api.preconditions import etag
from shared.api.problems import problems
from shared.kernel.ids import ForumId
from shared.kernel.refusals import DoesNotExist, OutOfDate
from shared.reads.log import ReadsUnwritable
from shared.reads.reading import Kind

router = APIRouter(tags=["docket"])
ALWAYS = (NoOffice, UnitMissing, OfficeMissing, NoRulebook, PurposeNotYours, ReadsUnwritable)
READS = (*ALWAYS, NotCaughtUp, PositionNotValid)
CHANGES = (*ALWAYS, LooksOnly, NamesNobody, PreconditionMissing)
MOVES = (*CHANGES, no.ItemElsewhere, OutOfDate)
ForumPath = Annotated[str, Path(pattern=r"^[a-z0-9]+(?:[-_][a-z0-9]+)*$", max_length=100)]
"""An id as the rulebook writes them: it stands in the read log, where no other text may."""


class ItemShown(BaseModel):
    """An item of a docket: which referral, where it is, and why."""

    item: Administrative[UUID]
    forum: Administrative[str]
    referral: Administrative[UUID]
    stage: Administrative[Stage]
    proposed_at: Administrative[datetime]
    moved_at: Administrative[datetime]
    meeting: Administrative[UUID | None]
    leading: Administrative[UUID | None]
    reason: Administrative[str | None]
    late: Administrative[bool]
    etag: Administrative[str]
    marking: Administrative[Marking | None]


class ItemMoved(BaseModel):
    """Where an item is after a request, and what can be done next."""

    item: Administrative[UUID]
    stage: Administrative[Stage]
    moves: Administrative[list[str]]
    marking: Administrative[Marking | None]


def shown(item: UUID, line: DocketLine, marking: Marking | None) -> ItemShown:
    """Give a line as its unit may see it, without positions."""
    return ItemShown(
        item=item,
        forum=line.forum,
        referral=UUID(line.referral),
        stage=line.stage,
        proposed_at=line.proposed_at,
        moved_at=line.moved_at,
        meeting=UUID(line.meeting) if line.meeting else None,
        leading=UUID(line.leading) if line.leading else None,
        reason=line.reason,
        late=line.late,
        etag=etag(line.seen),
        marking=marking,
    )


def noted(items: Iterable[ItemShown]) -> Iterator[Object]:
    """Give what the read log calls the items shown, and the referrals that they are of."""
    for each in items:
        names = filled(each)
        yield item_object(each.item), names
        yield f"referral:{each.referral}", names


def filled(shown: BaseModel) -> list[str]:
    """Give the names of the fields that say something."""
    return [name for name, value in shown if value is not None]


@router.get(
    "/forums/{forum}/docket",
    dependencies=[Depends(caught_up)],
    responses=problems(*READS, DoesNotExist, CursorNotValid),
)
async def see_docket(
    forum: ForumPath,
    look: Look,
    here: Here,
    *,
    left: bool = False,
    after: Annotated[str | None, Query(max_length=500)] = None,
    size: Annotated[int, Query(ge=1, le=MAX_SIZE)] = DEFAULT_SIZE,
) -> Page[ItemShown]:
    """See what stands on a committee's docket, oldest first, or what has *left* it."""
    _, decision = await look.demand(Kind.LIST, forum_object(forum), look.own(forum))
    door, unit = f"docket {forum} {left}", look.by.unit
    cursors = here.ground.cursors
    key = cursors.open(after, door=door, unit=unit) if after is not None else ()
    page = Asked(look.officer, ForumId(forum), key, size)
    async with here.views.reading() as (connection, generation):
        rows = await on_docket(connection, generation, page, left=left)
    marking = marking_at(look.rules, forum)
    items = [shown(row.item, row.line, marking) for row in rows]
    await look.note(Kind.LIST, noted(items), decision)
    more = rows[-1].key if len(rows) == size else None
    return Page(items=items, next=cursors.seal(more, door=door, unit=unit) if more else None)


@router.get(
    "/items/{item}", dependencies=[Depends(caught_up)], responses=problems(*READS, DoesNotExist)
)
async def see_item(item: UUID, look: Look, response: Response) -> ItemShown:
    """See one item of your docket."""
    own, decision = await look.demand(Kind.SHOW, item_object(item), await look.item(item))
    found = shown(item, own, marking_at(look.rules, own.forum))
    await look.note(Kind.SHOW, noted([found]), decision)
    response.headers["ETag"] = found.etag
    return found


@router.post("/items/{item}/screening", responses=problems(*MOVES))
async def screen(
    item: UUID, wish: Annotated[ask.ScreenItem, said(ask.ScreenItem)], asking: AskHere
) -> ItemMoved:
    """Say that it belongs before the committee; the next meeting convened takes it up."""
    await asking.item(item)
    return await _move(item, wish, asking)


@router.post("/items/{item}/placement", responses=problems(*MOVES, no.AgendaGone, no.AnotherDocket))
async def place(
    item: UUID,
    wish: Annotated[
        ask.PlaceItem,
        said(ask.PlaceItem, without=frozenset({"forum", "agenda_sent", "offices"})),
    ],
    asking: AskHere,
) -> ItemMoved:
    """Put it on the agenda of a meeting; after the agenda has gone out, the tovholder alone."""
    await asking.item(item)
    meeting = await asking.meeting(wish.meeting)
    known = {
        "forum": meeting.forum,
        "agenda_sent": meeting.agenda_sent,
        "offices": await _offices(asking, meeting.forum),
    }
    return await _move(item, wish.model_copy(update=known), asking)


@router.post("/items/{item}/postponement", responses=problems(*MOVES, no.UnknownReason))
async def postpone(
    item: UUID, wish: Annotated[ask.PostponeItem, said(ask.PostponeItem)], asking: AskHere
) -> ItemMoved:
    """Take it off the agenda, for a reason; the next meeting convened takes it up."""
    await asking.item(item)
    return await _move(item, wish, asking)


@router.post(
    "/items/{item}/joining", responses=problems(*MOVES, no.AnotherDocket, no.JoinedWithNobody)
)
async def join(
    item: UUID,
    wish: Annotated[ask.JoinItem, said(ask.JoinItem, without=frozenset({"forum", "leads_itself"}))],
    asking: AskHere,
) -> ItemMoved:
    """Let it be dealt with as part of another item of the same docket."""
    await asking.item(item)
    leading = await asking.item(wish.leading)
    known = {
        "forum": leading.forum,
        "leads_itself": stands_alone(leading) and wish.leading != item,
    }
    return await _move(item, wish.model_copy(update=known), asking)


@router.post("/items/{item}/return", responses=problems(*MOVES, no.UnknownReason))
async def send_back(
    item: UUID, wish: Annotated[ask.ReturnItem, said(ask.ReturnItem)], asking: AskHere
) -> ItemMoved:
    """Do not take it up, for a reason. The referral itself is answered in referrals."""
    await asking.item(item)
    return await _move(item, wish, asking)


async def _offices(asking: Asking, forum: ForumId) -> frozenset[str]:
    """Give the office acted in, and what the caller holds in the forum itself.

    An office in a forum is none of the unit's, so it is never the one acted in and needs no choice.
    """
    here = asking.here
    async with here.views.reading() as (connection, generation):
        held = await here.directory.offices_of(connection, generation, asking.by.actor)
    return frozenset({asking.by.office, *(each.office for each in held if each.place == forum)})


async def _move(item: UUID, wish: ask.ItemCommand, asking: Asking) -> ItemMoved:
    handled = await asking.here.items.handle(
        item_stream(item), wish, asking.by.acting, asking.asked
    )
    state = handled.state
    if not isinstance(state, OnDocket):
        raise DoesNotExist
    asking.tell(handled)
    asking.response.headers["ETag"] = etag(state.seen)
    return ItemMoved(
        item=item,
        stage=state.stage,
        moves=moves_for(state),
        marking=marking_at(asking.look.rules, state.forum),
    )
