"""Following referrals: the lists of a unit, one referral with its timeline, and what is new."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Request, Response
from pydantic import BaseModel, JsonValue

from services.referrals.api.drafting import ALWAYS
from services.referrals.api.showing import Shown, shown, titles
from services.referrals.domain.referral.parties import Role
from services.referrals.opening import opened
from services.referrals.projections.changes import news
from services.referrals.projections.lists import Asked, List, listed
from services.referrals.projections.one import lines_of
from services.referrals.projections.party_view import Changed, PartyView
from services.referrals.wiring import Here, Known, Wiring
from shared.access.caller import Caller
from shared.api.edge import CursorNotValid, NotCaughtUp, PositionNotValid
from shared.api.identity import Identity, signed_in
from shared.api.paging import DEFAULT_SIZE, MAX_SIZE, Page
from shared.api.preconditions import etag
from shared.api.problems import problems
from shared.api.tokens import ASKED_IN
from shared.api.tracing import trace_of
from shared.kernel.ids import UnitId
from shared.kernel.refusals import DoesNotExist

POSITION = "The Kredslob-Position of a change that this read shall show."
Size = Annotated[int, Query(ge=1, le=MAX_SIZE)]
Cursor = Annotated[str | None, Query(max_length=500)]


class Listed(BaseModel):
    """One line of a list: enough to find the referral again, and to see what hurries."""

    referral: UUID
    programme: str
    stage: str
    urgency: str
    sender: str
    arrived: datetime
    name: JsonValue = None
    answer_due: datetime | None = None
    taken: bool = False


class News(BaseModel):
    """What is new in a unit's own view, and the cursor to ask with the next time."""

    items: list[Changed]
    cursor: str | None


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


SENT, LET_IN = "referral.sent.v1", "referral.party-let-in.v1"
READS = (NotCaughtUp, PositionNotValid, *ALWAYS)
router = APIRouter(tags=["following"], dependencies=[Depends(caught_up)])


@router.get("/referrals/{referral_id}", responses=problems(DoesNotExist, *READS))
async def follow(
    referral_id: UUID, by: Known, here: Here, request: Request, response: Response
) -> Shown:
    """See one referral as your unit may, with its timeline.

    The first time that somebody in a receiving unit does so is told to all parties.
    """
    line = await _line(here, by, referral_id)
    if await opened(here, by, referral_id, line, trace_of(request)):
        line = await _line(here, by, referral_id)
    response.headers["ETag"] = etag(line.seen)
    return await shown(here, by, referral_id, line)


@router.get("/inbox", responses=problems(CursorNotValid, *READS))
async def inbox(
    by: Known, here: Here, after: Cursor = None, size: Size = DEFAULT_SIZE
) -> Page[Listed]:
    """See what lies in your unit's inbox, newest first."""
    return await _page(here, by, List.INBOX, after, size)


@router.get("/sent", responses=problems(CursorNotValid, *READS))
async def sent(
    by: Known, here: Here, after: Cursor = None, size: Size = DEFAULT_SIZE
) -> Page[Listed]:
    """See what your unit has sent, drafts too, newest first."""
    return await _page(here, by, List.SENT, after, size)


@router.get("/due", responses=problems(CursorNotValid, *READS))
async def due(
    by: Known, here: Here, after: Cursor = None, size: Size = DEFAULT_SIZE
) -> Page[Listed]:
    """See what your unit owes an answer, the most urgent first."""
    return await _page(here, by, List.DUE, after, size)


@router.get("/changes", responses=problems(CursorNotValid, *READS))
async def changes(by: Known, here: Here, after: Cursor = None, size: Size = DEFAULT_SIZE) -> News:
    """See what is new in your unit's own view since a cursor, oldest first."""
    number = int(_opened(here, by, "changes", after, int)[0]) if after is not None else 0
    async with here.views.reading() as (connection, generation):
        found = await news(connection, generation, by.unit, number, size)
    last = found[-1].number if found else number
    cursor = here.ground.cursors.seal((last,), door="changes", unit=by.unit)
    return News(items=[each.change for each in found], cursor=cursor)


async def _line(here: Wiring, by: Caller, referral: UUID) -> PartyView:
    """Give what the caller's unit sees, or, to who oversees its authority, what that one sees.

    Of several units of one authority that is the first to take part. Raises ``DoesNotExist``, alike
    for a referral of others and for one that never was.
    """
    async with here.views.reading() as (connection, generation):
        lines = await lines_of(connection, generation, referral)
    mine = lines.get(by.unit)
    if mine is None and by.oversees:
        ours = (line for line in lines.values() if line.authority == by.authority)
        mine = min(filter(_has_left, ours), key=lambda line: line.since, default=None)
    if mine is None:
        raise DoesNotExist
    return mine


def _has_left(line: PartyView) -> bool:
    """Say whether it was ever sent: a draft is its own unit's, and overseers wait like others."""
    return any(step.type == SENT for step in line.timeline)


async def _page(
    here: Wiring, by: Caller, which: List, after: str | None, size: int
) -> Page[Listed]:
    first = str if which is List.DUE else int
    key = _opened(here, by, which, after, first, str) if after is not None else ()
    async with here.views.reading() as (connection, generation):
        rows = await listed(connection, generation, which, Asked(by.unit, key, size))
    names = await titles(here, by, [row.line for row in rows])
    more = rows[-1].key if len(rows) == size else None
    return Page(
        items=[
            Listed(
                referral=UUID(row.referral),
                programme=row.line.programme,
                stage=row.line.stage,
                urgency=row.line.urgency,
                sender=next(p.unit for p in row.line.parties if p.role == "sender"),
                arrived=row.line.arrived_at,
                name=name,
                answer_due=row.line.answer_due,
                taken=row.line.owner is not None,
            )
            for row, name in zip(rows, names, strict=True)
        ],
        next=here.ground.cursors.seal(more, door=which, unit=by.unit) if more else None,
    )


def _arrived(line: PartyView, unit: UnitId) -> datetime:
    """Give when a referral reached a unit: begun there, sent to it, or shared with it."""
    came = {Role.SENDER: "referral.drafted.v1", Role.HOLDER: SENT}.get(line.role, LET_IN)
    steps = (step for step in line.timeline if step.type == came)
    return next(step.at for step in steps if step.said.get("party", unit) == unit)


def _opened(
    here: Wiring, by: Caller, door: str, cursor: str, *kinds: type[str] | type[int]
) -> tuple[str | int, ...]:
    key = here.ground.cursors.open(cursor, door=door, unit=by.unit)
    if len(key) != len(kinds) or not all(map(isinstance, key, kinds)):
        raise CursorNotValid
    return tuple(part for part in key if part is not None)
