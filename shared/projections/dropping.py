"""Deleting generations that nobody reads: one that is named, or all that count no more."""

from sqlalchemy import delete, inspect, select, text

from shared.projections import bookkeeping as books
from shared.projections.bookkeeping import GENERATION
from shared.projections.projection import suffix
from shared.projections.views import Views


async def drop_outdated(views: Views) -> None:
    """Delete what was made under an older ruling, except for what is read.

    Profiles and policies are always the newest, so nobody may go back to these rows. Those of code
    of another shape cannot be asked, and are left to the operator.
    """
    for generation in await _outdated(views):
        await drop_generation(views, generation)


async def _outdated(views: Views) -> list[int]:
    async with views.holding() as (connection, live):
        if live is None or live.shape != views.shape or not views.rulings:
            return []
        asked = select(GENERATION.c.number).where(
            GENERATION.c.shape == live.shape, GENERATION.c.number != live.generation
        )
        others = (await connection.execute(asked)).scalars().all()
        found = set[int]()
        for book in views.rulings:
            for generation in others:
                if await book.outdated(connection, generation, live.generation):
                    found.add(generation)
        return sorted(found)


async def drop_generation(views: Views, generation: int) -> None:
    """Delete the rows and books of a *generation* that is no longer read.

    Raises ``ValueError`` for the one that is.
    """
    async with views.holding() as (connection, live):
        if live and live.generation == generation:
            raise ValueError(f"generation {generation} is being read")
        names = await connection.run_sync(lambda sync: inspect(sync).get_table_names())
        quoted = connection.dialect.identifier_preparer.quote_identifier
        for name in names:  # its shape may be that of other code, so the tables are asked for
            if name.endswith(suffix(generation)):
                await connection.execute(text(f"DROP TABLE {quoted(name)}"))
        for table, number in books.KEPT_PER_GENERATION:
            await connection.execute(delete(table).where(number == generation))
