"""What is there for policies to do? Found anew at each look, so that nothing is remembered."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import and_, func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.councils.domain.item.state import Stage
from services.councils.projections import docket, meetings
from shared.eventstore.codec import case_of
from shared.kernel.ids import UnitId


class Found(NamedTuple):
    """An item, the unit that keeps it, and the fact by which it came where it is."""

    item: UUID
    intake: UnitId
    moved_by: UUID


LEADING = (Stage.PROPOSED.value, Stage.WAITING.value, Stage.PLACED.value)


async def of_referral(
    connection: AsyncConnection, generation: int, referral: UUID
) -> Sequence[Found]:
    """Give a referral's items, wherever they are."""
    table = docket.view.table(generation)
    query = select(table.c.stream, table.c.party, table.c.line).where(
        table.c.referral == str(referral)
    )
    rows = await connection.execute(query.order_by(table.c.stream))
    return [_found(stream, party, line) for stream, party, line in rows]


async def waited_for(connection: AsyncConnection, generation: int) -> Mapping[str, Sequence[Found]]:
    """Give, by stream of a meeting, the items that waited when it was convened, and still do.

    An item that came to wait later waits for the next meeting, or for somebody to add it; one that
    waited through several convenings belongs to the first of them.
    """
    items, held = docket.view.table(generation), meetings.view.table(generation)
    any_held = held.alias("any_held")
    first = (
        select(func.min(any_held.c.convened))
        .where(any_held.c.forum == items.c.forum, any_held.c.convened > items.c.moved)
        .scalar_subquery()
    )
    query = (
        select(held.c.stream, items.c.stream, items.c.party, items.c.line)
        .select_from(items.join(held, held.c.convened == first))
        .where(items.c.stage == Stage.WAITING.value)
        .order_by(held.c.convened, items.c.proposed)
    )
    found: dict[str, list[Found]] = defaultdict(list)
    for meeting, stream, party, line in await connection.execute(query):
        found[meeting].append(_found(stream, party, line))
    return dict(found)


async def adrift(connection: AsyncConnection, generation: int) -> Sequence[Found]:
    """Give the items that are part of one that no longer stands on the docket by itself."""
    items = docket.view.table(generation)
    leaders = items.alias("leaders")
    stands = and_(leaders.c.stream == "item-" + items.c.leading, leaders.c.stage.in_(LEADING))
    query = (
        select(items.c.stream, items.c.party, items.c.line)
        .select_from(items.outerjoin(leaders, stands))
        .where(items.c.stage == Stage.JOINED.value, leaders.c.stream.is_(None))
        .order_by(items.c.stream)
    )
    rows = await connection.execute(query)
    return [_found(stream, party, line) for stream, party, line in rows]


def _found(stream: str, party: str, line: str) -> Found:
    return Found(case_of(stream), UnitId(party), UUID(docket.view.read(line).moved_by))
