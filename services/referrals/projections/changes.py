"""What is new in this unit's own view, since it last asked?"""

from collections.abc import Sequence
from typing import NamedTuple

from pydantic import TypeAdapter
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referrals.projections.party_view import Changed, feed
from shared.kernel.ids import UnitId

CHANGED = TypeAdapter(Changed)


class News(NamedTuple):
    """One change with its number in the unit's feed: 1, 2, 3 … without gaps."""

    number: int
    change: Changed


async def news(
    connection: AsyncConnection, generation: int, unit: UnitId, after: int, limit: int
) -> Sequence[News]:
    """Give what a unit's feed holds after a number, oldest first."""
    table = feed.table(generation)
    asked = (
        select(table.c.number, table.c.entry)
        .where(table.c.party == unit, table.c.number > after)
        .order_by(table.c.number)
        .limit(limit)
    )
    rows = await connection.execute(asked)
    return [News(number, CHANGED.validate_json(entry)) for number, entry in rows]
