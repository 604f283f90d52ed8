"""Following referrals: one with its timeline, and what is new in a unit's own view."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from pydantic import BaseModel

from services.referrals.api.drafting import ALWAYS
from services.referrals.api.showing import marked, policies_shown, shown
from services.referrals.api.shown import Banner, PolicyShown, Shown, banner_of
from services.referrals.domain.sharing.state import Closed
from services.referrals.domain.stage import Stage
from services.referrals.opening import opened
from services.referrals.projections.changes import News as Row
from services.referrals.projections.changes import news
from services.referrals.projections.one import lines_of_unit
from services.referrals.seeing import Look, Looking, Seeing
from services.referrals.wiring import Here
from shared.access.marking import Marking
from shared.access.purposes import PurposeChosen, PurposeMissing, PurposeNotYours
from shared.api.edge import CursorNotValid, NotCaughtUp, PositionNotValid
from shared.api.identity import Identity, signed_in
from shared.api.labels import Administrative
from shared.api.paging import DEFAULT_SIZE, MAX_SIZE
from shared.api.preconditions import etag
from shared.api.problems import problems
from shared.api.tokens import ASKED_IN
from shared.api.tracing import trace_of
from shared.kernel.refusals import DoesNotExist
from shared.reads.log import ReadsUnwritable
from shared.reads.reading import Kind

POSITION = "The Kredslob-Position of a change that this read shall show."
Size = Annotated[int, Query(ge=1, le=MAX_SIZE)]
Cursor = Annotated[str | None, Query(max_length=500)]


class Changed(BaseModel):
    """One change, thin: which referral, what kind of fact, when. A tombstone says ``closed``."""

    referral: Administrative[UUID]
    type: Administrative[str]
    at: Administrative[datetime]
    stage: Administrative[Stage | None]
    closed: Administrative[Closed | None]
    banner: Administrative[Banner | None] = None
    marking: Administrative[Marking | None] = None


class News(BaseModel):
    """What is new in a unit's own view, by which policies, and the cursor for the next time."""

    items: Administrative[list[Changed]]
    cursor: Administrative[str | None]
    policies: Administrative[list[PolicyShown]]


async def caught_up(
    request: Request,
    here: Here,
    _who: Annotated[Identity, Depends(signed_in)],
    _token: Annotated[str | None, Header(alias=ASKED_IN, description=POSITION)] = None,
) -> None:
    """Wait until the read models show what the caller has written, where it asks for that.

    Who holds which office is read after that: one that was ended by then counts no more.
    """
    awaited = here.positions.awaited(request)
    if awaited is not None:
        await here.ground.passed(awaited)


LISTS = (NotCaughtUp, PositionNotValid, PurposeNotYours, ReadsUnwritable, *ALWAYS)
READS = (*LISTS, PurposeMissing, PurposeChosen)
router = APIRouter(tags=["following"], dependencies=[Depends(caught_up)])


@router.get("/referrals/{referral_id}", responses=problems(DoesNotExist, *READS))
async def follow(
    referral_id: UUID, look: Look, here: Here, request: Request, response: Response
) -> Shown:
    """See one referral as your office may, with its timeline.

    The first time that somebody in a receiving unit does so is told to all parties.
    """
    found = await look.one(referral_id)
    if await opened(here, look.by, referral_id, found, trace_of(request)):
        found = await look.again(found)
    answer = await shown(here, found)
    await look.note_shown(Kind.SHOW, [found], [answer.fields], purpose=found.sight.purpose)
    response.headers["ETag"] = etag(found.line.seen)
    return answer.shown


@router.get("/changes", responses=problems(CursorNotValid, *LISTS))
async def changes(look: Look, here: Here, after: Cursor = None, size: Size = DEFAULT_SIZE) -> News:
    """See what is new in your unit's own view since a cursor, oldest first."""
    unit = look.by.unit
    number = 0
    if after is not None:
        number = _number(here.ground.cursors.open(after, door="changes", unit=unit))
    rows, last = await _news(look, number, size)
    looks = [found for _, found in rows]
    await look.note_shown(Kind.FEED, looks, [FIELDS] * len(looks), purpose=look.standing())
    cursor = here.ground.cursors.seal((last,), door="changes", unit=unit)
    return News(
        items=[_changed(row, found) for row, found in rows],
        cursor=cursor,
        policies=policies_shown(look.rules, looks),
    )


FIELDS = tuple(Changed.model_fields)


async def _news(look: Seeing, after: int, size: int) -> tuple[list[tuple[Row, Looking]], int]:
    """Give as many changes as asked for of referrals that exist for who asks, and how far it is."""
    found: list[tuple[Row, Looking]] = []
    while len(found) < size:
        async with look.here.views.reading() as (connection, generation):
            rows = await news(connection, generation, look.by.unit, after, size - len(found))
            streams = {f"referral-{row.change.referral}" for row in rows}
            lines = await lines_of_unit(connection, generation, look.by.unit, streams)
        if not rows:
            break
        after = rows[-1].number
        for row in rows:
            line = lines.get(f"referral-{row.change.referral}")
            if line and (seen := look.look(UUID(row.change.referral), line)):
                found.append((row, seen))
    return found, after


def _changed(row: Row, look: Looking) -> Changed:
    change, line = row.change, look.line
    return Changed(
        referral=UUID(change.referral),
        type=change.type,
        at=change.at,
        stage=change.stage,
        closed=change.closed,
        banner=banner_of(look.sight.glass),
        marking=marked(look.rules, line),
    )


def _number(key: tuple[str | int | None, ...]) -> int:
    if len(key) != 1 or not isinstance(key[0], int):
        raise CursorNotValid
    return key[0]
