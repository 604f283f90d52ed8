"""Which readings are there of this person, unit or object? Found by code, told from the ledger.

The rows hold codes under the platform's key, moments and authorities: whoever has this database
and no key learns how much was read, not by whom and not of what.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from sqlalchemy import Column, Index, MetaData, Select, Table, select, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.kernel.clock import written
from shared.kernel.ids import AuthorityId
from shared.kernel.recorded import Recorded
from shared.projections.projection import TEXT, suffix
from shared.projections.statements import insert_once
from shared.reads.events import ReadMade
from shared.reads.sealing import ReadsKey

READ_MADE: Final = "read.made.v1"
ACTOR, UNIT, OBJECT = "actor", "unit", "object"
"""What a reading can be found by, beside authority and moment."""


class Found(NamedTuple):
    """One reading: where the ledger has it, and when it was entered at its service."""

    stream: str
    at: str


@dataclass(frozen=True)
class Wanted:
    """Which readings of one authority: by code, from a moment, up to a moment, after a key."""

    authority: AuthorityId
    size: int
    after: tuple[str | int | None, ...] = ()
    actor: str | None = None
    unit: str | None = None
    object: str | None = None
    since: str | None = None
    until: str | None = None


@dataclass(frozen=True)
class ReadsMade:
    """A row for each reading, and one for each object named in it."""

    key: ReadsKey
    name: str = "reads_made"
    _made: dict[int, tuple[Table, Table]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @property
    def shape(self) -> str:
        """The two tables, in their first form."""
        return f"{self.name}/1"

    def tables(self, generation: int) -> tuple[Table, Table]:
        """Give the readings, and the objects named in them."""
        if generation not in self._made:
            self._made[generation] = _tables(self.name, generation)
        return self._made[generation]

    async def apply(
        self, connection: AsyncConnection, facts: Sequence[Recorded[Any]], generation: int
    ) -> None:
        """Add what was read; a reading never changes."""
        made: list[Recorded[ReadMade]] = [each for each in facts if each.event.type == READ_MADE]
        if not made:
            return
        readings, objects = self.tables(generation)
        rows = [self._row(fact) for fact in made]
        await connection.execute(insert_once(connection, readings), rows)
        named = [row for fact in made for row in self._named(fact)]
        if named:
            await connection.execute(insert_once(connection, objects), named)

    async def find(
        self, connection: AsyncConnection, generation: int, wanted: Wanted
    ) -> Sequence[Found]:
        """Give a page of readings, newest first."""
        query = self._asked(generation, wanted).limit(wanted.size)
        return [Found(row.stream, row.at) for row in await connection.execute(query)]

    def _asked(self, generation: int, wanted: Wanted) -> Select[Any]:
        readings, objects = self.tables(generation)
        by_object = wanted.object is not None
        table = objects if by_object else readings
        query = select(table.c.stream, table.c.at).where(table.c.authority == wanted.authority)
        if by_object:
            query = query.where(table.c.object == self.key.code(OBJECT, wanted.object or ""))
        for name, value in ((ACTOR, wanted.actor), (UNIT, wanted.unit)):
            if value is not None:
                query = query.where(table.c[name] == self.key.code(name, value))
        if wanted.since is not None:
            query = query.where(table.c.at >= wanted.since)
        if wanted.until is not None:
            query = query.where(table.c.at < wanted.until)
        if wanted.after:
            query = query.where(tuple_(table.c.at, table.c.stream) < tuple_(*wanted.after))
        return query.order_by(table.c.at.desc(), table.c.stream.desc())

    def _row(self, fact: Recorded[ReadMade]) -> dict[str, str]:
        who = fact.event.reading.value.who
        return {
            "stream": fact.stream,
            "authority": fact.authority,
            ACTOR: self.key.code(ACTOR, who.actor),
            UNIT: self.key.code(UNIT, who.unit),
            "at": written(fact.at),
        }

    def _named(self, fact: Recorded[ReadMade]) -> list[dict[str, str]]:
        codes = dict.fromkeys(self.key.code(OBJECT, e) for e in fact.event.reading.value.ids)
        row = self._row(fact)
        return [{**row, OBJECT: code} for code in codes]


def _tables(name: str, generation: int) -> tuple[Table, Table]:
    made, own = MetaData(), f"{name}{suffix(generation)}"
    named = f"{name}_of{suffix(generation)}"
    readings = Table(
        own,
        made,
        Column("stream", TEXT, primary_key=True),
        *_columns(),
        Index(f"{own}_all", "authority", "at", "stream"),
        Index(f"{own}_{ACTOR}", ACTOR, "authority", "at", "stream"),
    )
    objects = Table(
        named,
        made,
        Column(OBJECT, TEXT, primary_key=True),
        Column("stream", TEXT, primary_key=True),
        *_columns(),
        Index(f"{named}_{OBJECT}", OBJECT, "authority", "at", "stream"),
    )
    return readings, objects


def _columns() -> list[Column[str]]:
    return [Column(name, TEXT, nullable=False) for name in ("authority", ACTOR, UNIT, "at")]
