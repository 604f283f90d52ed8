"""Which purpose did this person choose for this object? Asked at every read, so chosen once."""

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, Final, NamedTuple, Protocol, Self

from sqlalchemy import Column, Insert, MetaData, Select, Table, func, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.eventstore.port import START
from shared.projections.engines import Engines
from shared.projections.projection import NUMBER, TEXT
from shared.projections.refused import is_away, plainly_refused
from shared.projections.statements import inserting, on_sqlite
from shared.projections.views import ViewsAway

_MAKING: Final = 0x6C6573
"""The advisory lock under which PostgreSQL's table is made: "les" in ASCII."""
_UP_TO: Final = "up to here"
"""The key of the row that says how far the log of reads was taken in."""
CHOSEN = Table(
    "purpose_chosen",
    MetaData(),
    Column("key", TEXT, primary_key=True),
    Column("purpose", TEXT, nullable=False),
    Column("position", NUMBER, nullable=False),
)
"""``key`` is a code of person and object: the table alone says who chose nothing."""


class Choice(NamedTuple):
    """What was chosen, and where in the log of reads that stands."""

    purpose: str
    position: int


class Choices(Protocol):
    """Keeps what was chosen; the latest choice counts."""

    async def recall(self, key: str) -> str | None:
        """Give the purpose chosen under *key*, or None."""
        ...

    async def keep(self, chosen: Mapping[str, Choice]) -> None:
        """Keep what was *chosen*, unless something later is kept already."""
        ...

    async def reached(self) -> int:
        """Give the position up to which the log of reads was taken in."""
        ...

    async def reach(self, position: int) -> None:
        """Remember that the log was taken in up to *position*."""
        ...


class ChoicesHere:
    """Choices in memory: for a log of reads that no service stands on."""

    def __init__(self) -> None:
        self._chosen: dict[str, Choice] = {}
        self._reached = START

    async def recall(self, key: str) -> str | None:
        """Give the purpose chosen under *key*, or None."""
        choice = self._chosen.get(key)
        return choice.purpose if choice else None

    async def keep(self, chosen: Mapping[str, Choice]) -> None:
        """Keep what was *chosen*, unless something later is kept already."""
        for key, choice in chosen.items():
            if key not in self._chosen or self._chosen[key].position <= choice.position:
                self._chosen[key] = choice

    async def reached(self) -> int:
        """Give the position up to which the log of reads was taken in."""
        return self._reached

    async def reach(self, position: int) -> None:
        """Remember that the log was taken in up to *position*."""
        self._reached = position


class ChoicesKept:
    """Choices in a table beside the read models, so that all doors of a service share them."""

    def __init__(self, engines: Engines) -> None:
        self._engines = engines

    @classmethod
    async def open(cls, engines: Engines) -> Self:
        """Give the choices in the database of *engines*; the table is made where there is none.

        Raises the kinds of ``CannotStart`` in :mod:`shared.projections.refused`.
        """
        async with plainly_refused(), engines.writing.begin() as connection:
            if not on_sqlite(connection):
                await connection.execute(select(func.pg_advisory_xact_lock(_MAKING)))
            await connection.run_sync(CHOSEN.metadata.create_all)
        return cls(engines)

    async def close(self) -> None:
        """Let go of the database, where nobody else uses its engines."""
        await self._engines.close()

    async def recall(self, key: str) -> str | None:
        """Give the purpose chosen under *key*, or None. Raises ``ViewsAway``."""
        found = await self._found(select(CHOSEN.c.purpose).where(CHOSEN.c.key == key))
        return None if found is None else str(found)

    async def keep(self, chosen: Mapping[str, Choice]) -> None:
        """Keep what was *chosen*, unless something later is kept already. Raises ``ViewsAway``."""
        if not chosen:
            return
        rows = [{"key": key, **choice._asdict()} for key, choice in chosen.items()]
        async with _answering(), self._engines.writing.begin() as connection:
            await connection.execute(_kept_if_later(connection), rows)

    async def reached(self) -> int:
        """Give the position up to which the log of reads was taken in. Raises ``ViewsAway``."""
        found = await self._found(select(CHOSEN.c.position).where(CHOSEN.c.key == _UP_TO))
        return START if found is None else int(found)

    async def reach(self, position: int) -> None:
        """Remember that the log was taken in up to *position*. Raises ``ViewsAway``."""
        await self.keep({_UP_TO: Choice("", position)})

    async def _found(self, query: Select[Any]) -> Any:  # noqa: ANN401 - one value of a row
        async with _answering(), self._engines.reading.connect() as connection:
            return (await connection.execute(query)).scalar_one_or_none()


def _kept_if_later(connection: AsyncConnection) -> Insert:
    new = inserting(connection)(CHOSEN)
    kept: Insert = new.on_conflict_do_update(
        index_elements=[CHOSEN.c.key],
        set_={"purpose": new.excluded.purpose, "position": new.excluded.position},
        where=new.excluded.position >= CHOSEN.c.position,
    )
    return kept


@asynccontextmanager
async def _answering() -> AsyncIterator[None]:
    try:
        yield
    except (OSError, SQLAlchemyError) as problem:
        if is_away(problem):
            raise ViewsAway(type(problem).__name__) from problem
        raise
