"""How old the directory may be is told by one's own time, never by the stamps of others."""

import math
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

from shared.eventstore.memory import MemoryStore
from shared.kernel.clock import StandingClock, SystemClock
from shared.messaging.backfill import answer_reads
from shared.messaging.bus import Bus
from shared.messaging.consumer import Consumer
from shared.projections.views import Views
from shared.serving.watching import WatchedSource
from shared.testing.nats import NatsServer, nats_server
from tests.messaging.stage import FOLLOWS, Remembering, a_store, append, running, until
from tests.projections.circles import NOON, decode, read_models


@asynccontextmanager
async def an_owner_ahead(nats: NatsServer) -> AsyncIterator[MemoryStore]:
    """Give councils whose clock was an hour ahead when they stored what they have."""
    clock = StandingClock(SystemClock().now() + timedelta(hours=1))
    store = MemoryStore(clock)
    owner = await Bus.connect(nats.address("councils"))
    await answer_reads(owner, store, SystemClock())
    try:
        yield store
    finally:
        await owner.close()


async def test_a_stamp_of_tomorrow_hides_no_lag(tmp_path: Path) -> None:
    """An office that was ended must count, whatever a clock said: so councils are asked."""
    url = f"sqlite+aiosqlite:///{tmp_path / 'views.db'}"
    views = await Views.open(url, read_models(), decode, StandingClock(NOON))
    async with nats_server(tmp_path, FOLLOWS) as nats, an_owner_ahead(nats) as store:
        bus = await Bus.connect(nats.address("referrals"))
        await append(store, kind="office.ended.v1")
        watched = WatchedSource(bus, "councils", views)
        async with running(watched):
            await until(lambda: watched.lag_events == 1)
        assert watched.head_age_seconds == math.inf
        await bus.close()
    await views.close()


async def test_an_owner_that_was_set_back_is_not_heard(tmp_path: Path) -> None:
    """Whoever knows less than it once told says nothing about today."""
    async with nats_server(tmp_path, FOLLOWS) as nats, an_owner_ahead(nats):
        bus, sink = await Bus.connect(nats.address("referrals")), Remembering()
        await sink.apply("councils", await append(a_store(), 3))
        follower = Consumer(bus, "councils", "directory", sink, head_every=0.05)
        async with running(follower):
            await until(lambda: "Contradiction" in (follower.problem or ""))
        assert follower.head_age_seconds == math.inf
        await bus.close()
