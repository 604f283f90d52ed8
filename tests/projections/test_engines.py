"""How the database of the read models is set up."""

from pathlib import Path

import pytest

from shared.projections.engines import Engines


@pytest.mark.parametrize(
    ("pragma", "wanted"),
    [("journal_mode", "wal"), ("foreign_keys", 1), ("secure_delete", 1), ("busy_timeout", 10_000)],
)
async def test_every_sqlite_connection_is_set_up(
    tmp_path: Path, pragma: str, wanted: str | int
) -> None:
    """Deleted rows are overwritten, readers are not held up, and a lock is waited for."""
    engines = Engines.of(f"sqlite+aiosqlite:///{tmp_path}/views.db")
    try:
        for engine in (engines.writing, engines.reading):
            async with engine.connect() as connection:
                found = await connection.exec_driver_sql(f"PRAGMA {pragma}")
                assert found.scalar_one() == wanted
    finally:
        await engines.close()
