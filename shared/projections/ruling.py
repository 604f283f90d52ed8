"""Under which rules the rows of a read model are made: one ruling for a whole generation.

A *ruling* is a text that a fact carries, such as the disclosure profiles of a rulebook. Rows of one
generation are all made under one ruling, so that they never mix two; a newer one is noted, and
counts from the next generation on.
"""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Generic, NamedTuple, Protocol, TypeVar, runtime_checkable

from sqlalchemy import Column, MetaData, Row, Table, delete, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.kernel.recorded import Recorded
from shared.projections.bookkeeping import START
from shared.projections.projection import NUMBER, TEXT, Projection, suffix

L = TypeVar("L")
R = TypeVar("R")
_COLUMNS = ("begun", "made_under_hash", "newest_hash", "newest_position")
"""What every batch asks. The texts are long, and asked for only where they are not known yet."""


class RulingState(NamedTuple):
    """The hash of the ruling that rows are made under, and of the newest; None before the first."""

    made_under: str | None
    newest: str | None
    begun: bool
    """Whether there has been a row: until then the newest takes the place of the one before."""

    @property
    def stale(self) -> bool:
        """Whether there is a newer ruling than the rows were made under."""
        return self.made_under != self.newest


NOTHING = RulingState(None, None, begun=False)


@dataclass(frozen=True, eq=False)
class Ruled(Generic[L, R]):
    """A pure function that needs to know the ruling, and where rulings come from.

    ``project`` gets the ruling as ``read`` gives it; ``none`` is given before the first one, and
    should let nobody see anything. ``of`` gives the text that an event carries, or None; it is
    asked of events whose type is in ``carried_by`` alone. All rulings come from one source: of two,
    positions do not say which is newer. The text should hold no more than what ``project`` uses,
    written in one way: where its hash differs, all rows are made anew.
    """

    project: Callable[[Mapping[str, L], Recorded[Any], R], Mapping[str, L]]
    carried_by: frozenset[str]
    of: Callable[[Any], str | None]
    read: Callable[[str], R]
    none: R
    _read: dict[str, R] = field(default_factory=dict, init=False, repr=False)
    _books: "dict[str, RulingBook[L, R]]" = field(default_factory=dict, init=False, repr=False)

    def book(self, name: str) -> "RulingBook[L, R]":
        """Give what keeps the rulings of the read model *name*."""
        if name not in self._books:
            self._books[name] = RulingBook(name, self)
        return self._books[name]

    def knows(self, sha256: str) -> bool:
        """Whether the text with this hash was read before."""
        return sha256 in self._read

    def ruling(self, sha256: str, text: str = "") -> R:
        """Give what *text* says, read once for each hash."""
        if sha256 not in self._read:
            self._read[sha256] = self.read(text)
        return self._read[sha256]


class Under(Generic[L, R]):
    """The ruling of one generation while facts are folded under it."""

    def __init__(self, ruled: Ruled[L, R], table: Table, ruling: R, row: Row[Any] | None) -> None:
        self._ruled, self._table, self._ruling = ruled, table, ruling
        self._stands, self._begun = row is not None, bool(row and row.begun)
        self._reached = int(row.newest_position) if row else START
        self._changed: dict[str, str | int] = {}

    def project(self, lines: Mapping[str, L], fact: Recorded[Any]) -> Mapping[str, L]:
        """Hear the ruling that *fact* may carry, and fold the fact under the one that counts."""
        if fact.event.type in self._ruled.carried_by:
            self._hear(fact)
        now = self._ruled.project(lines, fact, self._ruling)
        if now and not self._begun:
            self._begun, self._changed["begun"] = True, 1
        return now

    def _hear(self, fact: Recorded[Any]) -> None:
        text = self._ruled.of(fact.event)
        if text is None or fact.position <= self._reached:  # known before this generation began
            return
        sha256 = hashlib.sha256(text.encode()).hexdigest()
        ruling = self._ruled.ruling(sha256, text)  # one that cannot be read is not heard
        self._reached = fact.position
        self._changed |= {"newest": text, "newest_hash": sha256, "newest_position": fact.position}
        if not self._begun:
            self._ruling = ruling
            self._changed |= {"made_under": text, "made_under_hash": sha256}

    async def keep(self, connection: AsyncConnection) -> None:
        """Write down what was heard."""
        if self._changed:
            changing = update(self._table) if self._stands else insert(self._table).values(id=1)
            await connection.execute(changing.values(self._changed))


@dataclass(frozen=True, eq=False)
class RulingBook(Generic[L, R]):
    """Keeps the ruling of each generation of the read model *name*, in a table with one row."""

    name: str
    ruled: Ruled[L, R]
    _made: dict[int, Table] = field(default_factory=dict, init=False, repr=False)

    def table(self, generation: int) -> Table:
        """Give the table of *generation*: what rows are made under, and the newest there is."""
        if generation not in self._made:
            self._made[generation] = Table(
                f"{self.name}_ruling{suffix(generation)}",
                MetaData(),
                Column("id", NUMBER, primary_key=True, autoincrement=False),
                Column("begun", NUMBER, nullable=False, default=0),
                Column("made_under", TEXT),
                Column("made_under_hash", TEXT),
                Column("newest", TEXT),
                Column("newest_hash", TEXT),
                Column("newest_position", NUMBER, nullable=False, default=START),
            )
        return self._made[generation]

    async def opened(self, connection: AsyncConnection, generation: int) -> Under[L, R]:
        """Give the ruling that the facts of a batch are folded under."""
        table, row = self.table(generation), await self._row(connection, generation)
        sha256 = row.made_under_hash if row else None
        if sha256 is None:
            return Under(self.ruled, table, self.ruled.none, row)
        text = ""
        if not self.ruled.knows(sha256):
            text = (await connection.execute(select(table.c.made_under))).scalar_one()
        return Under(self.ruled, table, self.ruled.ruling(sha256, text), row)

    async def state(self, connection: AsyncConnection, generation: int) -> RulingState:
        """Give what the rows of *generation* are made under, and what is newest."""
        row = await self._row(connection, generation)
        if row is None:
            return NOTHING
        return RulingState(row.made_under_hash, row.newest_hash, begun=bool(row.begun))

    async def outdated(self, connection: AsyncConnection, generation: int, live: int) -> bool:
        """Whether *generation* holds rows made under an older ruling than *live* knows."""
        state, now = await self.state(connection, generation), await self.state(connection, live)
        return state.begun and state.made_under != now.newest

    async def begin(self, connection: AsyncConnection, generation: int, live: int) -> None:
        """Let *generation* be made under the newest ruling that *live* knows.

        One that holds rows already stays as it is.
        """
        table, known = self.table(generation), self.table(live)
        newest = select(known.c.newest, known.c.newest_hash, known.c.newest_position)
        found = (await connection.execute(newest.where(known.c.newest.is_not(None)))).one_or_none()
        row = await self._row(connection, generation)
        if found is None or (row and row.begun):
            return
        text, sha256, position = found
        values = {"newest": text, "newest_hash": sha256, "newest_position": position}
        values |= {"id": 1, "made_under": text, "made_under_hash": sha256}
        await connection.execute(delete(table))
        await connection.execute(insert(table).values(values))

    async def _row(self, connection: AsyncConnection, generation: int) -> Row[Any] | None:
        table = self.table(generation)
        asked = select(*(table.c[name] for name in _COLUMNS))
        return (await connection.execute(asked)).one_or_none()


@runtime_checkable
class UnderRuling(Protocol):
    """A read model that may be made under a ruling."""

    @property
    def ruling(self) -> RulingBook[Any, Any] | None:
        """Where its rulings are kept; None where its rows depend on facts alone."""
        ...


def rulings_of(projections: Iterable[Projection]) -> tuple[RulingBook[Any, Any], ...]:
    """Give the books of those read models that are made under a ruling."""
    asked = (each.ruling for each in projections if isinstance(each, UnderRuling))
    return tuple(book for book in asked if book is not None)
