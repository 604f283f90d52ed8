"""Doors without work of their own see how far the process that works has come."""

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from shared.kernel.clock import StandingClock, SystemClock
from shared.messaging.backfill import answer_reads
from shared.messaging.bus import Bus
from shared.projections.runner import Lag, ViewsBehind
from shared.projections.views import Views
from shared.serving.watching import Checkpoints, WatchedSource, WatchedViews
from shared.testing.nats import nats_server
from shared.testing.postgres import Postgres
from tests.messaging.stage import FOLLOWS, a_store, append, running, until
from tests.projections.circles import NOON, SOURCE, Log, Noted, decode, drawn, read_models

DEADLINE = 30.0


@asynccontextmanager
async def two_processes(database: Postgres) -> AsyncIterator[tuple[Views, Views]]:
    """Give the same read models twice: of who works, and of who has doors only."""
    url = await database.new_database()
    works = await Views.open(url, read_models(), decode, StandingClock(NOON))
    reads = await Views.open(url, read_models(), decode, StandingClock(NOON))
    try:
        yield works, reads
    finally:
        await works.close()
        await reads.close()


async def test_what_another_process_applied_is_waited_for(database: Postgres) -> None:
    """A read at one replica shows what was written through another, when the worker has seen it."""
    log = Log().record("circle-1", drawn("a"), Noted(word="x"))
    async with two_processes(database) as (works, reads):
        watched = WatchedViews(log, Checkpoints(reads), SOURCE, log.clock)
        head = await log.head()
        waits = asyncio.gather(*(watched.wait_for(head, within=DEADLINE) for _ in range(50)))
        await works.apply(SOURCE, log.facts)
        await waits
        assert await reads.checkpoints() == {SOURCE: head}


async def test_what_never_comes_is_behind(database: Postgres) -> None:
    """Where the worker is gone the answer is "not yet", after as long as was asked for."""
    log = Log().record("circle-1", drawn("a"))
    async with two_processes(database) as (_, reads):
        with pytest.raises(ViewsBehind):
            await WatchedViews(log, Checkpoints(reads), SOURCE, log.clock).wait_for(2, within=0.05)


async def test_a_database_that_is_away_is_behind(database: Postgres) -> None:
    """Who waits for a view while the database is gone is told "not yet", not of its errors."""
    async with two_processes(database) as (_, reads):
        checkpoints = Checkpoints(reads)
    gone = reads.engines.reading.url.set(port=1)
    lost = Views(type(reads.engines).of(gone.render_as_string()), reads.absorber, reads.clock)
    with pytest.raises(ViewsBehind):
        await Checkpoints(lost).wait_for(SOURCE, 1, within=0.05)
    assert checkpoints.views is reads
    await lost.close()


async def test_the_lag_is_asked_of_store_and_database(database: Postgres) -> None:
    """Doors say how far the worker is behind, so that a dead one shows at every process."""
    log = Log().record("circle-1", drawn("a"), Noted(word="x"))
    async with two_processes(database) as (works, reads):
        watched = WatchedViews(log, Checkpoints(reads), SOURCE, log.clock)
        assert await watched.lag() == Lag(2, 0.0, 0.0)
        await works.apply(SOURCE, log.facts)
        assert await watched.lag() == Lag(0, 0.0, 0.0)


async def test_how_old_the_directory_may_be(database: Postgres, tmp_path: Path) -> None:
    """Its age is that of the first fact of the owner that the views lack, or of the last answer."""
    owners = a_store()
    async with (
        two_processes(database) as (works, reads),
        nats_server(tmp_path, FOLLOWS) as nats,
    ):
        bus = await Bus.connect(nats.address("referrals"))
        owner = await Bus.connect(nats.address("councils"))
        await answer_reads(owner, owners, SystemClock())
        watched = WatchedSource(bus, "councils", reads)
        assert watched.head_age_seconds == math.inf
        facts = await append(owners, 3, kind="office.granted.v1")
        async with running(watched):
            await until(lambda: watched.lag_events == 3)
        assert watched.lag_seconds >= 0
        await works.apply("councils", facts)
        async with running(watched):
            await until(lambda: watched.lag_events == 0)
        assert (watched.problem, watched.lag_seconds) == (None, 0.0)
        await owner.close()
        async with running(watched):
            await until(lambda: watched.problem == "Unanswered")
        assert 0 <= watched.head_age_seconds < math.inf
        await bus.close()
