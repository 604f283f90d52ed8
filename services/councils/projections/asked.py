"""What does an officer find on the docket of the unit, on an agenda, and of one item or meeting?

An item does not exist for who is kept out of its referral: it is left out of every answer.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import ColumnElement, Table, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from services.councils.domain.item.state import OPEN
from services.councils.domain.streams import item_stream, meeting_stream
from services.councils.projections import docket, meetings
from services.councils.projections.docket import DocketLine
from services.councils.projections.kept_out import Officer, is_kept_out
from services.councils.projections.meetings import MeetingLine
from shared.eventstore.codec import case_of
from shared.kernel.ids import ForumId, UnitId

Key = tuple[str | int | None, ...]


class ItemRow(NamedTuple):
    """An item, what there is to see of it, and the key that the next page continues after."""

    item: UUID
    line: DocketLine
    key: Key


class MeetingRow(NamedTuple):
    """A meeting, what there is to see of it, and the key that the next page continues after."""

    meeting: UUID
    line: MeetingLine
    key: Key


@dataclass(frozen=True)
class Page:
    """A page of a list of one forum, asked for by an officer: after which key, at most how many."""

    officer: Officer
    forum: ForumId
    after: Key
    size: int


async def on_docket(
    connection: AsyncConnection, generation: int, page: Page, *, left: bool
) -> Sequence[ItemRow]:
    """Give the items that stand on a docket, or those that have *left* it, oldest first."""
    table = docket.view.table(generation)
    standing = table.c.stage.in_([stage.value for stage in OPEN])
    query = select(table.c.stream, table.c.line, table.c.proposed).where(
        table.c.party == page.officer.unit,
        table.c.forum == page.forum,
        ~standing if left else standing,
        _exists_for(page.officer, table, generation),
    )
    order = table.c.proposed, table.c.stream
    if page.after:
        query = query.where(tuple_(*order) > tuple_(*page.after))
    rows = await connection.execute(query.order_by(*order).limit(page.size))
    return [
        ItemRow(case_of(stream), docket.view.read(line), (proposed, stream))
        for stream, line, proposed in rows
    ]


async def agenda(
    connection: AsyncConnection, generation: int, officer: Officer, meeting: UUID
) -> Sequence[ItemRow]:
    """Give the items on the agenda of a meeting, in the order in which they were put there."""
    table = docket.view.table(generation)
    query = (
        select(table.c.stream, table.c.line, table.c.proposed)
        .where(
            table.c.party == officer.unit,
            table.c.meeting == str(meeting),
            _exists_for(officer, table, generation),
        )
        .order_by(table.c.proposed, table.c.stream)
    )
    rows = await connection.execute(query)
    return [
        ItemRow(case_of(stream), docket.view.read(line), (proposed, stream))
        for stream, line, proposed in rows
    ]


async def one_item(
    connection: AsyncConnection, generation: int, officer: Officer, item: UUID
) -> DocketLine | None:
    """Give what an officer sees of an item; nothing where it does not exist for them."""
    table = docket.view.table(generation)
    query = select(table.c.line).where(
        table.c.stream == item_stream(item),
        table.c.party == officer.unit,
        _exists_for(officer, table, generation),
    )
    line = (await connection.execute(query)).scalar_one_or_none()
    return None if line is None else docket.view.read(line)


async def one_meeting(
    connection: AsyncConnection, generation: int, unit: UnitId, meeting: UUID
) -> MeetingLine | None:
    """Give what a unit sees of a meeting; nothing where it sees nothing."""
    table = meetings.view.table(generation)
    query = select(table.c.line).where(
        table.c.stream == meeting_stream(meeting), table.c.party == unit
    )
    line = (await connection.execute(query)).scalar_one_or_none()
    return None if line is None else meetings.view.read(line)


async def meetings_of(
    connection: AsyncConnection, generation: int, page: Page
) -> Sequence[MeetingRow]:
    """Give the meetings of a forum, the last one first."""
    table = meetings.view.table(generation)
    query = select(table.c.stream, table.c.line, table.c.starts).where(
        table.c.party == page.officer.unit, table.c.forum == page.forum
    )
    order = table.c.starts, table.c.stream
    if page.after:
        query = query.where(tuple_(*order) < tuple_(*page.after))
    rows = await connection.execute(
        query.order_by(*(each.desc() for each in order)).limit(page.size)
    )
    return [
        MeetingRow(case_of(stream), meetings.view.read(line), (starts, stream))
        for stream, line, starts in rows
    ]


def _exists_for(officer: Officer, items: Table, generation: int) -> ColumnElement[bool]:
    """Give the condition that an item is there for *officer*.

    A part says what it is part of, so it goes with the item that leads it.
    """
    leading = items.alias("leading")
    referral = select(leading.c.referral).where(leading.c.stream == "item-" + items.c.leading)
    return ~is_kept_out(generation, officer, items.c.referral, referral.scalar_subquery())
