"""What all rows of a generation come to, in one number: equal read models have equal digests."""

import hashlib
from collections.abc import Iterable
from typing import NamedTuple

from pydantic_core import to_json
from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.projections.projection import Projection, suffix


class Digest(NamedTuple):
    """The number of rows of a table, and the SHA-256 of them in the order of the primary key."""

    rows: int
    sha256: str


async def digests(
    connection: AsyncConnection, projections: Iterable[Projection], generation: int
) -> dict[str, Digest]:
    """Give the digest of each table of *generation*, by its name without the generation."""
    return {
        table.name.removesuffix(suffix(generation)): await _digest(connection, table)
        for projection in projections
        for table in projection.tables(generation)
    }


async def _digest(connection: AsyncConnection, table: Table) -> Digest:
    count, digest = 0, hashlib.sha256()
    async with connection.stream(select(table).order_by(*table.primary_key)) as rows:
        async for row in rows:
            count += 1
            digest.update(to_json(tuple(row)) + b"\n")
    return Digest(count, digest.hexdigest())
