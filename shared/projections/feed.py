"""What is new for a party, numbered 1, 2, 3, ... for each, without gaps."""

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, TypeVar

from pydantic import TypeAdapter
from pydantic_core import to_json
from sqlalchemy import Column, MetaData, Table, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.kernel.recorded import Recorded
from shared.projections.per_party import Change, L, PerParty
from shared.projections.projection import NUMBER, TEXT, suffix
from shared.projections.statements import listed

N = TypeVar("N")


@dataclass(frozen=True)
class Feed(Generic[L, N]):
    """The changes of each party's own view, in the order in which they came.

    It keeps the rows of ``view`` as well, so that one is registered through the feed and not
    beside it. ``tell`` gives the ``entry`` (a frozen dataclass) that a change is worth, or nothing.
    One source only: the order between sources is not the same twice.
    """

    name: str
    view: PerParty[L]
    entry: type[N]
    tell: Callable[[Change[L]], N | None]
    _made: dict[int, Table] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def _json(self) -> TypeAdapter[N]:
        return TypeAdapter(self.entry)

    @property
    def shape(self) -> str:
        """That of the view and of the entry."""
        return to_json((self.name, self.view.shape, self._json.json_schema())).decode()

    def table(self, generation: int) -> Table:
        """Give ``party, number, stream, position, entry`` (JSON) of *generation*.

        ``position`` is the fact's: by it a cursor of one generation is found again in another.
        """
        if generation not in self._made:
            self._made[generation] = Table(
                self.name + suffix(generation),
                MetaData(),
                Column("party", TEXT, primary_key=True),
                Column("number", NUMBER, primary_key=True, autoincrement=False),
                Column("stream", TEXT, nullable=False),
                Column("position", NUMBER, nullable=False),
                Column("entry", TEXT, nullable=False),
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
        told = [(change, entry) for change in changes if (entry := self.tell(change)) is not None]
        if not told:
            return
        table = self.table(generation)
        parties = sorted({change.party for change, _ in told})
        numbers = await _last_numbers(connection, table, parties)
        rows = [self._row(change, entry, numbers) for change, entry in told]
        await connection.execute(insert(table), rows)

    def _row(self, change: Change[L], entry: N, numbers: Counter[str]) -> dict[str, str | int]:
        numbers[change.party] += 1
        return {
            "party": change.party,
            "number": numbers[change.party],
            "stream": change.fact.stream,
            "position": change.fact.position,
            "entry": self._json.dump_json(entry).decode(),
        }


async def _last_numbers(
    connection: AsyncConnection, table: Table, parties: Collection[str]
) -> Counter[str]:
    asked = listed(connection, parties)
    # One step down the primary key for each party, however long its feed is.
    last = select(func.max(table.c.number)).where(table.c.party == asked.c.word).scalar_subquery()
    rows = await connection.execute(select(asked.c.word, last))
    return Counter({party: number or 0 for party, number in rows})
