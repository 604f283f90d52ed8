"""Which referrals concern this unit? The inbox, what it has sent, and what it owes an answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final, NamedTuple

from sqlalchemy import (
    Column,
    ColumnElement,
    Select,
    Table,
    and_,
    case,
    func,
    literal,
    or_,
    select,
    tuple_,
    type_coerce,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referrals.domain.referral.moves import DRAFT, UNDERWAY
from services.referrals.domain.referral.parties import Role
from services.referrals.domain.referral.state import Stage
from services.referrals.projections.party_line import PartyView
from services.referrals.projections.party_view import view
from shared.kernel.clock import written
from shared.kernel.ids import AuthorityId, UnitId
from shared.projections.projection import TEXT


class List(StrEnum):
    """The lists a unit works from."""

    INBOX = "inbox"
    SENT = "sent"
    DUE = "due"


class Row(NamedTuple):
    """One referral on a list, with the key that the next page continues after."""

    referral: str
    line: PartyView
    key: tuple[str | int | None, ...]


@dataclass(frozen=True)
class Asked:
    """A page of a list: of which unit, after which key, at most how many."""

    unit: UnitId
    after: tuple[str | int | None, ...]
    size: int


async def listed(
    connection: AsyncConnection, generation: int, which: List, asked: Asked
) -> Sequence[Row]:
    """Give a page of a unit's list: newest first, on the due list the most urgent first.

    A referral entered in error leaves every list; one on its way is not in an inbox yet.
    """
    table = view.table(generation)
    order: tuple[Column[str] | Column[int], ...] = (table.c.arrived, table.c.stream)
    if which is List.DUE:
        order = (table.c.due, table.c.stream)
    query = _of(table, which, asked.unit).where(table.c.stage != Stage.ENTERED_IN_ERROR.value)
    if asked.after:
        key = tuple_(*order)
        after = tuple_(*asked.after)
        query = query.where(key > after if which is List.DUE else key < after)
    ascending = which is List.DUE
    query = query.order_by(*(c.asc() if ascending else c.desc() for c in order))
    rows = await connection.execute(query.limit(asked.size))
    first = "due" if ascending else "arrived"
    return [
        Row(row.stream.partition("-")[2], view.read(row.line), (getattr(row, first), row.stream))
        for row in rows
    ]


def _of(table: Table, which: List, unit: UnitId) -> Select[tuple[str, str, int, str]]:
    held = table.c.role == Role.HOLDER.value
    let_in = table.c.role == Role.LET_IN.value
    wanted: dict[List, ColumnElement[bool]] = {
        List.INBOX: or_(held, let_in) & (table.c.stage != Stage.SENT.value),
        List.SENT: table.c.role == Role.SENDER.value,
        List.DUE: held & table.c.due.is_not(None),
    }
    query = select(table.c.stream, table.c.line, table.c.arrived, table.c.due)
    return query.where(table.c.party == unit, wanted[which])


COMES_FIRST: Final = {
    "glass_review": "glasses",
    "leaving_approval": "leavings",
    "try_noticed": "tries",
}
"""What comes before all that is due, in this order, and the column that says since when."""
GOES_ON: Final = DRAFT | UNDERWAY
"""The stages at which somebody works on a referral."""


def place(kind: str, moment: datetime) -> str:
    """Give where something stands on a work list, as text that sorts."""
    first = tuple(COMES_FIRST)
    return f"{first.index(kind) if kind in first else len(first)}{written(moment)}"


@dataclass(frozen=True)
class Awaited:
    """A page of what waits: for a unit, or for who oversees a *whole* authority."""

    unit: UnitId
    whole: AuthorityId | None
    today: datetime
    """The last moment of the day on which it is asked: what lapses until then waits."""
    after: tuple[str | int | None, ...] = ()
    size: int = 500


async def waiting(connection: AsyncConnection, generation: int, asked: Awaited) -> Sequence[Row]:
    """Give a page of the referrals on which something waits, by what is first on each.

    Nothing that waits on any of them has a place before its key. Who oversees is told of glass and
    tries alone, and of a referral once for each unit of the authority that takes part.
    """
    table = view.table(generation)
    order = (_first(table), table.c.stream, table.c.party)
    query = select(*order, table.c.line).where(_waits(table, asked))
    if asked.after:
        query = query.where(tuple_(*order) > tuple_(*asked.after))
    rows = await connection.execute(query.order_by(*order).limit(asked.size))
    return [
        Row(stream.partition("-")[2], view.read(line), (first, stream, party))
        for first, stream, party, line in rows
    ]


def _waits(table: Table, asked: Awaited) -> ColumnElement[bool]:
    waits = table.c.open_tasks > 0
    if asked.whole is not None:
        watched = or_(table.c.glasses.is_not(None), table.c.tries.is_not(None))
        return and_(table.c.authority == asked.whole, waits, watched)
    lapses = _moment(table, "protection") <= written(asked.today)
    goes_on = table.c.stage.in_([stage.value for stage in GOES_ON])
    return and_(table.c.party == asked.unit, or_(waits, and_(lapses, goes_on)))


def _first(table: Table) -> ColumnElement[str]:
    """Give the place of what comes first on a row, as :func:`place` says it."""
    tasks, lapse = _moment(table, "tasks"), _moment(table, "protection")
    due = case((tasks <= lapse, tasks), else_=func.coalesce(lapse, tasks))
    moments = [_moment(table, column) for column in COMES_FIRST.values()]
    placed = [literal(str(rank), TEXT).concat(each) for rank, each in enumerate([*moments, due])]
    waits = zip(moments, placed, strict=False)
    return case(*((each.is_not(None), its) for each, its in waits), else_=placed[-1])


def _moment(table: Table, column: str) -> ColumnElement[str]:
    return type_coerce(table.c[column], TEXT)
