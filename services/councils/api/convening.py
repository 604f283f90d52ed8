"""The meetings of a committee: convening them, their agendas, and sending these out."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response
from pydantic import BaseModel

from services.councils.api.docket import (
    CHANGES,
    READS,
    ForumPath,
    ItemShown,
    filled,
    noted,
    shown,
)
from services.councils.api.waiting import caught_up
from services.councils.asking import Ask
from services.councils.classes import marking_at
from services.councils.domain.item.refusals import KeepsNoDocket
from services.councils.domain.meeting import refusals as no
from services.councils.domain.meeting.commands import ConveneMeeting, SendAgenda
from services.councils.domain.meeting.state import Convened
from services.councils.domain.streams import meeting_stream
from services.councils.projections.asked import Page as Asked
from services.councils.projections.asked import agenda, meetings_of, one_meeting
from services.councils.projections.meetings import MeetingLine
from services.councils.seeing import Look, forum_object, meeting_object
from services.councils.wiring import Here
from shared.access.saying import said
from shared.api.edge import CursorNotValid
from shared.api.labels import Administrative
from shared.api.paging import DEFAULT_SIZE, MAX_SIZE, Page
from shared.api.preconditions import etag
from shared.api.problems import problems
from shared.kernel.ids import ForumId, derived
from shared.kernel.refusals import DoesNotExist, OutOfDate
from shared.reads.reading import Kind

router = APIRouter(tags=["meetings"])


class MeetingMoved(BaseModel):
    """A meeting after a request."""

    meeting: Administrative[UUID]
    forum: Administrative[str]
    starts_at: Administrative[datetime]
    agenda_sent: Administrative[bool]


class MeetingShown(BaseModel):
    """A meeting as the unit that convened it sees it."""

    meeting: Administrative[UUID]
    forum: Administrative[str]
    starts_at: Administrative[datetime]
    convened_at: Administrative[datetime]
    agenda_sent_at: Administrative[datetime | None]


class Agenda(MeetingShown):
    """A meeting with what is on its agenda: also what was struck from it, with the reason."""

    items: Administrative[list[ItemShown]]


@router.post(
    "/forums/{forum}/meetings",
    status_code=201,
    responses=problems(
        *CHANGES, KeepsNoDocket, no.NotYourCommittee, no.StartsInPast, no.StartsTooLate
    ),
)
async def convene(
    forum: ForumPath,
    wish: Annotated[ConveneMeeting, said(ConveneMeeting, without=frozenset({"forum"}))],
    asking: Ask,
) -> MeetingMoved:
    """Call the committee together. Whatever waits on its docket is put on the agenda."""
    await asking.committee(forum)
    meeting = derived(asking.asked.command_id, "meeting")
    return await _move(meeting, wish.model_copy(update={"forum": ForumId(forum)}), asking)


@router.post(
    "/meetings/{meeting}/agenda",
    responses=problems(*CHANGES, no.AgendaAlreadySent, OutOfDate),
)
async def send_agenda(
    meeting: UUID, wish: Annotated[SendAgenda, said(SendAgenda)], asking: Ask
) -> MeetingMoved:
    """Say that the agenda has gone out; from here on the tovholder alone adds to it."""
    await asking.meeting(meeting)
    return await _move(meeting, wish, asking)


@router.get(
    "/meetings/{meeting}",
    dependencies=[Depends(caught_up)],
    responses=problems(*READS, DoesNotExist),
)
async def see_agenda(meeting: UUID, look: Look, here: Here, response: Response) -> Agenda:
    """See a meeting of your committee and its agenda."""
    async with here.views.reading() as (connection, generation):
        line = await one_meeting(connection, generation, look.by.unit, meeting)
        rows = await agenda(connection, generation, look.officer, meeting)
    own, decision = await look.demand(Kind.LIST, meeting_object(meeting), line)
    marking = marking_at(look.rules, own.forum)
    items = [shown(row.item, row.line, marking) for row in rows]
    found = Agenda(**_shown(meeting, own).model_dump(), items=items)
    await look.note(Kind.LIST, [(meeting_object(meeting), filled(found)), *noted(items)], decision)
    response.headers["ETag"] = etag(own.seen)
    return found


@router.get(
    "/forums/{forum}/meetings",
    dependencies=[Depends(caught_up)],
    responses=problems(*READS, DoesNotExist, CursorNotValid),
)
async def see_meetings(
    forum: ForumPath,
    look: Look,
    here: Here,
    *,
    after: Annotated[str | None, Query(max_length=500)] = None,
    size: Annotated[int, Query(ge=1, le=MAX_SIZE)] = DEFAULT_SIZE,
) -> Page[MeetingShown]:
    """See the meetings of your committee, the last one first."""
    _, decision = await look.demand(Kind.LIST, forum_object(forum), look.own(forum))
    cursors, door, unit = here.ground.cursors, f"meetings {forum}", look.by.unit
    key = cursors.open(after, door=door, unit=unit) if after is not None else ()
    page = Asked(look.officer, ForumId(forum), key, size)
    async with here.views.reading() as (connection, generation):
        rows = await meetings_of(connection, generation, page)
    items = [_shown(row.meeting, row.line) for row in rows]
    objects = [(meeting_object(each.meeting), filled(each)) for each in items]
    await look.note(Kind.LIST, objects, decision)
    more = rows[-1].key if len(rows) == size else None
    return Page(items=items, next=cursors.seal(more, door=door, unit=unit) if more else None)


async def _move(meeting: UUID, wish: ConveneMeeting | SendAgenda, asking: Ask) -> MeetingMoved:
    handled = await asking.here.meetings.handle(
        meeting_stream(meeting), wish, asking.by.acting, asking.asked
    )
    state = handled.state
    if not isinstance(state, Convened):
        raise DoesNotExist
    asking.tell(handled)
    asking.response.headers["ETag"] = etag(state.seen)
    return MeetingMoved(
        meeting=meeting,
        forum=state.forum,
        starts_at=state.starts_at,
        agenda_sent=state.agenda_sent,
    )


def _shown(meeting: UUID, line: MeetingLine) -> MeetingShown:
    return MeetingShown(
        meeting=meeting,
        forum=line.forum,
        starts_at=line.starts_at,
        convened_at=line.convened_at,
        agenda_sent_at=line.agenda_sent_at,
    )
