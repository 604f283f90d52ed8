"""Which readings are there of this person, unit or object? Found by code, told from the ledger.

The rows hold codes under the platform's key, moments and authorities: whoever has this database
and no key learns how much was read, not by whom and not of what.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from sqlalchemy import (
    Column,
    ColumnElement,
    Index,
    MetaData,
    Select,
    Table,
    literal,
    select,
    tuple_,
)
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
    """One reading: where the ledger has it, when it was entered at its service, and found by what.

    ``object`` is the code of the object asked for; empty where none was.
    """

    stream: str
    at: str
    object: str


@dataclass(frozen=True)
class Wanted:
    """Which readings of one authority: by code, from a moment, up to a moment, after a key.

    One of several *objects* is found once for each of them.
    """

    authority: AuthorityId
    size: int
    after: tuple[str | int | None, ...] = ()
    actor: str | None = None
    unit: str | None = None
    objects: tuple[str, ...] = ()
    since: str | None = None
    until: str | None = None

    @property
    def order(self) -> tuple[str, ...]:
        """The columns that put what is found in one order, and that a key has the values of."""
        return ("at", "stream", OBJECT) if len(self.objects) > 1 else ("at", "stream")


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
        return [Found(*row) for row in await connection.execute(query)]

    def code(self, object_id: str) -> str:
        """Give the code by which the rows know an object."""
        return self.key.code(OBJECT, object_id)

    def _asked(self, generation: int, wanted: Wanted) -> Select[Any]:
        readings, objects = self.tables(generation)
        table = objects if wanted.objects else readings
        found_by = table.c[OBJECT] if wanted.objects else literal("")
        order = [table.c[name] for name in wanted.order]
        query = select(table.c.stream, table.c.at, found_by).where(*self._narrowed(table, wanted))
        if wanted.after:
            query = query.where(tuple_(*order) < tuple_(*wanted.after))
        return query.order_by(*(each.desc() for each in order))

    def _narrowed(self, table: Table, wanted: Wanted) -> Iterator[ColumnElement[bool]]:
        yield table.c.authority == wanted.authority
        if wanted.objects:
            yield table.c[OBJECT].in_([self.code(each) for each in wanted.objects])
        for name, value in ((ACTOR, wanted.actor), (UNIT, wanted.unit)):
            if value is not None:
                yield table.c[name] == self.key.code(name, value)
        if wanted.since is not None:
            yield table.c.at >= wanted.since
        if wanted.until is not None:
            yield table.c.at < wanted.until

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
        codes = dict.fromkeys(self.code(each) for each in fact.event.reading.value.ids)
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
