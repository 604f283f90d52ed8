"""Looking at a database before it is used: what cannot be worked with is said at the start."""

from collections.abc import AsyncIterator, Collection, Iterator, Mapping
from contextlib import asynccontextmanager
from typing import Final

from sqlalchemy import Table, inspect
from sqlalchemy.engine import Connection, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.kernel.starting import CannotStart

DRIVERS: Final = ("sqlite+aiosqlite", "postgresql+asyncpg")


class WrongViewsAddress(CannotStart):
    """The address of the read models is none: write postgresql+asyncpg://user:password@host/name.

    (da: Læsemodellernes adresse er ugyldig: skriv
    postgresql+asyncpg://bruger:kodeord@vært/navn.)
    """


class NoDatabase(CannotStart):
    """The database does not exist: make it, empty, with this user as its owner (CREATE DATABASE).

    (da: Databasen findes ikke: opret den, tom og med denne bruger som ejer - CREATE DATABASE.)
    """


class NotLetIn(CannotStart):
    """The database does not let this user in: look at user and password in KREDSLOB_VIEWS_URL.

    (da: Databasen lukker ikke denne bruger ind: se bruger og kodeord i KREDSLOB_VIEWS_URL.)
    """


class DatabaseAway(CannotStart):
    """The database does not answer: start it, or look at host and port in KREDSLOB_VIEWS_URL.

    (da: Databasen svarer ikke: start den, eller se vært og port i KREDSLOB_VIEWS_URL.)
    """


class HalfMade(CannotStart):
    """Tables are missing or of another shape: run `kredslob rebuild` (all anew, beside these).

    (da: Tabeller mangler eller har en anden form: kør `kredslob rebuild`, som bygger alle
    på ny ved siden af.)
    """


_BY_STATE: Final[Mapping[str, type[CannotStart]]] = {
    "3D000": NoDatabase,
    "28": NotLetIn,
    "08": DatabaseAway,
    "53300": DatabaseAway,
    "57P": DatabaseAway,
}
"""By the first letters of PostgreSQL's SQLSTATE (its manual, appendix A)."""


def checked_address(url: str) -> str:
    """Give *url* back, or raise ``WrongViewsAddress``."""
    try:
        driver = make_url(url).drivername
    except ArgumentError:
        raise WrongViewsAddress("not an address") from None
    if driver not in DRIVERS:
        raise WrongViewsAddress(f"{driver}, not {' or '.join(DRIVERS)}")
    return url


@asynccontextmanager
async def plainly_refused() -> AsyncIterator[None]:
    """Say in a word of our own why a database cannot be opened; what is not known so goes on.

    Raises ``NoDatabase``, ``NotLetIn`` and ``DatabaseAway``.
    """
    try:
        yield
    except OSError as silence:
        raise DatabaseAway(type(silence).__name__) from None
    except Exception as problem:  # the driver's own come as they are while it connects
        kind = DatabaseAway if is_away(problem) else _kind(problem)
        if kind is None:
            raise
        raise kind(type(problem).__name__) from None


def is_away(problem: Exception) -> bool:
    """Say whether *problem* means that the database does not answer, and not that it refuses."""
    match problem:
        case OSError() | PoolTimeout():
            return True
        case DBAPIError():
            return problem.connection_invalidated or _kind(problem) is DatabaseAway
        case _:
            return False


def _kind(problem: Exception) -> type[CannotStart] | None:
    state = str(getattr(getattr(problem, "orig", problem), "sqlstate", None))
    return next((kind for begin, kind in _BY_STATE.items() if state.startswith(begin)), None)


async def demand_whole(connection: AsyncConnection, tables: Collection[Table]) -> None:
    """Raise ``HalfMade`` unless every one of *tables* stands, with every column."""
    lacking = await connection.run_sync(lambda sync: list(_lacking(sync, tables)))
    if lacking:
        raise HalfMade(", ".join(lacking))


def _lacking(connection: Connection, tables: Collection[Table]) -> Iterator[str]:
    asked = inspect(connection)
    standing = set(asked.get_table_names())
    for table in tables:
        if table.name not in standing:
            yield table.name
            continue
        there = {column["name"] for column in asked.get_columns(table.name)}
        declared = (column.name for column in table.columns)
        yield from (f"{table.name}.{name}" for name in declared if name not in there)
