"""What is new for a party, numbered 1, 2, 3, ... for each, without gaps."""

from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, NamedTuple, TypeVar

from pydantic import TypeAdapter
from pydantic_core import to_json
from sqlalchemy import (
    Column,
    Index,
    MetaData,
    Table,
    Update,
    bindparam,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.kernel.recorded import Recorded
from shared.projections.per_party import Change, L, PerParty
from shared.projections.projection import NUMBER, TEXT, suffix
from shared.projections.ruling import RulingBook
from shared.projections.statements import listed

N = TypeVar("N")


@dataclass(frozen=True)
class Feed(Generic[L, N]):
    """The changes of each party's own view, in the order in which they came.

    It keeps the rows of ``view`` as well, so that one is registered through the feed and not
    beside it. ``tell`` gives the ``entry`` (a frozen dataclass) that a change is worth, or nothing.
    ``bury`` gives a tombstone where a change closes a party's view, or nothing: it takes the place
    of every entry that the feed told that party of that stream before, number and position kept.
    One source only: the order between sources is not the same twice.
    """

    name: str
    view: PerParty[L]
    entry: type[N]
    tell: Callable[[Change[L]], N | None]
    bury: Callable[[Change[L]], N | None] | None = None
    _made: dict[int, Table] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def _json(self) -> TypeAdapter[N]:
        return TypeAdapter(self.entry)

    @property
    def shape(self) -> str:
        """That of the view and of the entry, and whether what was told can be buried."""
        buries = ("buries",) if self.bury else ()
        return to_json((self.name, self.view.shape, self._json.json_schema(), *buries)).decode()

    @property
    def ruling(self) -> RulingBook[L, Any] | None:
        """Where the rulings of the view are kept."""
        return self.view.ruling

    def table(self, generation: int) -> Table:
        """Give ``party, number, stream, position, entry`` (JSON) of *generation*.

        ``position`` is the fact's: by it a cursor of one generation is found again in another.
        """
        if generation not in self._made:
            name = self.name + suffix(generation)
            told_before = (Index(f"{name}_told", "party", "stream"),) if self.bury else ()
            self._made[generation] = Table(
                name,
                MetaData(),
                Column("party", TEXT, primary_key=True),
                Column("number", NUMBER, primary_key=True, autoincrement=False),
                Column("stream", TEXT, nullable=False),
                Column("position", NUMBER, nullable=False),
                Column("entry", TEXT, nullable=False),
                *told_before,
            )
        return self._made[generation]

    def tables(self, generation: int) -> tuple[Table, ...]:
        """Give the view's table and the feed's."""
        return (*self.view.tables(generation), self.table(generation))

    async def apply(
        self, connection: AsyncConnection, facts: Sequence[Recorded[Any]], generation: int
    ) -> None:
        """Fold *facts* into the view and add what they change to the feed."""
        changes = await self.view.changes(connection, facts, generation)
        news = [each for change in changes if (each := self._news(change)).is_any]
        table = self.table(generation)
        parties = sorted({each.change.party for each in news if each.entry is not None})
        numbers = await _last_numbers(connection, table, parties)
        rows: dict[Key, list[dict[str, Any]]] = {}
        buried: dict[Key, str] = {}
        for change, entry, tombstone in news:
            key = Key(change.party, change.fact.stream)
            told = rows.setdefault(key, [])
            if tombstone is not None:
                buried[key] = written = self._written(tombstone)
                told[:] = [{**row, "entry": written} for row in told]
            if entry is not None:
                numbers[change.party] += 1
                told.append(self._row(change, numbers[change.party], entry))
        await _put(connection, table, buried, [row for told in rows.values() for row in told])

    def _news(self, change: Change[L]) -> "News[L, N]":
        return News(change, self.tell(change), self.bury(change) if self.bury else None)

    def _row(self, change: Change[L], number: int, entry: N) -> dict[str, Any]:
        return {
            "party": change.party,
            "number": number,
            "stream": change.fact.stream,
            "position": change.fact.position,
            "entry": self._written(entry),
        }

    def _written(self, entry: N) -> str:
        return self._json.dump_json(entry).decode()


class Key(NamedTuple):
    """Whom something is told, and of which stream."""

    party: str
    stream: str


class News(NamedTuple, Generic[L, N]):
    """What a feed makes of a change: the entry it is worth, the tombstone of those before."""

    change: Change[L]
    entry: N | None
    tombstone: N | None

    @property
    def is_any(self) -> bool:
        """Whether the feed has anything to do."""
        return self.entry is not None or self.tombstone is not None


async def _put(
    connection: AsyncConnection,
    table: Table,
    buried: Mapping[Key, str],
    rows: Sequence[Mapping[str, Any]],
) -> None:
    if buried:  # all that stands in the table was told before this batch
        told = [{"p": party, "s": stream, "e": entry} for (party, stream), entry in buried.items()]
        await connection.execute(_burial(table), told)
    if rows:
        await connection.execute(insert(table), rows)


def _burial(table: Table) -> Update:
    told = (table.c.party == bindparam("p"), table.c.stream == bindparam("s"))
    return update(table).where(*told).values(entry=bindparam("e"))


async def _last_numbers(
    connection: AsyncConnection, table: Table, parties: Collection[str]
) -> Counter[str]:
    if not parties:
        return Counter()
    asked = listed(connection, parties)
    # One step down the primary key for each party, however long its feed is.
    last = select(func.max(table.c.number)).where(table.c.party == asked.c.word).scalar_subquery()
    rows = await connection.execute(select(asked.c.word, last))
    return Counter({party: number or 0 for party, number in rows})
