"""How many cases are open, by programme, by what a unit is to them and by its kind?"""

from collections import defaultdict
from collections.abc import AsyncIterator, Mapping, Sequence
from typing import Final, NamedTuple

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referrals.domain.stage import Stage
from services.referrals.projections.party_view import view
from shared.projections.statements import inside

OVER: Final = (Stage.DECLINED, Stage.WITHDRAWN, Stage.CLOSED, Stage.ENTERED_IN_ERROR)
ANY: Final = "*"
"""Stands for every kind of unit: a case with several parties of one role counts once."""


class Count(NamedTuple):
    """So many cases in which some unit of this kind has this role."""

    programme: str
    role: str
    kind: str
    cases: int


async def open_cases(
    connection: AsyncConnection, generation: int, kinds: Mapping[str, str]
) -> Sequence[Count]:
    """Count the cases that are not over and whose view has not closed to the unit.

    *kinds* says of what kind a unit is; nothing is said about any one case.
    """
    found: dict[tuple[str, str, str], int] = defaultdict(int)
    before: set[tuple[str, str, str]] = set()
    stream = ""
    async for stream_now, programme, role, unit in _open(connection, generation):
        if stream_now != stream:
            stream, before = stream_now, set()
        for kind in (kinds.get(unit, ANY), ANY):
            key = (programme, role, kind)
            found[key] += key not in before
            before.add(key)
    return [Count(*key, cases) for key, cases in sorted(found.items())]


async def _open(
    connection: AsyncConnection, generation: int
) -> AsyncIterator[tuple[str, str, str, str]]:
    table = view.table(generation)
    programme = inside(connection, table.c.line, "programme")
    asked = (
        select(table.c.stream, programme, table.c.role, table.c.party)
        .where(
            table.c.stage.not_in([stage.value for stage in OVER]),
            inside(connection, table.c.line, "closed").is_(None),
        )
        .order_by(table.c.stream)
    )
    async with connection.stream(asked) as rows:
        async for stream, its, role, unit in rows:
            yield stream, its, role, unit
