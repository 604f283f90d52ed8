"""The docket of a committee: what stands on it, and what its tovholder's unit does with that."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel

from services.councils.api.waiting import caught_up
from services.councils.domain.item import commands as ask
from services.councils.domain.item import refusals as no
from services.councils.domain.item.decisions import moves_for, stands_alone
from services.councils.domain.item.state import OnDocket, Stage
from services.councils.domain.meeting.state import Convened
from services.councils.domain.streams import item_stream, meeting_stream
from services.councils.projections.asked import Page as Asked
from services.councils.projections.asked import on_docket, one_item
from services.councils.projections.docket import DocketLine
from services.councils.wiring import Ask as AskHere
from services.councils.wiring import Asking, Here, Known
from shared.access.caller import NoOffice, UnitMissing
from shared.access.rulebooks import NoRulebook
from shared.access.saying import said
from shared.api.edge import CursorNotValid, NotCaughtUp, PositionNotValid, PreconditionMissing
from shared.api.paging import DEFAULT_SIZE, MAX_SIZE, Page
from shared.api.preconditions import etag
from shared.api.problems import problems
from shared.kernel.ids import ForumId
from shared.kernel.refusals import DoesNotExist, OutOfDate

router = APIRouter(tags=["docket"])
ALWAYS = (NoOffice, UnitMissing, NoRulebook)
READS = (*ALWAYS, NotCaughtUp, PositionNotValid)
MOVES = (*ALWAYS, no.ItemElsewhere, OutOfDate, PreconditionMissing)


class ItemShown(BaseModel):
    """An item of a docket: which referral, where it is, and why."""

    item: UUID
    forum: str
    referral: UUID
    stage: Stage
    proposed_at: datetime
    moved_at: datetime
    meeting: UUID | None
    leading: UUID | None
    reason: str | None
    late: bool
    etag: str


class ItemMoved(BaseModel):
    """Where an item is after a request, and what can be done next."""

    item: UUID
    stage: Stage
    moves: list[str]


def shown(item: UUID, line: DocketLine) -> ItemShown:
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
    )


@router.get(
    "/forums/{forum}/docket",
    dependencies=[Depends(caught_up)],
    responses=problems(*READS, DoesNotExist, CursorNotValid),
)
async def see_docket(
    forum: str,
    by: Known,
    here: Here,
    *,
    left: bool = False,
    after: Annotated[str | None, Query(max_length=500)] = None,
    size: Annotated[int, Query(ge=1, le=MAX_SIZE)] = DEFAULT_SIZE,
) -> Page[ItemShown]:
    """See what stands on a committee's docket, oldest first, or what has *left* it."""
    committee = here.rules_at(here.clock.now()).committee(forum)
    if committee is None or committee.intake != by.unit:
        raise DoesNotExist
    door = f"docket {forum} {left}"
    cursors = here.ground.cursors
    key = cursors.open(after, door=door, unit=by.unit) if after is not None else ()
    page = Asked(by.unit, ForumId(forum), key, size)
    async with here.views.reading() as (connection, generation):
        rows = await on_docket(connection, generation, page, left=left)
    more = rows[-1].key if len(rows) == size else None
    return Page(
        items=[shown(row.item, row.line) for row in rows],
        next=cursors.seal(more, door=door, unit=by.unit) if more else None,
    )


@router.get(
    "/items/{item}", dependencies=[Depends(caught_up)], responses=problems(*READS, DoesNotExist)
)
async def see_item(item: UUID, by: Known, here: Here, response: Response) -> ItemShown:
    """See one item of your docket."""
    async with here.views.reading() as (connection, generation):
        line = await one_item(connection, generation, by.unit, item)
    if line is None:
        raise DoesNotExist
    response.headers["ETag"] = etag(line.seen)
    return shown(item, line)


@router.post("/items/{item}/screening", responses=problems(*MOVES))
async def screen(
    item: UUID, wish: Annotated[ask.ScreenItem, said(ask.ScreenItem)], asking: AskHere
) -> ItemMoved:
    """Say that it belongs before the committee; the next meeting convened takes it up."""
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
    facts = await asking.here.meetings.facts(meeting_stream(wish.meeting))
    meeting = asking.here.meetings.decider.fold(facts)
    if not isinstance(meeting, Convened) or meeting.intake != asking.by.unit:
        raise DoesNotExist
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
    facts = await asking.here.items.facts(item_stream(wish.leading))
    leading = asking.here.items.decider.fold(facts)
    if not isinstance(leading, OnDocket) or leading.intake != asking.by.unit:
        raise DoesNotExist
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
    return await _move(item, wish, asking)


async def _offices(asking: Asking, forum: ForumId) -> frozenset[str]:
    """Give what the caller holds in the unit acted for or in the forum itself."""
    here, places = asking.here, {asking.by.unit, forum}
    async with here.views.reading() as (connection, generation):
        held = await here.directory.offices_of(connection, generation, asking.by.actor)
    return frozenset(each.office for each in held if each.place in places)


async def _move(item: UUID, wish: ask.ItemCommand, asking: Asking) -> ItemMoved:
    handled = await asking.here.items.handle(
        item_stream(item), wish, asking.by.acting, asking.asked
    )
    state = handled.state
    if not isinstance(state, OnDocket):
        raise DoesNotExist
    asking.tell(handled)
    asking.response.headers["ETag"] = etag(state.seen)
    return ItemMoved(item=item, stage=state.stage, moves=moves_for(state))
