"""The usual read model: a row for each thing and each party to it, with what that party sees."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Generic, NamedTuple, TypeVar

from pydantic import TypeAdapter
from pydantic_core import to_json
from sqlalchemy import Column, Delete, Index, MetaData, Table, bindparam, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import TypeEngine

from shared.kernel.recorded import Recorded
from shared.projections.projection import TEXT, suffix
from shared.projections.ruling import Ruled, RulingBook
from shared.projections.statements import among, upsert

L = TypeVar("L")
Lines = Mapping[str, L]
"""What each party sees of one stream."""
Note = Callable[[Recorded[Any], Lines[L], Lines[L]], None]


class Change(NamedTuple, Generic[L]):
    """What one fact changed in one party's view; ``None`` is a party that sees nothing."""

    fact: Recorded[Any]
    party: str
    before: L | None
    after: L | None


@dataclass(frozen=True)
class PerParty(Generic[L]):
    """Rows keyed by (stream, party), folded by a pure function.

    ``line`` is a frozen dataclass (or, slower, a frozen Pydantic model), stored whole as JSON with
    personal fields as their tokens. ``project`` gets what every party sees of the fact's stream and
    gives what each sees afterwards; a party left out sees nothing. As a ``Ruled`` it also gets the
    ruling of the generation, which is the newest one that was heard before the first row was made:
    under the same ruling the same facts give the same rows, under another they give others.
    ``columns`` are the fields or properties of the line that are filtered and sorted by, with their
    types: never personal ones. Each of ``indexes`` is a list of column names. Where a party has
    several items of one stream, the key of a line is ``<party>/<item>`` and the party is a column.
    """

    name: str
    line: type[L]
    project: Callable[[Lines[L], Recorded[Any]], Lines[L]] | Ruled[L, Any]
    columns: Mapping[str, TypeEngine[Any]] = field(default_factory=dict)
    indexes: Sequence[Sequence[str]] = ()
    _made: dict[int, Table] = field(default_factory=dict, init=False, repr=False)

    @cached_property
    def _json(self) -> TypeAdapter[L]:
        return TypeAdapter(self.line)

    @property
    def ruling(self) -> RulingBook[L, Any] | None:
        """Where the rulings are kept; None where rows depend on facts alone."""
        return self.project.book(self.name) if isinstance(self.project, Ruled) else None

    @property
    def shape(self) -> str:
        """The fields of the line, the columns and the indexes, and whether a ruling is kept."""
        columns = {name: str(kind) for name, kind in self.columns.items()}
        ruled = ("ruled",) if self.ruling else ()
        shape = (self.name, self._json.json_schema(), columns, self.indexes, *ruled)
        return to_json(shape).decode()

    def table(self, generation: int) -> Table:
        """Give the table of *generation*: ``stream, party, line`` (JSON) and the columns."""
        if generation not in self._made:
            name = self.name + suffix(generation)
            self._made[generation] = Table(
                name,
                MetaData(),
                Column("stream", TEXT, primary_key=True),
                Column("party", TEXT, primary_key=True),
                Column("line", TEXT, nullable=False),
                *(Column(column, kind) for column, kind in self.columns.items()),
                *(Index(f"{name}_{i}", *columns) for i, columns in enumerate(self.indexes)),
            )
        return self._made[generation]

    def tables(self, generation: int) -> tuple[Table, ...]:
        """Give the table of *generation*, and that of its ruling where it has one."""
        rulings = (self.ruling.table(generation),) if self.ruling else ()
        return (self.table(generation), *rulings)

    def read(self, line: str) -> L:
        """Give the line that a row holds as JSON."""
        return self._json.validate_json(line)

    async def apply(
        self, connection: AsyncConnection, facts: Sequence[Recorded[Any]], generation: int
    ) -> None:
        """Fold *facts* into the rows."""
        await self._fold(connection, facts, generation, None)

    async def changes(
        self, connection: AsyncConnection, facts: Sequence[Recorded[Any]], generation: int
    ) -> list[Change[L]]:
        """Fold *facts* into the rows, and give what changed for whom, in the order of the facts."""
        changes: list[Change[L]] = []
        await self._fold(
            connection, facts, generation, lambda *seen: changes.extend(_changes(*seen))
        )
        return changes

    async def _fold(
        self,
        connection: AsyncConnection,
        facts: Sequence[Recorded[Any]],
        generation: int,
        note: Note[L] | None,
    ) -> None:
        table = self.table(generation)
        before = await self._lines(connection, table, {fact.stream for fact in facts})
        after = dict(before)
        under, project = None, self.project
        if isinstance(project, Ruled):
            under = await project.book(self.name).opened(connection, generation)
            project = under.project
        for fact in facts:
            seen = after.get(fact.stream, {})
            after[fact.stream] = now = project(seen, fact)
            if note is not None:
                note(fact, seen, now)
        await self._write(connection, table, before, after)
        if under is not None:
            await under.keep(connection)

    async def _lines(
        self, connection: AsyncConnection, table: Table, streams: set[str]
    ) -> dict[str, Lines[L]]:
        wanted = select(table.c.stream, table.c.party, table.c.line).where(
            among(connection, table.c.stream, sorted(streams))
        )
        found: dict[str, dict[str, L]] = {}
        for stream, party, line in await connection.execute(wanted):
            found.setdefault(stream, {})[party] = self.read(line)
        return dict(found)

    async def _write(
        self,
        connection: AsyncConnection,
        table: Table,
        before: Mapping[str, Lines[L]],
        after: Mapping[str, Lines[L]],
    ) -> None:
        gone, rows = [], []
        for stream, lines in after.items():
            old = before.get(stream, {})
            gone += [{"s": stream, "p": party} for party in old.keys() - lines.keys()]
            rows += [
                self._row(stream, party, line)
                for party, line in lines.items()
                if _differ(old.get(party), line)
            ]
        if gone:
            await connection.execute(_deletion(table), gone)
        if rows:
            await connection.execute(upsert(connection, table), rows)

    def _row(self, stream: str, party: str, line: L) -> dict[str, Any]:
        written = self._json.dump_json(line).decode()
        columns = {name: getattr(line, name) for name in self.columns}
        return {"stream": stream, "party": party, "line": written, **columns}


def _changes(fact: Recorded[Any], before: Lines[L], after: Lines[L]) -> Iterator[Change[L]]:
    for party in dict.fromkeys([*before, *after]):
        old, new = before.get(party), after.get(party)
        if _differ(old, new):
            yield Change(fact, party, old, new)


def _differ(old: L | None, new: L | None) -> bool:
    return old is not new and old != new


def _deletion(table: Table) -> Delete:
    return delete(table).where(table.c.stream == bindparam("s"), table.c.party == bindparam("p"))
