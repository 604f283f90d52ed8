"""What a read model is: tables per generation, and how facts change their rows.

A *generation* is one complete copy of all read models of a service. One is read at a time; a
rebuild fills the next beside it.
"""

from collections.abc import Sequence
from typing import Any, Protocol

from sqlalchemy import BigInteger, Integer, Table, Text
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.types import TypeEngine

from shared.kernel.recorded import Recorded

TEXT: TypeEngine[str] = Text().with_variant(Text(collation="C"), "postgresql")
"""Text that both engines sort by its bytes."""
NUMBER: TypeEngine[int] = BigInteger().with_variant(Integer(), "sqlite")
"""A whole number, also used for yes (1) and no (0)."""


class Projection(Protocol):
    """One read model.

    It must come out the same however the facts are cut into batches and, where it hears several
    sources, in whatever order these interleave: else a rebuild gives other rows. Only a ruling
    (:mod:`shared.projections.ruling`) may make a difference, the same for all rows of a generation.
    """

    @property
    def name(self) -> str:
        """The question it answers; its tables begin with this name."""
        ...

    @property
    def shape(self) -> str:
        """What its rows look like: where this text changes, the read models must be rebuilt."""
        ...

    def tables(self, generation: int) -> tuple[Table, ...]:
        """Give the tables of *generation*, the same objects at every call.

        Names end with :func:`suffix`, every table has a primary key.
        """
        ...

    async def apply(
        self, connection: AsyncConnection, facts: Sequence[Recorded[Any]], generation: int
    ) -> None:
        """Change the rows as *facts* demand, within the transaction of *connection*.

        Whatever it raises, except that the database is out of order, parks the fact's stream.
        """
        ...


def suffix(generation: int) -> str:
    """Give what every table name of *generation* ends with."""
    return f"_g{generation}"
