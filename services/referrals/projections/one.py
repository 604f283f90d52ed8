"""What does a party see of this one referral? And which of them lie undelivered?"""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referrals.projections.party_line import PartyView
from services.referrals.projections.party_view import view
from shared.kernel.ids import AuthorityId, UnitId
from shared.projections.statements import among


class Undelivered(NamedTuple):
    """What was sent and does not lie in the addressee's inbox."""

    stream: str
    unit: UnitId
    line: PartyView


async def line_of(
    connection: AsyncConnection,
    generation: int,
    referral: UUID,
    unit: UnitId,
    whole: AuthorityId | None = None,
) -> PartyView | None:
    """Give what a unit sees of a referral; nothing for one that never was.

    With *whole* what that authority sees will do, through the first of its units to take part.
    """
    table = view.table(generation)
    whose = table.c.party == unit
    if whole is not None:
        whose = or_(whose, table.c.authority == whole)
    asked = select(table.c.line).where(table.c.stream == f"referral-{referral}", whose)
    lines = [view.read(line) for (line,) in await connection.execute(asked)]
    return min(lines, key=lambda line: (line.unit != unit, line.since), default=None)


async def lines_of_unit(
    connection: AsyncConnection, generation: int, unit: UnitId, streams: Collection[str]
) -> Mapping[str, PartyView]:
    """Give what a unit sees of some referrals, by stream."""
    table = view.table(generation)
    asked = select(table.c.stream, table.c.line).where(
        table.c.party == unit, among(connection, table.c.stream, sorted(streams))
    )
    return {stream: view.read(line) for stream, line in await connection.execute(asked)}


async def undelivered(
    connection: AsyncConnection, generation: int, limit: int = 100
) -> Sequence[Undelivered]:
    """Give what was sent and does not lie in the addressee's inbox."""
    table = view.table(generation)
    asked = (
        select(table.c.stream, table.c.party, table.c.line)
        .where(table.c.undelivered == 1)
        .order_by(table.c.arrived)
        .limit(limit)
    )
    rows = await connection.execute(asked)
    return [Undelivered(stream, UnitId(party), view.read(line)) for stream, party, line in rows]
