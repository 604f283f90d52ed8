"""How the database of the read models is set up."""

import asyncio
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from shared.projections import engines as module
from shared.projections.engines import Engines
from shared.projections.refused import is_away
from shared.testing.postgres import Postgres
from tests.roles.links import link


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


async def test_a_connection_that_fell_silent_is_not_waited_for(
    server: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Who reads while another PostgreSQL takes over is told soon; the next read is answered."""
    monkeypatch.setattr(module, "PATIENCE", {**module.PATIENCE, "command_timeout": 1})
    url = make_url(await server.new_database())
    async with link(server.port) as way, asyncio.timeout(30):
        engines = Engines.of(url.set(port=way.port).render_as_string(hide_password=False))
        try:
            await _answered(engines)
            way.fall_silent()
            with pytest.raises(TimeoutError) as silence:
                await _answered(engines)
            assert is_away(silence.value)
            await _answered(engines)
        finally:
            await engines.close()


async def _answered(engines: Engines) -> None:
    async with engines.reading.connect() as connection:
        await connection.execute(text("SELECT 1"))
