"""The runner keeps the views up with the store, and says honestly how far it is behind."""

import asyncio
import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path
from uuid import uuid4

import pytest

from shared.eventstore.port import NO_STREAM, NewEvent, Stored, StoreDown
from shared.eventstore.sqlite import SqliteStore
from shared.kernel.clock import StandingClock
from shared.projections.bookkeeping import TwoRunners
from shared.projections.rebuild import Rebuild
from shared.projections.runner import Runner, ViewsBehind
from tests.projections.circles import NOON, SOURCE, Log, Noted, Unreadable, drawn
from tests.projections.conftest import Opens, rows

ONE = "circle-1"
SOON = 20.0
"""Seconds after which something that should happen did not."""


@asynccontextmanager
async def running(runner: Runner) -> AsyncIterator[None]:
    """Let *runner* run meanwhile."""
    stopping = asyncio.Event()
    task = asyncio.create_task(runner.run(stopping))
    yield
    stopping.set()
    async with asyncio.timeout(SOON):
        await task


class Flickering(Log):
    """A log that is away for the first calls."""

    away = 2

    async def read_all(self, after: int = 0, limit: int = 500) -> tuple[Stored, ...]:
        """Refuse, twice, and give facts then."""
        if self.away:
            self.away -= 1
            raise StoreDown
        return await super().read_all(after, limit)


async def test_what_is_stored_is_seen(opens: Opens) -> None:
    """What was stored before the runner started and what is stored later comes into the views."""
    views, log = await opens(), Log().record(ONE, drawn("a"))
    runner = Runner(log, views, SOURCE, log.clock)
    async with running(runner):
        await runner.wait_for(await log.head(), within=SOON)
        log.record(ONE, Noted(word="x"), Noted(word="y"))
        await runner.wait_for(await log.head(), within=SOON)
        assert [row.count for row in await rows(views, "circles")] == [3]


async def test_the_embedded_store_is_followed(opens: Opens, tmp_path: Path) -> None:
    """What the real store has written comes into the views, and is rebuilt from it."""
    store = SqliteStore.open(tmp_path / "events.db", clock := StandingClock(NOON))
    views = await opens()
    runner = Runner(store, views, SOURCE, clock)
    try:
        async with running(runner):
            for expected, event in enumerate([drawn("a", "b"), Noted(word="x")], NO_STREAM):
                new = NewEvent(uuid4(), event.type, {}, event.model_dump_json().encode())
                [stored] = await store.append(ONE, expected, [new])
                await runner.wait_for(stored.position, stream=ONE, within=SOON)
            assert (await runner.lag()).events == 0
        await Rebuild(views, {SOURCE: store}, compare=True).run()
        assert [row.count for row in await rows(views, "circles")] == [2, 2]
    finally:
        await store.close()


async def test_more_than_a_batch_is_caught_up(opens: Opens) -> None:
    """A runner that was away for long comes to the head, in batches."""
    views, log = await opens(), Log().record(ONE, drawn("a"), *[Noted(word="x")] * 1200)
    runner = Runner(log, views, SOURCE, log.clock)
    async with running(runner):
        await runner.wait_for(await log.head(), within=SOON)
    assert [row.count for row in await rows(views, "circles")] == [1201]


async def test_what_nobody_waits_for_is_gathered(opens: Opens) -> None:
    """In the pause after a batch nothing is taken in, and whoever stops the runner ends it."""
    views, log = await opens(), Log().record(ONE, drawn("a"))
    runner = Runner(log, views, SOURCE, log.clock, pause=2 * SOON)
    async with running(runner):
        await runner.wait_for(await log.head(), within=SOON)
        log.record(ONE, Noted(word="x"))
        with pytest.raises(ViewsBehind):
            await runner.wait_for(await log.head(), within=0.0)
    async with running(again := Runner(log, views, SOURCE, log.clock, pause=2 * SOON)):
        await again.wait_for(await log.head(), within=SOON)


async def test_who_waits_in_vain_is_told(opens: Opens) -> None:
    """Waiting for what the views do not reach ends with "behind", not with "seen"."""
    log = Log().record(ONE, drawn("a"))
    runner = Runner(log, await opens(), SOURCE, log.clock)
    with pytest.raises(ViewsBehind):
        await runner.wait_for(await log.head(), within=0.01)


async def test_a_parked_stream_is_behind(opens: Opens) -> None:
    """Who waits for a fact that was parked is told "behind", though its position was passed."""
    log = Log().record(ONE, drawn("a"), Unreadable()).record("circle-2", drawn("a"))
    runner = Runner(log, await opens(), SOURCE, log.clock)
    async with running(runner):
        await runner.wait_for(await log.head(), stream="circle-2", within=SOON)
        with pytest.raises(ViewsBehind):
            await runner.wait_for(log.facts[1].position, stream=ONE, within=SOON)


async def test_a_runner_that_meets_another_stops(opens: Opens) -> None:
    """Of two runners on one database, the one that finds itself overtaken ends."""
    log = Log().record(ONE, drawn("a"))
    first = Runner(log, await opens(), SOURCE, log.clock)
    second = Runner(log, views := await opens(), SOURCE, log.clock)
    await views.position(SOURCE)
    async with running(first):
        await first.wait_for(await log.head(), within=SOON)
        with pytest.raises(TwoRunners):
            await second.run(asyncio.Event())


async def test_a_store_that_is_away_is_outlasted(opens: Opens) -> None:
    """The runner goes on when a store answers again, and says meanwhile what the trouble is."""
    log = Flickering()
    log.record(ONE, drawn("a"))
    runner = Runner(log, await opens(), SOURCE, log.clock)
    async with running(runner):
        await runner.wait_for(2, within=SOON)
    assert not log.away


async def test_lag_is_counted_without_the_runner(opens: Opens) -> None:
    """Lag is what store and database say, so that a runner that is not there shows."""
    log = Log().record(ONE, drawn("a"), Noted(word="x"))
    runner = Runner(log, await opens(), SOURCE, log.clock)
    log.clock.forward(timedelta(seconds=90))
    lag = await runner.lag()
    assert (lag.events, lag.seconds, lag.head_age) == (2, 90.0, math.inf)


async def test_no_lag_at_the_head(opens: Opens) -> None:
    """A runner at the head is not behind, and has been heard of."""
    log = Log().record(ONE, drawn("a"))
    runner = Runner(log, await opens(), SOURCE, log.clock)
    async with running(runner):
        await runner.wait_for(await log.head(), within=SOON)
    log.clock.forward(timedelta(seconds=90))
    lag = await runner.lag()
    assert (lag.events, lag.seconds) == (0, 0.0)
    assert lag.head_age < math.inf
