"""How fast is a read model made anew, each row written: on SQLite, and on PostgreSQL?"""

from pathlib import Path
from time import perf_counter

from pydantic import TypeAdapter

from benchmarks.filling import filled, one_life
from benchmarks.rows import Row, at_least
from benchmarks.run import Run
from services.referrals.domain.referral.events import ReferralEvent
from services.referrals.projections.party_view import feed
from shared.eventstore.codec import Codec
from shared.eventstore.sqlite_log import SqliteLog
from shared.kernel.clock import SystemClock
from shared.projections import bookkeeping as books
from shared.projections.rebuild import Rebuild
from shared.projections.views import Views
from shared.testing.postgres import PostgresDidNotStart, postgres
from shared.vault.provider import FileKeys
from shared.vault.routing import RoutingKey

LIVES = 10_000
TARGET = at_least(25_000)


async def rebuilding(run: Run) -> list[Row]:
    """Rebuild the view of each party and its feed, from the facts of so many whole lives."""
    folder = run.place("rebuilding")
    facts = await one_life(folder)
    count = run.count(LIVES)
    filled(folder / "events.db", facts, count, run.dice("rebuilding"))
    events = len(facts) * (count + 1)
    name = f"rebuild of party_view and party_feed, {events:,} facts"
    rate = await _rebuilt(f"sqlite+aiosqlite:///{folder / 'views.db'}", folder, events)
    rows = [Row(f"{name}, SQLite", rate, "events/s", TARGET)]
    try:
        with postgres() as server:
            rate = await _rebuilt(await server.new_database(), folder, events)
            rows.append(Row(f"{name}, PostgreSQL (fsync off)", rate, "events/s", TARGET))
    except PostgresDidNotStart as why:
        run.left_out.append(f"rebuild on PostgreSQL: {why}")
    return rows


async def _rebuilt(url: str, folder: Path, events: int) -> float:
    codec: Codec[ReferralEvent] = Codec(
        TypeAdapter(ReferralEvent), RoutingKey(FileKeys(folder / "key").derive("routing"))
    )
    views = await Views.open(url, [feed], codec.decode, SystemClock())
    log = SqliteLog.open(folder / "events.db")
    try:
        async with views.writing() as (connection, generation):  # as if all had been heard
            step = books.Step(generation, "referrals", books.START, await log.head())
            await books.move(connection, step)
        begun = perf_counter()
        await Rebuild(views, {"referrals": log}).run()
        return events / (perf_counter() - begun)
    finally:
        await log.close()
        await views.close()
