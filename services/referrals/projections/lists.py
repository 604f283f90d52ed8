"""Which referrals concern this unit? The inbox, what it has sent, and what it owes an answer."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

from sqlalchemy import Column, ColumnElement, Select, Table, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referrals.domain.referral.parties import Role
from services.referrals.domain.referral.state import Stage
from services.referrals.projections.party_line import PartyView
from services.referrals.projections.party_view import view
from shared.kernel.ids import AuthorityId, UnitId


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


async def waiting(
    connection: AsyncConnection,
    generation: int,
    unit: UnitId,
    whole: AuthorityId | None,
    limit: int = 500,
) -> Sequence[Row]:
    """Give the referrals on which something waits: of a unit, or of a *whole* authority.

    Of several units of one authority the first to take part stands for it.
    """
    table = view.table(generation)
    whose = table.c.party == unit if whole is None else table.c.authority == whole
    asked = (
        select(table.c.stream, table.c.line)
        .where(whose, table.c.open_tasks > 0)
        .order_by(table.c.stream, table.c.party)
        .limit(limit)
    )
    first: dict[str, Row] = {}
    for stream, line in await connection.execute(asked):
        first.setdefault(stream, Row(stream.partition("-")[2], view.read(line), ()))
    return tuple(first.values())
