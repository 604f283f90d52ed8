"""What does each party see of this one referral? And which of them lie undelivered?"""

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referrals.domain.referral.parties import Role
from services.referrals.domain.referral.state import Stage
from services.referrals.projections.party_view import PartyView, view
from shared.kernel.ids import UnitId


async def lines_of(
    connection: AsyncConnection, generation: int, referral: UUID
) -> Mapping[str, PartyView]:
    """Give what each party sees of a referral, by unit; nothing for one that never was."""
    table = view.table(generation)
    asked = select(table.c.party, table.c.line).where(table.c.stream == f"referral-{referral}")
    return {party: view.read(line) for party, line in await connection.execute(asked)}


async def undelivered(
    connection: AsyncConnection, generation: int, limit: int = 100
) -> Sequence[tuple[str, UnitId, PartyView]]:
    """Give what was sent and does not lie in the addressee's inbox: stream, unit and line."""
    table = view.table(generation)
    asked = (
        select(table.c.stream, table.c.party, table.c.line)
        .where(table.c.role == Role.HOLDER.value, table.c.stage == Stage.SENT.value)
        .order_by(table.c.arrived)
        .limit(limit)
    )
    rows = await connection.execute(asked)
    return [(stream, UnitId(party), view.read(line)) for stream, party, line in rows]
