"""Who tried at a referral that does not exist for them? What its owner has yet to be told.

The read log says of a try which id was asked for, and not whether there is anything: that is found
out here, on the owner's side and after the answer. One try a day of one person at one referral is
told; the rest stands in the log.
"""

from collections.abc import Container, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any, Final, NamedTuple
from uuid import UUID

from sqlalchemy import Column, Index, MetaData, Table, literal, select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.referrals.domain.safeguards.events import TryNoticed
from services.referrals.projections.party_line import PartyView
from services.referrals.projections.party_view import view
from services.referrals.tried import TryNames
from shared.eventstore.sealing import code_in
from shared.kernel.clock import written
from shared.kernel.ids import AuthorityId
from shared.kernel.recorded import Recorded
from shared.projections.projection import TEXT, suffix
from shared.projections.statements import insert_once, upsert
from shared.reads.events import ReadMade
from shared.reads.reading import Outcome, Reading
from shared.rulebook.days import civil_date

NAME: Final = "tries"
TRIED, NOTICED = "tried", "noticed"
AT_ONCE = 200


class Try(NamedTuple):
    """A try that is yet to be told: at which referral, of what kind, by whom of which authority."""

    id: UUID
    stream: str
    kind: str
    tried_by: AuthorityId
    owner: PartyView


@dataclass(frozen=True)
class Tries:
    """The read model of tries; its sources are the service's own read log and its own facts.

    ``actor_key`` is what people are coded under, ``names`` what names a try.
    """

    actor_key: bytes = field(repr=False)
    names: TryNames
    name: str = NAME

    @property
    def shape(self) -> str:
        """The columns of its table."""
        return "tries(id,stream,kind,tried_by,at,state)"

    def table(self, generation: int) -> Table:
        """Give the table of *generation*."""
        return table_of(generation)

    def tables(self, generation: int) -> tuple[Table, ...]:
        """Give the one table of *generation*."""
        return (self.table(generation),)

    async def apply(
        self, connection: AsyncConnection, facts: Sequence[Recorded[Any]], generation: int
    ) -> None:
        """Take denied tries, and those that were told; in whichever order they are heard."""
        table = self.table(generation)
        for fact in facts:
            if isinstance(fact.event, ReadMade):
                for row in self._rows(fact.event.reading.value):
                    await connection.execute(insert_once(connection, table), row)
            elif isinstance(fact.event, TryNoticed):
                row = _row(fact.event.entry, fact.stream, fact.event.kind.value, fact.at)
                told = {**row, "tried_by": fact.event.tried_by.value, "state": NOTICED}
                await connection.execute(upsert(connection, table), told)

    def _rows(self, reading: Reading) -> Iterator[dict[str, str]]:
        """Give a row for each referral that was tried at in vain."""
        if reading.outcome is not Outcome.DENIED:
            return
        for name in reading.ids:
            what, _, referral = name.partition(":")
            if what == "referral":
                stream = f"referral-{referral}"
                person = code_in(stream, reading.who.actor, self.actor_key)
                tried = self.names.name(person, civil_date(reading.at))
                row = _row(tried, stream, reading.kind, reading.at)
                yield {**row, "tried_by": reading.who.authority, "state": TRIED}


@cache
def table_of(generation: int) -> Table:
    """Give the table of *generation*."""
    name = NAME + suffix(generation)
    return Table(
        name,
        MetaData(),
        Column("id", TEXT, primary_key=True),
        Column("stream", TEXT, nullable=False),
        Column("kind", TEXT, nullable=False),
        Column("tried_by", TEXT, nullable=False),
        Column("at", TEXT, nullable=False),
        Column("state", TEXT, nullable=False),
        Index(f"{name}_state", "state", "stream"),
    )


def _row(tried: UUID, stream: str, kind: str, at: datetime) -> dict[str, str]:
    return {"id": str(tried), "stream": stream, "kind": kind, "at": written(at)}


class Untold(NamedTuple):
    """Some tries that are yet to be told, and the id after which there may be more."""

    tries: Sequence[Try]
    last: UUID | None


async def untold(
    connection: AsyncConnection,
    generation: int,
    after: UUID | None = None,
    *,
    but: Container[UUID] = (),
) -> Untold:
    """Give the next tries after an id at referrals that there are, *but* for some, by their ids.

    Each with the line of its owner: who holds a referral; while nobody does, who sends it. A try
    at nothing is none.
    """
    table, lines = table_of(generation), view.table(generation)
    asked = (
        select(table.c.id, table.c.stream, table.c.kind, table.c.tried_by, lines.c.line)
        .join(lines, lines.c.stream == table.c.stream)
        .where(table.c.state == literal(TRIED), lines.c.role.in_(("holder", "sender")))
        .where(table.c.id > (str(after) if after else ""))
        .order_by(table.c.id, lines.c.role)
        .limit(AT_ONCE)
    )
    found, last = dict[UUID, Try](), None
    for tried, stream, kind, by, line in await connection.execute(asked):
        last = UUID(tried)
        if last not in found and last not in but:
            found[last] = Try(last, stream, kind, AuthorityId(by), view.read(line))
    return Untold(list(found.values()), last)
